// The cells in which the figures of a playbook's measures are kept.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/measure/cell.h"
#include "engine/measure/measure_tally.h"

namespace redress::engine {

// The values of a split as one text, and back. A separator inside a value becomes a blank.
std::string JoinValues(absl::Span<const std::string> values);
std::vector<std::string> SplitValues(absl::string_view joined);

// Collects what events do as cells, by day and by month.
class MeasureCells {
 public:
  struct Place {
    int measure = 0;
    int split = 0;  // 0: the total; else one more than a place in Measure::splits
    Granularity granularity = Granularity::kDay;
    int32_t period = 0;
    std::string value;  // of the split, see JoinValues
    auto operator<=>(const Place&) const = default;
  };

  MeasureCells() { Clear(); }

  // REQUIRES: all come from evaluations of one set until the next Take.
  void Add(const MeasureDeltas& deltas);
  // What was added since the last Take, by rising place; none is empty.
  std::vector<std::pair<Place, Cell>> Take();

 private:
  using TextId = uint32_t;

  struct Slot {
    int measure;
    int split;
    Granularity granularity;
    int32_t period;
    TextId value;
    Cell cell;
  };

  // The number of the value of a dimension.
  TextId ValueId(const MeasureDeltas& deltas, const MeasureDelta& delta, int dimension);
  TextId SplitId(const MeasureDeltas& deltas, const MeasureDelta& delta,
                 const std::vector<int>& dimensions);
  TextId JoinedId(TextId left, TextId right);
  TextId IdOf(absl::string_view text);
  Cell& CellOf(int measure, int split, Granularity granularity, int32_t period, TextId value);
  void AddMonths();
  bool IsBefore(const Slot& left, const Slot& right) const;
  void Clear();

  // Looked up only, never walked: the order of the slots is that of the deltas.
  absl::flat_hash_map<absl::string_view, TextId> text_ids_;  // of texts_
  absl::flat_hash_map<uint64_t, TextId> joined_ids_;         // by the two that were joined
  absl::flat_hash_map<uint64_t, uint32_t> slot_ids_;
  std::deque<std::string> texts_;  // the first is empty; each stays where it is
  std::vector<TextId> latest_;     // of each dimension: values often come again at once
  std::vector<Slot> slots_;
};

}  // namespace redress::engine
