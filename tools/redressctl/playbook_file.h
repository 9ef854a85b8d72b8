// Playbooks that are given as files.
#pragma once

#include <string>

#include "tools/redressctl/context.h"

namespace redress::ctl {

// Reads FILE, "-" for standard input. False after telling why.
bool ReadSource(Context& context, const std::string& path, std::string& source);

}  // namespace redress::ctl
