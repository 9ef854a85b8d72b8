// What one event does to the figures of a playbook's measures, and the cells in which these are
// kept.
//
// Like tally.h, computed from the event and the two states of its ticket and nothing else. What
// stands (COHORT, STOCK) is the difference of the two states; what happens (EVENT, DUE) and how
// long it stood (SPAN) follows from the event.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/arena.h"
#include "engine/cel/program.h"
#include "engine/measure/cell.h"
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

struct MeasureDelta {
  int measure = 0;  // a place in MeasureSet::measures
  int split = 0;    // 0: the total; else one more than a place in Measure::splits
  int32_t day = 0;
  std::string value;  // of the split, see JoinValues
  MeasureEntry entry;
  int64_t amount = 0;
};

// The values of a split as one text, and back. A separator inside a value becomes a blank.
std::string JoinValues(absl::Span<const std::string> values);
std::vector<std::string> SplitValues(absl::string_view joined);

// The value of a dimension that every playbook has; empty where the ticket has none. REQUIRES:
// `dimension` is one of BuiltInDimensions.
std::string BuiltInDimensionOf(absl::string_view dimension, const v1::Ticket& ticket);

// Evaluates the measures of one set. One thread; REQUIRES: the set outlives it.
class MeasureEvaluation {
 public:
  explicit MeasureEvaluation(const MeasureSet& set);

  // Adds what the event does to the measures that `wanted` names by their places. `before` is
  // absent for a ticket's first event. `record_day`: when the event was recorded.
  void Add(const v1::Ticket* before, const v1::Event& event, const v1::Ticket& after,
           int32_t record_day, absl::Span<const int> wanted, std::vector<MeasureDelta>& deltas);

 private:
  // One thing that is counted.
  struct Standing {
    bool is_counted = false;
    bool is_share = false;
    int64_t value = 0;
    int32_t day = 0;                  // COHORT only
    std::vector<std::string> values;  // of each split
    bool operator==(const Standing&) const = default;
  };

  bool Holds(const std::optional<cel::Program>& program, const cel::Activation& activation);
  // Of what stands. `today`: the day of the event.
  Standing JudgeState(const Measure& measure, const v1::Ticket& ticket, int32_t today);
  Standing Judge(const Measure& measure, const cel::Activation& activation,
                 const v1::Ticket& ticket);
  std::string DimensionValue(int dimension, const v1::Ticket& ticket);
  void AddStanding(int place, const Standing& standing, int64_t sign, int32_t day,
                   int32_t event_day, int32_t record_day, std::vector<MeasureDelta>& deltas) const;
  void AddState(int place, const v1::Ticket* before, const v1::Ticket& after, int32_t today,
                int32_t record_day, std::vector<MeasureDelta>& deltas);
  // The fields that differ, of those that measures of what stands make use of; all of them for a
  // ticket's first event.
  std::bitset<kTicketFieldsMax> ChangedFields(const v1::Ticket* before,
                                              const v1::Ticket& after) const;
  void AddClocks(int place, const v1::Ticket& before, const v1::Event& event,
                 const v1::Ticket& after, int32_t record_day, std::vector<MeasureDelta>& deltas);
  void AddSpan(int place, const v1::Ticket& before, const v1::Event& event, int32_t record_day,
               std::vector<MeasureDelta>& deltas);

  const MeasureSet& set_;
  cel::Activation events_;
  cel::Activation states_;
  cel::Arena arena_;
};

// Collects the deltas of one commit as cells, by day and by month.
class MeasureCells {
 public:
  struct Place {
    int measure = 0;
    int split = 0;
    Granularity granularity = Granularity::kDay;
    int32_t period = 0;
    std::string value;
    auto operator<=>(const Place&) const = default;

    template <typename H>
    friend H AbslHashValue(H h, const Place& place) {
      return H::combine(std::move(h), place.measure, place.split, place.granularity, place.period,
                        place.value);
    }
  };

  void Add(absl::Span<const MeasureDelta> deltas);
  // What was added since the last Take, by rising place; none is empty.
  std::vector<std::pair<Place, Cell>> Take();

 private:
  Cell& CellOf(const Place& place);

  // Looked up only, never walked: the order of the cells is that of the deltas.
  absl::flat_hash_map<Place, uint32_t> ids_;
  std::vector<std::pair<Place, Cell>> cells_;
  Place place_;  // keeps the memory of its value
};

}  // namespace redress::engine
