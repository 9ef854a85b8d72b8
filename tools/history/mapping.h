// How the columns of an event log become dated facts.
//
// A log has one row per audit record: what a case looked like after one change. The mapping is
// YAML:
//
//     mapping: service-desk        # part of every request id: another name imports all anew
//     missing: ["", "?"]           # values that mean "not given"
//     zone: Asia/Shanghai          # of instants without an offset; UTC when left out
//     time_format: "%d/%m/%Y %H:%M"  # as strftime writes it; RFC 3339 when left out
//     case: number                 # the column of the case's id
//     order: seq                   # whole numbers that order a case's rows; else by time
//     time: updated_at             # when the row was recorded
//     opened: opened_at            # when the case was opened; else the first row's time
//     answered: answered_at        # the first answer, of the last row
//     reopened: reopened_at        # an opening again whose rows are not told, of the last row
//     first_answer_due: answer_by  # when the first answer had been promised for, of the last row
//     resolution_due: target       # the same of the resolution
//     resolved: resolved_at        # the final resolving, of the last row. Missing: never
//     closed: closed_at            # the final closing, of the last row, closed or not
//     note: step                   # every row with a value leaves a note of it
//     state:
//       column: state
//       table: {New: open, Hold: waiting customer-info, Done: resolved, Shut: closed, "-1": same}
//     department: {column: group, missing: unassigned}
//     transfers: reassignment_count  # a running count; facts carry the difference
//     level: {column: tier, table: {L1: relay, L2: analysis}}
//     actor: assigned_to
//     code: closed_code            # kept as it is
//     outcome: {column: closed_code, table: {"7": fixed}}
//     reopen_cause: same-issue
//     issue:                       # the last row that gives a value decides
//       kind: {value: complaint}
//       channel: {column: contact_type, missing: unknown}
//       customer: caller
//       segment: location
//       severity: {column: priority, table: {"1": critical, "2": high}}
//       category: [category, subcategory]  # a dotted path, up to the first missing one
//       title: short_text
//       product: product
//       attributes:                # kept with the ticket; measures can be split by them
//         impact: impact
//         minutes: {column: hours, scale: 60}  # a number times that, as a whole number
//
// Without `state` a case is closed where its last row has an instant of closing, resolved where it
// has one of resolving, else open: a log with one row per case.
//
// A state means open, waiting REASON, resolved, closed, or same: as in the row before.
//
// Wherever a column is named, {column, missing, table} may stand, or {value} for a constant:
// `table` turns values into others, `missing` is taken where the value is missing. A value that the
// table does not hold refuses the row.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redress/v1/types.pb.h"

namespace redress::history {

inline constexpr int kMappingBytesMax = 1 << 20;

// Where a value comes from.
struct Source {
  std::string column;                        // empty: no column
  std::optional<std::string> constant;       // instead of a column
  std::map<std::string, std::string> table;  // empty: values stay as they are
  std::string missing;  // taken where the value is missing; empty: it stays missing
  int64_t scale = 0;    // a number times this, rounded to whole; 0: as it is
};

// What a state of the log means.
struct StateMeaning {
  enum class Kind { kOpen, kWaiting, kResolved, kClosed, kSame };
  Kind kind = Kind::kOpen;
  v1::PauseReason reason = v1::PAUSE_REASON_UNSPECIFIED;  // when waiting

  bool IsDone() const { return kind == Kind::kResolved || kind == Kind::kClosed; }
};

struct Mapping {
  std::string name;
  std::vector<std::string> missing = {""};
  absl::TimeZone zone = absl::UTCTimeZone();
  std::string time_format = absl::RFC3339_full;
  std::string case_id;  // column names from here on
  std::string order;
  std::string time;
  std::string time_missing;  // taken where the time is missing; empty: such a row is refused
  std::string opened;
  std::string resolved;
  std::string closed;
  std::string answered;
  std::string reopened;
  std::string first_answer_due;
  std::string resolution_due;
  std::string state;
  std::map<std::string, StateMeaning> states;
  Source department;
  std::string transfers;
  Source level;
  Source actor;
  Source code;
  Source outcome;
  v1::ReopenCause reopen_cause = v1::REOPEN_CAUSE_SAME_ISSUE;
  Source kind;
  Source channel;
  Source customer;
  Source segment;
  Source severity;
  Source title;
  Source product;
  std::vector<std::string> category;
  Source note;
  std::map<std::string, Source> attributes;
  std::vector<std::string> kept;  // columns whose fields are kept with each row

  // Every column that is named, once.
  std::vector<std::string> Columns() const;
};

// From YAML. The status lists every fault with line and column, one per line.
absl::StatusOr<Mapping> ParseMapping(const std::string& yaml);

}  // namespace redress::history
