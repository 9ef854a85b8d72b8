// Where two computations of the same figures part.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "redress/v1/report.pb.h"

namespace redress::services {

// The first figure that differs, with its table, its row and both numbers, such as
// `department "billing": flow.closed is 5 in the cells, 6 in the ledger`; empty: none does.
std::string FindDifference(const v1::Report& cells, const v1::Report& ledger);
std::string FindDifference(const v1::MeasureReport& cells, const v1::MeasureReport& ledger);

}  // namespace redress::services
