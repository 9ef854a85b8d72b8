#include "engine/measure/cell.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "engine/measure/day.h"
#include "engine/measure/sketch.h"

namespace redress::engine {

namespace {

// How many times fewer entries are added one by one rather than merged.
constexpr size_t kFewerTimes = 8;

uint64_t EntryKey(Counter counter, uint32_t sub) {
  return uint64_t{static_cast<uint32_t>(counter)} << 32 | sub;
}

// Whether a counter can have this entry.
bool IsEntry(const Cell::Entry& entry) {
  const std::optional<Counter> counter = CounterOf(static_cast<uint32_t>(entry.key >> 32));
  if (!counter || entry.value == 0) return false;
  switch (EntryOf(*counter).sub_key) {
    case SubKey::kNone:
      return entry.sub() == 0;
    case SubKey::kDay:
      return entry.sub() <= static_cast<uint32_t>(kDayLast);
    case SubKey::kTimes:
      return entry.sub() <= kTimesMax;
    case SubKey::kBucket:
      return entry.sub() < kBucketEnd;
  }
  return false;
}

// A cell's place as one number: value id 32 bits, period 22, granularity 2, group 2, dimension 3.
uint64_t Pack(int dimension, Granularity granularity, CounterGroup group, int32_t period,
              uint32_t value_id) {
  static_assert(kDayLast < 1 << 22 && kScopeDimensions <= 8);
  return uint64_t{value_id} << 32 | static_cast<uint64_t>(period) << 7 |
         static_cast<uint64_t>(granularity) << 5 | static_cast<uint64_t>(group) << 3 |
         static_cast<uint64_t>(dimension);
}

}  // namespace

void Cell::Add(Counter counter, uint32_t sub, int64_t amount) {
  AddKey(EntryKey(counter, sub), amount);
}

void Cell::AddKey(uint64_t key, int64_t amount) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                                   [](const Entry& entry, uint64_t k) { return entry.key < k; });
  if (at == entries_.end() || at->key != key) {
    if (amount != 0) entries_.insert(at, {key, amount});
    return;
  }
  at->value += amount;
  if (at->value == 0) entries_.erase(at);
}

void Cell::Merge(const Cell& other) {
  // A commit brings a few entries, where the cell of a month may hold thousands.
  if (other.entries_.size() * kFewerTimes <= entries_.size()) {
    for (const Entry& entry : other.entries_) AddKey(entry.key, entry.value);
    return;
  }
  absl::InlinedVector<Entry, 8> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  auto left = entries_.begin();
  auto right = other.entries_.begin();
  while (left != entries_.end() && right != other.entries_.end()) {
    if (left->key != right->key) {
      merged.push_back(left->key < right->key ? *left++ : *right++);
      continue;
    }
    const Entry sum = {left->key, left->value + right->value};
    if (sum.value != 0) merged.push_back(sum);
    ++left;
    ++right;
  }
  merged.insert(merged.end(), left, entries_.end());
  merged.insert(merged.end(), right, other.entries_.end());
  entries_ = std::move(merged);
}

int64_t Cell::Value(Counter counter, uint32_t sub) const {
  const uint64_t key = EntryKey(counter, sub);
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                                   [](const Entry& entry, uint64_t k) { return entry.key < k; });
  return at == entries_.end() || at->key != key ? 0 : at->value;
}

v1::StoredCell Cell::ToStored() const {
  v1::StoredCell stored;
  stored.mutable_keys()->Reserve(static_cast<int>(entries_.size()));
  stored.mutable_values()->Reserve(static_cast<int>(entries_.size()));
  for (const Entry& entry : entries_) {
    stored.add_keys(entry.key);
    stored.add_values(entry.value);
  }
  return stored;
}

template <typename IsKnown>
std::optional<Cell> Cell::Parse(const v1::StoredCell& stored, IsKnown is_known) {
  if (stored.keys_size() != stored.values_size()) return std::nullopt;
  Cell cell;
  cell.entries_.reserve(stored.keys_size());
  for (int i = 0; i < stored.keys_size(); ++i) {
    const Entry entry = {stored.keys(i), stored.values(i)};
    const bool rises = cell.empty() || cell.entries_.back().key < entry.key;
    if (!rises || entry.value == 0 || !is_known(entry)) return std::nullopt;
    cell.entries_.push_back(entry);
  }
  return cell;
}

