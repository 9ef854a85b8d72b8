#include "engine/time/calendar.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/time/calendar_layout.h"

namespace redress::engine {
namespace {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kMicrosPerWeek = int64_t{7} * 86400 * kMicrosPerSecond;
// More weeks than there are up to the end of time.
constexpr int64_t kWeeksMax = 600000;
// 1970-01-05, a Monday.
constexpr int64_t kFirstMonday = int64_t{4} * 86400 * kMicrosPerSecond;

// Rounded down, also below zero.
int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

Calendar::Calendar(const WorkingHours& hours, base::ZoneRules zone) : clock_(std::move(zone)) {
  CalendarLayout(hours, *this).Fill();
  CHECK(PlainOpen() > 0);
}

Calendar::Calendar(Shape plain)
    : weeks_{{kFirstMonday, 0, 0}},
      shapes_{std::move(plain)},
      clock_(base::ZoneRules{"UTC", "", {{0, 0}}}) {}

const Calendar& Calendar::Always() {
  static const auto& always = *new Calendar(Shape{{0, kMicrosPerWeek, 0}});
  return always;
}

int64_t Calendar::PlainOpen() const {
  if (PlainShape().empty()) return 0;
  const Piece& last = PlainShape().back();
  return last.open_before + (last.end - last.start);
}

Calendar::Week Calendar::WeekAt(int64_t index) const {
  const int64_t last = static_cast<int64_t>(weeks_.size()) - 1;
  if (index >= 0 && index <= last) return weeks_[static_cast<size_t>(index)];
  const Week& near = index < 0 ? weeks_.front() : weeks_.back();
  const int64_t away = index < 0 ? index : index - last;
  return {near.start + away * kMicrosPerWeek, near.open_before + away * PlainOpen(), 0};
}

int64_t Calendar::IndexOf(int64_t at) const {
  const int64_t last = static_cast<int64_t>(weeks_.size()) - 1;
  const int64_t guess = FloorDivide(at - weeks_.front().start, kMicrosPerWeek);
  if (guess < 0) return guess;
  if (at >= weeks_.back().start) return last + (at - weeks_.back().start) / kMicrosPerWeek;
  size_t index = static_cast<size_t>(std::min(guess, last));
  // A week with a change of the zone's offset is longer or shorter than others.
  while (at < weeks_[index].start) --index;
  while (at >= weeks_[index + 1].start) ++index;
  return static_cast<int64_t>(index);
}

int64_t Calendar::IndexOfOpen(int64_t open) const {
  const int64_t last = static_cast<int64_t>(weeks_.size()) - 1;
  if (open <= 0) return FloorDivide(open - 1, PlainOpen());
  const int64_t beyond = open - weeks_.back().open_before;
  if (beyond > 0) return last + (beyond - 1) / PlainOpen();
  const auto next =
      std::partition_point(weeks_.begin(), weeks_.end(),
                           [open](const Week& week) { return week.open_before < open; });
  return next - weeks_.begin() - 1;
}

int64_t Calendar::OpenBefore(int64_t at) const {
  const Week week = WeekAt(IndexOf(at));
  const Shape& shape = shapes_[week.shape];
  const int64_t in_week = at - week.start;
  const auto next = std::partition_point(
      shape.begin(), shape.end(), [in_week](const Piece& piece) { return piece.start < in_week; });
  if (next == shape.begin()) return week.open_before;
  const Piece& piece = *(next - 1);
  return week.open_before + piece.open_before + std::min(in_week, piece.end) - piece.start;
}

int64_t Calendar::WhenOpen(int64_t open) const {
  const int64_t index = IndexOfOpen(open);
  if (index > kWeeksMax) return kEndOfTimeMicros;
  const Week week = WeekAt(index);
  const Shape& shape = shapes_[week.shape];
  const int64_t in_week = open - week.open_before;
  const auto next =
      std::partition_point(shape.begin(), shape.end(), [in_week](const Piece& piece) {
        return piece.open_before < in_week;
      });
  const Piece& piece = *(next - 1);
  const int64_t at = week.start + piece.start + (in_week - piece.open_before);
  return std::min(at, kEndOfTimeMicros);
}

MicrosSpan Calendar::OpenSpanAt(int64_t at) const {
  for (int64_t index = IndexOf(at);; ++index) {
    const Week week = WeekAt(index);
    for (const Piece& piece : shapes_[week.shape]) {
      if (week.start + piece.end > at) return {week.start + piece.start, week.start + piece.end};
    }
  }
}

absl::CivilDay Calendar::DayOf(int64_t at) const {
  const int64_t local = clock_.LocalAt(FloorDivide(at, kMicrosPerSecond));
  return absl::CivilDay(1970, 1, 1) + FloorDivide(local, 86400);
}

bool Calendar::IsDated(absl::CivilDay day) const {
  return std::binary_search(dated_.begin(), dated_.end(), day);
}

}  // namespace redress::engine
