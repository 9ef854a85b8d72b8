// What an event log holds, column by column: which values, in how many rows and cases, and how they
// change within a case. For writing a mapping, and for holding a log against figures that somebody
// else has of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/history/mapping.h"

namespace redress::history {

struct ValueProfile {
  int64_t rows = 0;
  int64_t cases = 0;  // with the value in any row
  int64_t first = 0;  // cases with the value in their first row
  int64_t last = 0;   // cases with the value in their last row
};

struct ColumnProfile {
  std::string name;  // "status", or "status+sub_status" for columns taken together
  std::map<std::string, ValueProfile> values;  // the least first, as texts
  int64_t changes = 0;  // from one row of a case to the next
  int64_t cases_changed = 0;
  int64_t returns = 0;  // from A to another value and back to A, with nothing else between
  int64_t cases_returned = 0;
  std::map<std::string, int64_t> moves;  // "A -> B"
};

// Rows that the mapping refuses are left out. `columns`: names, "+" between those that are taken
// together, whose values are then joined by "/". Fails like ReadCaseLog, and on a column that the
// file does not have.
absl::StatusOr<std::vector<ColumnProfile>> ProfileLog(const Mapping& mapping,
                                                      absl::string_view text,
                                                      const std::vector<std::string>& columns);

}  // namespace redress::history
