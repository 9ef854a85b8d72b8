#include "engine/measure/measure_cells.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "engine/measure/day.h"
#include "engine/measure/sketch.h"

namespace redress::engine {
namespace {

constexpr char kSeparator = '\x1f';
constexpr uint32_t kNoText = 0;  // the number of the empty text
constexpr uint32_t kTextsMax = 1 << 27;

// A slot's place as one number: value 27 bits, period 22, granularity 2, split 5, measure 8.
uint64_t Pack(int measure, int split, Granularity granularity, int32_t period, uint32_t value) {
  static_assert(kMeasuresMax <= 1 << 8 && kMeasureSplitsMax < 1 << 5 && kDayLast < 1 << 22);
  return uint64_t{value} << 37 | static_cast<uint64_t>(period) << 15 |
         static_cast<uint64_t>(granularity) << 13 | static_cast<uint64_t>(split) << 8 |
         static_cast<uint64_t>(measure);
}

std::string WithoutSeparator(absl::string_view value) {
  std::string text(value);
  std::replace(text.begin(), text.end(), kSeparator, ' ');
  return text;
}

// Adds to a cell what a delta is. `bucket`: of its value.
void AddTo(Cell& cell, const MeasureDelta& delta, uint32_t bucket) {
  MeasureEntry entry = delta.days;
  const auto add = [&](MeasureSlot slot, int64_t amount) {
    entry.slot = slot;
    cell.AddKey(entry.Pack(), amount * delta.sign);
  };
  add(MeasureSlot::kCount, 1);
  if (delta.is_share) add(MeasureSlot::kShare, 1);
  if (!delta.value) return;
  add(MeasureSlot::kSum, *delta.value);
  entry.bucket = bucket;
  add(MeasureSlot::kBucket, 1);
}

}  // namespace

std::string JoinValues(absl::Span<const std::string> values) {
  std::string joined;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) joined += kSeparator;
    joined += WithoutSeparator(values[i]);
  }
  return joined;
}

std::vector<std::string> SplitValues(absl::string_view joined) {
  return absl::StrSplit(joined, kSeparator);
}

void MeasureCells::Add(const MeasureDeltas& deltas) {
  for (const MeasureDelta& delta : deltas.all()) {
    const Measure& measure = deltas.set().measures()[static_cast<size_t>(delta.measure)];
    const uint32_t bucket = delta.value ? BucketOf(std::max<int64_t>(*delta.value, 0)) : 0;
    for (size_t split = 0; split <= measure.splits.size(); ++split) {
      if (!delta.splits[split]) continue;
      const TextId value = split == 0 ? kNoText : SplitId(deltas, delta, measure.splits[split - 1]);
      AddTo(CellOf(delta.measure, static_cast<int>(split), Granularity::kDay, delta.day, value),
            delta, bucket);
    }
  }
}

MeasureCells::TextId MeasureCells::SplitId(const MeasureDeltas& deltas, const MeasureDelta& delta,
                                           const std::vector<int>& dimensions) {
  if (dimensions.empty()) return kNoText;
  TextId id = ValueId(deltas, delta, dimensions[0]);
  for (size_t i = 1; i < dimensions.size(); ++i)
    id = JoinedId(id, ValueId(deltas, delta, dimensions[i]));
  return id;
}

MeasureCells::TextId MeasureCells::ValueId(const MeasureDeltas& deltas, const MeasureDelta& delta,
                                           int dimension) {
  const absl::string_view value = deltas.ValueOf(delta, dimension);
  const size_t place = static_cast<size_t>(dimension);
  if (latest_.size() <= place) latest_.resize(place + 1, kNoText);
  TextId& latest = latest_[place];
  if (texts_[latest] != value) latest = IdOf(WithoutSeparator(value));
  return latest;
}

// The joined text is a text like any other, so that no two numbers mean the same one.
MeasureCells::TextId MeasureCells::JoinedId(TextId left, TextId right) {
  const auto [known, is_new] = joined_ids_.try_emplace(uint64_t{left} << 32 | right, kNoText);
  if (is_new)
    known->second = IdOf(absl::StrCat(texts_[left], absl::string_view(&kSeparator, 1),
                                      texts_[right]));
  return known->second;
}

MeasureCells::TextId MeasureCells::IdOf(absl::string_view text) {
  const auto known = text_ids_.find(text);
  if (known != text_ids_.end()) return known->second;
  const TextId id = static_cast<TextId>(texts_.size());
  CHECK_LT(id, kTextsMax);
  text_ids_.emplace(texts_.emplace_back(text), id);
  return id;
}

Cell& MeasureCells::CellOf(int measure, int split, Granularity granularity, int32_t period,
                           TextId value) {
  const auto [known, is_new] = slot_ids_.try_emplace(
      Pack(measure, split, granularity, period, value), static_cast<uint32_t>(slots_.size()));
  if (is_new) slots_.push_back({measure, split, granularity, period, value, Cell()});
  return slots_[known->second].cell;
}

std::vector<std::pair<MeasureCells::Place, Cell>> MeasureCells::Take() {
  AddMonths();
  std::vector<uint32_t> order(slots_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [this](uint32_t left, uint32_t right) {
    return IsBefore(slots_[left], slots_[right]);
  });
  std::vector<std::pair<Place, Cell>> taken;
  taken.reserve(order.size());
  for (const uint32_t i : order) {
    Slot& slot = slots_[i];
    if (slot.cell.empty()) continue;
    Place place = {slot.measure, slot.split, slot.granularity, slot.period, texts_[slot.value]};
    taken.emplace_back(std::move(place), std::move(slot.cell));
  }
  Clear();
  return taken;
}

// The days were collected alone, since most events of a commit share their day.
void MeasureCells::AddMonths() {
  for (size_t i = 0, days = slots_.size(); i < days; ++i) {
    const Slot& day = slots_[i];
    Cell& month =
        CellOf(day.measure, day.split, Granularity::kMonth, MonthOf(day.period), day.value);
    month.Merge(slots_[i].cell);
  }
}

bool MeasureCells::IsBefore(const Slot& left, const Slot& right) const {
  return std::tie(left.measure, left.split, left.granularity, left.period, texts_[left.value]) <
         std::tie(right.measure, right.split, right.granularity, right.period,
                  texts_[right.value]);
}

void MeasureCells::Clear() {
  text_ids_.clear();
  joined_ids_.clear();
  slot_ids_.clear();
  texts_.clear();
  latest_.clear();
  slots_.clear();
  IdOf("");
}

}  // namespace redress::engine
