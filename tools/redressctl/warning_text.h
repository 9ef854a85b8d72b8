// What a check of a playbook found, as compilers print it, so that editors find the place.
#pragma once

#include <string>

#include "redress/v1/playbook_service.pb.h"
#include "tools/redressctl/context.h"

namespace redress::ctl {

void ShowFindings(const v1::CheckPlaybookResponse& response, const std::string& path,
                  Context& context);

// Rows that take from each other, and what was not analysed, are only counted unless asked for.
void ShowWarnings(const v1::CheckPlaybookResponse& response, const std::string& path,
                  bool has_overlaps, Context& context);

}  // namespace redress::ctl
