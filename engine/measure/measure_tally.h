// What one event does to the figures of a playbook's measures.
//
// Like tally.h, computed from the event and the two states of its ticket and nothing else. What
// stands (COHORT, STOCK) is the difference of the two states; what happens (EVENT, DUE) and how
// long it stood (SPAN) follows from the event.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/cel/arena.h"
#include "engine/cel/program.h"
#include "engine/measure/measure.h"

namespace redress::engine {

// What an entry of a measure's cell counts. Stored, never reused.
enum class MeasureSlot : uint8_t {
  kCount = 1,   // what `of` holds for
  kShare = 2,   // of these, what `share` holds for
  kSum = 3,     // the sum of the values; seconds for durations
  kBucket = 4,  // how many values lie in a bucket of sketch.h
};

// An entry's place in its cell.
struct MeasureEntry {
  MeasureSlot slot = MeasureSlot::kCount;
  // The day of recording; 0: the later of the other two.
  int32_t record_day = 0;
  // The day of the event; 0: that of the cell.
  int32_t event_day = 0;
  // kBucket only.
  uint32_t bucket = 0;

  uint64_t Pack() const;
  static MeasureEntry Unpack(uint64_t key);
  // Whether Pack can have made it.
  static bool IsKey(uint64_t key);
};

// Measures of a set, by their places.
using MeasureChoice = std::bitset<kMeasuresMax>;

// One thing that is counted from now on, or no longer.
struct MeasureDelta {
  int measure = 0;         // a place in MeasureSet::measures
  int sign = 1;            // 1 or -1
  bool is_before = false;  // its dimensions have the values that the ticket had before the event
  bool is_share = false;
  std::optional<int64_t> value;  // exactly where the measure has values; seconds for durations
  int32_t day = 0;
  MeasureEntry days;  // of its entries; slot and bucket mean nothing
  // In which splits: 0 is the total, others one more than a place in Measure::splits.
  std::bitset<kMeasureSplitsMax + 1> splits;
};

// What one event does. Points into the event and the two states of its ticket, and lives until the
// next evaluation.
class MeasureDeltas {
 public:
  const MeasureSet& set() const { return set_; }
  const std::vector<MeasureDelta>& all() const { return all_; }

  // The value of a dimension. REQUIRES: a split of the delta is by it.
  absl::string_view ValueOf(const MeasureDelta& delta, int dimension) const {
    return *values_[delta.is_before ? 1 : 0][static_cast<size_t>(dimension)];
  }

  // The values of a split as one text, see JoinValues; empty for the total.
  std::string JoinedValue(const MeasureDelta& delta, int split) const;

 private:
  friend class MeasureEvaluation;

  explicit MeasureDeltas(const MeasureSet& set);
  void Clear();

  // By places in MeasureSet::dimensions, of the ticket after the event and before it.
  using Values = std::vector<std::optional<absl::string_view>>;

  const MeasureSet& set_;
  std::vector<MeasureDelta> all_;
  std::array<Values, 2> values_;
  std::array<std::vector<std::string>, 2> texts_;  // of values that the playbook computes
};

// Evaluates the measures of one set. One thread; REQUIRES: the set outlives it.
class MeasureEvaluation {
 public:
  explicit MeasureEvaluation(const MeasureSet& set);

  // What the event does to the measures that are wanted. `before` is absent for a ticket's first
  // event. `record_day`: when the event was recorded.
  const MeasureDeltas& Evaluate(const v1::Ticket* before, const v1::Event& event,
                                const v1::Ticket& after, int32_t record_day,
                                const MeasureChoice& wanted);

 private:
  // An event and the two states of its ticket.
  struct Moment {
    const v1::Ticket* before;  // nullptr: there is none
    const v1::Ticket& was;     // the same, or empty
    const v1::Event& event;
    const v1::Ticket& after;
    int32_t today;  // the day of the event
    int32_t record_day;
  };
  // One thing that is counted, or nothing.
  struct Standing {
    bool is_counted = false;
    bool is_share = false;
    std::optional<int64_t> value;
    int32_t day = 0;
    bool operator==(const Standing&) const = default;
  };
  using Splits = std::bitset<kMeasureSplitsMax + 1>;

  bool Holds(const std::optional<cel::Program>& program, const cel::Activation& activation);
  // Of what is counted on `day`.
  Standing Judge(const Measure& measure, const cel::Activation& activation, int32_t day);
  // The value of a span that its rule does not say: whole seconds; nothing: it has none.
  std::optional<int64_t> SpanValue(const Measure& measure, const Moment& moment);
  // Of what stands.
  Standing JudgeState(const Measure& measure, const v1::Ticket& ticket, int32_t today);
  std::optional<int32_t> DayOfState(const Measure& measure, const v1::Ticket& ticket,
                                    int32_t today);
  absl::string_view ValueOf(int dimension, const Moment& moment, bool is_before);
  std::string ComputedValue(const MeasureDimension& dimension, const v1::Ticket& ticket);
  // The splits in which the ticket has moved. `changed`: the fields that differ.
  Splits MovedSplits(const Measure& measure, const Moment& moment, const TicketFields& changed);

  void AddEvent(int place, const Moment& moment);
  void AddState(int place, const Moment& moment, const TicketFields& changed);
  // Which clocks the event ended, and which promises that a route made and no clock measures.
  void FindEnded(const Moment& moment);
  void AddClocks(int place, const Moment& moment);
  void AddSpan(int place, const Moment& moment);
  // `event_day`: on which it is counted, where that is not the day of the figure.
  void AddStanding(int place, const Moment& moment, const Standing& standing, int sign,
                   bool is_before, int32_t event_day, const Splits& splits);
  // The fields that differ, of those that measures of what stands make use of; all of them for a
  // ticket's first event.
  TicketFields ChangedFields(const Moment& moment) const;

  const MeasureSet& set_;
  cel::Activation events_;
  cel::Activation states_;
  cel::Arena arena_;
  MeasureDeltas deltas_;
  std::vector<const v1::Clock*> ended_;  // by the present event
  std::array<v1::Clock, 2> promised_;    // those that are promises: FIRST, RESOLVE
  // Of the present event, once it is known; inside, nothing: it has none.
  std::optional<std::optional<int64_t>> span_;
};

}  // namespace redress::engine
