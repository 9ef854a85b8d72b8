// Findings, and who was shown personal data, as people read them.
#pragma once

#include <string>

#include "redress/v1/audit_service.pb.h"

namespace redress::ctl {

// A table of the counts, and the answers that resolved many tickets.
std::string FindingsText(const v1::GetFindingsResponse& response, bool has_color);

// A line for each finding.
std::string FindingText(const v1::ListFindingsResponse& response, bool has_color);

// A line for each read: when, who, by what, and which tickets.
std::string ReadsText(const v1::ListReadsResponse& response, bool has_color);

}  // namespace redress::ctl
