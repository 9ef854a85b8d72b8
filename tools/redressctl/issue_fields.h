// The options that describe an issue.
#pragma once

#include <string>
#include <vector>

#include "tools/redressctl/field.h"

namespace redress::ctl {

// For a request that holds the issue under `prefix`, such as "issue."; empty when it is the issue
// itself.
std::vector<Field> IssueFields(const std::string& prefix);

}  // namespace redress::ctl
