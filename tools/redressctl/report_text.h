// The closure report as people read it.
#pragma once

#include <string>

#include "redress/v1/audit_service.pb.h"
#include "redress/v1/report.pb.h"

namespace redress::ctl {

// The totals a line each, the stock-flow identity with its numbers, the spread of transfers and
// reopenings, and a table for each dimension that was asked for.
std::string ReportText(const v1::Report& report, bool has_color);

// One row for the total and for each row of its tables, with every count and no rate.
std::string ReportCsv(const v1::Report& report);

// "0 open at start + 12 created + 1 reopened - 9 closed = 4 open at end (agrees)".
std::string IdentityLine(const v1::Flow& flow);

// A table of the tickets behind a figure.
std::string MembersText(const v1::ListMembersResponse& members, bool has_color);

}  // namespace redress::ctl
