// Counter cells: what is stored of every figure, one cell for each scope, day or month, and group
// of counters.
//
// Cells only add up, so a commit's deltas can be collected first and merged into what is stored
// once, and the cells of days, months and writers can be merged in any order.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/measure/counter.h"
#include "engine/measure/tally.h"
#include "redress/v1/report.pb.h"
#include "redress/v1/stored.pb.h"

namespace redress::engine {

// A sum for each counter and sub-key. A sum of zero is not kept, so equal cells have equal entries.
class Cell {
 public:
  struct Entry {
    // Counter number << 32 | sub-key.
    uint64_t key = 0;
    int64_t value = 0;

    Counter counter() const { return static_cast<Counter>(key >> 32); }
    uint32_t sub() const { return static_cast<uint32_t>(key); }
    bool operator==(const Entry&) const = default;
  };

  void Add(Counter counter, uint32_t sub, int64_t amount);
  // The same for keys that are not counters, as those of measures.
  void AddKey(uint64_t key, int64_t amount);
  void Merge(const Cell& other);

  // 0 if nothing was added.
  int64_t Value(Counter counter, uint32_t sub = 0) const;
  // By rising key.
  absl::Span<const Entry> entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  bool operator==(const Cell&) const = default;

  v1::StoredCell ToStored() const;
  // nullopt: ToStored never makes such a message, so what was read is damaged.
  static std::optional<Cell> FromStored(const v1::StoredCell& stored);
  // The same for a cell with other keys. `is_key`: whether there can be such a key.
  static std::optional<Cell> FromStored(const v1::StoredCell& stored, bool (*is_key)(uint64_t key));

 private:
  template <typename IsKnown>
  static std::optional<Cell> Parse(const v1::StoredCell& stored, IsKnown is_known);

  // As many entries as an ordinary commit gives a cell.
  absl::InlinedVector<Entry, 8> entries_;
};

// Stored, never reused.
enum class Granularity : uint8_t {
  kDay = 1,
  kMonth = 2,
};

// Which cell. The order is the one in which storage should keep them: then the cells of one group
// in consecutive periods lie side by side, which is what a report reads.
struct CellKey {
  // UNSPECIFIED: the total, which has the empty value only.
  v1::Dimension dimension = v1::DIMENSION_UNSPECIFIED;
  Granularity granularity = Granularity::kDay;
  CounterGroup group = CounterGroup::kFlow;
  // A day or a month, as day.h counts them; never negative.
  int32_t period = 0;
  std::string value;

  auto operator<=>(const CellKey&) const = default;
};

struct CellDelta {
  CellKey key;
  // To be merged into the stored cell. A stored cell that becomes empty is deleted.
  Cell cell;
};

// Collects the deltas of all events of one commit.
class CellDeltas {
 public:
  // Every delta goes into its day's cell and its month's cell, in each scope that it reaches.
  void Add(const TicketTally& tally);

  // What was added since the last Take: by rising key, no cell twice, none empty.
  std::vector<CellDelta> Take();

 private:
  struct Slot {
    v1::Dimension dimension;
    Granularity granularity;
    CounterGroup group;
    int32_t period;
    uint32_t value_id;
    Cell cell;
  };

  uint32_t ValueId(absl::string_view value);
  Cell& CellOf(int dimension, Granularity granularity, CounterGroup group, int32_t period,
               uint32_t value_id);
  void AddMonths();
  bool IsBefore(const Slot& left, const Slot& right) const;

  // Looked up only, never walked: the order of the slots is that of the deltas.
  absl::flat_hash_map<std::string, uint32_t> value_ids_;
  absl::flat_hash_map<uint64_t, uint32_t> slot_ids_;
  std::vector<std::string> values_;
  std::vector<Slot> slots_;
};

}  // namespace redress::engine
