// A report row by definition: from the list of events, each figure by its own walk, without
// counters, cells or sketches.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "redress/v1/report.pb.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {

// The figures of a scope over the days [from_day, to_day). Cohorts and what stands are taken as of
// the end of the day before `cohort_end_day`.
v1::ReportRow NaiveRow(const std::vector<Step>& steps, v1::Dimension dimension,
                       absl::string_view value, int32_t from_day, int32_t to_day,
                       int32_t cohort_end_day);

// A ticket's value in a dimension, written again so that it checks the engine's.
std::string NaiveValue(const v1::Ticket& ticket, v1::Dimension dimension);

}  // namespace redress::engine::test