std::optional<Cell> Cell::FromStored(const v1::StoredCell& stored) {
  return Parse(stored, IsEntry);
}

std::optional<Cell> Cell::FromStored(const v1::StoredCell& stored, bool (*is_key)(uint64_t key)) {
  return Parse(stored, [is_key](const Entry& entry) { return is_key(entry.key); });
}

void CellDeltas::Add(const TicketTally& tally) {
  if (tally.deltas.empty()) return;
  // Deltas of one cell follow each other in every dimension, so most need no look-up.
  struct Run {
    const TallyDelta* begin;
    const TallyDelta* end;
    CounterGroup group;
  };
  absl::InlinedVector<Run, 8> runs;
  for (const TallyDelta& delta : tally.deltas) {
    const CounterGroup group = EntryOf(delta.counter).group;
    const bool same = !runs.empty() && runs.back().group == group &&
                      runs.back().begin->day == delta.day && runs.back().begin->side == delta.side;
    if (!same) runs.push_back({&delta, &delta, group});
    runs.back().end = &delta + 1;
  }
  for (int dimension = 0; dimension < kScopeDimensions; ++dimension) {
    const uint32_t before = tally.moved[dimension] ? ValueId(tally.before[dimension]) : 0;
    const uint32_t after = ValueId(tally.after[dimension]);
    for (const Run& run : runs) {
      const bool left = tally.moved[dimension] && run.begin->side == Side::kBefore;
      Cell* cell = nullptr;
      for (const TallyDelta* delta = run.begin; delta != run.end; ++delta) {
        if (!tally.Reaches(*delta, dimension)) continue;
        if (cell == nullptr)
          cell = &CellOf(dimension, Granularity::kDay, run.group, run.begin->day,
                         left ? before : after);
        cell->Add(delta->counter, delta->sub, delta->amount);
      }
    }
  }
}

std::vector<CellDelta> CellDeltas::Take() {
  AddMonths();
  std::vector<uint32_t> order(slots_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [this](uint32_t left, uint32_t right) {
    return IsBefore(slots_[left], slots_[right]);
  });
  std::vector<CellDelta> deltas;
  deltas.reserve(order.size());
  for (const uint32_t i : order) {
    Slot& slot = slots_[i];
    if (slot.cell.empty()) continue;
    deltas.push_back(
        {{slot.dimension, slot.granularity, slot.group, slot.period, values_[slot.value_id]},
         std::move(slot.cell)});
  }
  value_ids_.clear();
  slot_ids_.clear();
  values_.clear();
  slots_.clear();
  return deltas;
}

// The days were collected alone, since most events of a commit share their day.
void CellDeltas::AddMonths() {
  const size_t days = slots_.size();
  for (size_t i = 0; i < days; ++i) {
    const Slot& day = slots_[i];
    CHECK(day.granularity == Granularity::kDay);
    Cell& month =
        CellOf(day.dimension, Granularity::kMonth, day.group, MonthOf(day.period), day.value_id);
    month.Merge(slots_[i].cell);
  }
}

bool CellDeltas::IsBefore(const Slot& left, const Slot& right) const {
  return std::tie(left.dimension, left.granularity, left.group, left.period,
                  values_[left.value_id]) < std::tie(right.dimension, right.granularity,
                                                     right.group, right.period,
                                                     values_[right.value_id]);
}

uint32_t CellDeltas::ValueId(absl::string_view value) {
  const auto at = value_ids_.find(value);
  if (at != value_ids_.end()) return at->second;
  const uint32_t id = static_cast<uint32_t>(values_.size());
  values_.emplace_back(value);
  value_ids_.emplace(values_.back(), id);
  return id;
}

Cell& CellDeltas::CellOf(int dimension, Granularity granularity, CounterGroup group, int32_t period,
                         uint32_t value_id) {
  const auto [at, is_new] = slot_ids_.try_emplace(
      Pack(dimension, granularity, group, period, value_id), static_cast<uint32_t>(slots_.size()));
  if (is_new) {
    slots_.push_back(
        {static_cast<v1::Dimension>(dimension), granularity, group, period, value_id, Cell()});
  }
  return slots_[at->second].cell;
}

}  // namespace redress::engine
