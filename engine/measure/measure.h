// Measures as data: a company's own figures, compiled from a playbook.
//
// A MeasureSet points into the playbook that it was compiled from: REQUIRES that the playbook
// outlives the set, and the set whatever evaluates it.
//
// A measure says what is counted (CEL over the ticket before and after an event), on which day it
// counts (its basis), and by what it is split. Each is known by the hash of its definition, so a
// changed measure is another measure, whose figures are counted anew, and an unchanged one keeps
// its figures from playbook to playbook.
//
// Conditions see:
//
// - before, after: redress.v1.Ticket as it was (without fields before its first event), and as it
//   is; not for bases COHORT and STOCK;
// - event: redress.v1.Event; not for bases COHORT and STOCK;
// - clock: redress.v1.Clock that was met, missed or cancelled; basis DUE only;
// - ticket: redress.v1.Ticket; bases COHORT and STOCK, and dimensions;
// - COMPLAINT, HIGH, RELAY and the like: kinds of issues, severities, levels;
// - TicketState.CLOSED, Outcome.FIXED and the like: values of the other enums;
// - ticket.attribute("name"): the value of an attribute; empty when there is none;
// - open_time("hq", from, to): the time that a calendar of the playbook is open between two
//   instants;
//
// and CEL's standard library with its strings, math and two-variable extensions. A condition that
// fails to evaluate does not hold.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/program.h"
#include "engine/measure/built_in_dimension.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/playbook.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

inline constexpr int kMeasuresMax = 200;
inline constexpr int kMeasureSplitsMax = 16;
inline constexpr int kMeasureSplitDimensionsMax = 3;
inline constexpr int kDimensionRulesMax = 100;
// Facts of events have numbers below this.
inline constexpr int kFactNumbersMax = 128;
// The kinds of events that `on` may name, such as "ticket_resolved".
std::vector<std::string> EventKinds();

// The time that a calendar is open between two instants; nothing when there is no such calendar.
// Also says whether there is one when asked for an empty span.
using OpenTime = std::function<std::optional<absl::Duration>(absl::string_view calendar,
                                                             absl::Time from, absl::Time to)>;

// Where a ticket's value in a dimension comes from.
struct MeasureDimension {
  std::string name;
  int built_in = -1;                    // a place in BuiltInDimensions, or
  std::optional<cel::Program> program;  // what the playbook says
  TicketFields reads;                   // as long as these stay, so does the value
};

struct Measure {
  const v1::MeasureRule* rule = nullptr;
  // SHA-256 over the definition with everything that it refers to.
  std::string version;
  // EVENT only: by the numbers of Event.fact.
  std::bitset<kFactNumbersMax> on;
  std::optional<cel::Program> of;
  std::optional<cel::Program> share;
  std::optional<cel::Program> value;
  std::optional<cel::Program> day;
  // Of each split, places in MeasureSet::dimensions.
  std::vector<std::vector<int>> splits;
  // COHORT and STOCK only: the fields of the ticket of which anything above may make use. As long
  // as they stay, so does what the measure counts.
  TicketFields reads;

  // The split of the names that its dimensions have, such as "segment,value_tier"; nothing: there
  // is none.
  std::optional<int> FindSplit(absl::string_view names) const;
  std::string SplitName(int split) const;
};

// Which part of a rule is at fault.
struct MeasureFault {
  enum class Part { kOn, kOf, kShare, kValue, kDay, kBy, kIs };
  bool is_dimension = false;
  int row = 0;  // of measures, or of dimensions
  Part part = Part::kOf;
  int item = 0;  // of `on` and `by`
  cel::Issue issue;
};

// The compiled measures of one playbook. Immutable.
class MeasureSet {
 public:
  struct Compilation {
    std::unique_ptr<const MeasureSet> set;  // nullptr exactly when there are faults
    std::vector<MeasureFault> faults;
  };

  // A field of tickets that measures of what stands make use of.
  struct StateField {
    const google::protobuf::FieldDescriptor* field;
    cel::FieldReader reader;  // nullptr: none but reflection
  };

  // `playbook` must outlive the set. `calendar_hash`: of a calendar's content, for versions.
  // REQUIRES: the playbook keeps the limits above, as one that was read does.
  static Compilation Compile(const v1::Playbook& playbook, OpenTime open_time,
                             std::function<std::string(absl::string_view)> calendar_hash);

  MeasureSet(const MeasureSet&) = delete;
  MeasureSet& operator=(const MeasureSet&) = delete;

  const std::vector<Measure>& measures() const { return measures_; }
  const std::vector<MeasureDimension>& dimensions() const { return dimensions_; }
  // The fields of a ticket as it was before an event of which any measure may make use.
  const TicketFields& before_reads() const { return before_reads_; }
  // Nothing: no measure has that id.
  std::optional<int> Find(absl::string_view id) const;

 private:
  friend class MeasureEvaluation;
  friend class MeasureCompiler;

  // Which measures to look at, by their places.
  struct Places {
    std::array<std::vector<int>, kFactNumbersMax> of_events;  // EVENT, by the number of the fact
    std::vector<int> of_clocks;                               // DUE
    std::vector<int> of_spans;                                // SPAN
    std::vector<int> of_states;                               // COHORT and STOCK
  };

  // `is_empty`: nothing will be compiled, so nothing needs a name.
  MeasureSet(OpenTime open_time, bool is_empty);
  void AddNames(cel::Environment& environment) const;

  OpenTime open_time_;
  cel::Environment events_;  // of EVENT and DUE
  cel::Environment states_;  // of COHORT, STOCK and dimensions
  cel::Slot before_, after_, event_, clock_, ticket_;
  std::vector<MeasureDimension> dimensions_;
  std::vector<Measure> measures_;
  Places places_;
  TicketFields before_reads_;
  std::vector<StateField> state_fields_;  // those that any measure's `reads` has
};

}  // namespace redress::engine
