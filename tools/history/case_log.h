// The rows of an event log, read by a mapping and gathered into cases.
//
// A case with a damaged row is left out as a whole, since half a history gives wrong figures: the
// damaged row is refused with its reason, and the case's other rows with a reference to it. So a
// repaired file can simply be imported again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/types.pb.h"
#include "tools/history/mapping.h"

namespace redress::history {

inline constexpr int64_t kRowsMax = 20'000'000;
inline constexpr int64_t kTransfersMax = 1'000;  // that one fact can stand for

// One audit record.
struct CaseRow {
  int64_t line = 0;
  int64_t order = 0;
  absl::Time time;
  StateMeaning state;      // of a row that says "same": that of the row before, or open
  std::string department;  // empty: not given
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  std::optional<int64_t> transfers;
  std::string actor;
  std::optional<absl::Time> opened;
  std::optional<absl::Time> resolved;
  std::optional<absl::Time> closed;
  std::optional<absl::Time> answered;
  std::optional<absl::Time> reopened;
  std::optional<absl::Time> first_answer_due;
  std::optional<absl::Time> resolution_due;
  std::string note;
  std::map<std::string, std::string> attributes;
  std::map<std::string, std::string> kept;  // of Mapping::kept, as they stand in the file
  std::string code;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Issue issue;  // what this row says about it; empty fields: not given
};

struct Case {
  std::string id;
  std::vector<CaseRow> rows;  // in order; never empty
};

// A row that is not imported.
struct Refusal {
  int64_t line = 0;
  std::string case_id;  // empty: the row does not say
  std::string reason;
};

struct CaseLog {
  std::vector<Case> cases;        // in the order in which they first appear
  std::vector<Refusal> refusals;  // in the order of the lines
  int64_t rows = 0;               // all of them, the refused ones too
};

// From CSV or JSON lines. Fails when the header lacks a column that the mapping names, or on more
// than kRowsMax rows. Rows never fail it.
absl::StatusOr<CaseLog> ReadCaseLog(const Mapping& mapping, absl::string_view text);

}  // namespace redress::history
