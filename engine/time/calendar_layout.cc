#include "engine/time/calendar_layout.h"

#include <algorithm>
#include <utility>

namespace redress::engine {
namespace {

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kSecondsPerDay = 86400;
constexpr int64_t kSecondsPerMinute = 60;
constexpr int kDaysPerWeek = 7;
// How far from a week a change of the zone's offset may be and still matter to it.
constexpr int64_t kChangeReach = 3 * kSecondsPerDay;

int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

// Sorts stretches and joins those that touch.
std::vector<MicrosSpan> Unite(std::vector<MicrosSpan> spans) {
  std::sort(spans.begin(), spans.end(), [](const MicrosSpan& a, const MicrosSpan& b) {
    return std::pair(a.start, a.end) < std::pair(b.start, b.end);
  });
  std::vector<MicrosSpan> united;
  for (const MicrosSpan& span : spans) {
    if (span.start >= span.end) continue;
    if (!united.empty() && span.start <= united.back().end)
      united.back().end = std::max(united.back().end, span.end);
    else
      united.push_back(span);
  }
  return united;
}

}  // namespace

void CalendarLayout::Fill() {
  for (const DatedDay& dated : hours_.dated) {
    calendar_.dated_.push_back(dated.day);
    dated_.push_back(DayNumber(dated.day));
  }
  const uint32_t plain = NumberOf(PlainShape());
  const int64_t end = DayNumber(absl::CivilDay(base::kZoneYearMax + 1, 1, 1));
  int64_t monday = DayNumber(
      absl::PrevWeekday(absl::CivilDay(base::kZoneYearMin, 1, 2), absl::Weekday::monday));
  int64_t start = StartOf(monday);
  int64_t open = 0;
  for (; monday < end; monday += kDaysPerWeek) {
    const int64_t next = StartOf(monday + kDaysPerWeek);
    const uint32_t shape = IsPlain(monday, start) ? plain : NumberOf(Open(monday, start, next));
    calendar_.weeks_.push_back({start, open, shape});
    const Shape& pieces = calendar_.shapes_[shape];
    if (!pieces.empty()) {
      const Calendar::Piece& last = pieces.back();
      open += last.open_before + (last.end - last.start);
    }
    start = next;
  }
  calendar_.weeks_.push_back({start, open, plain});
}

int64_t CalendarLayout::StartOf(int64_t day) const {
  return calendar_.clock_.FirstInstant(day * kSecondsPerDay) * kMicrosPerSecond;
}

// The hours of the Sunday before may last into the week.
bool CalendarLayout::IsPlain(int64_t monday, int64_t start) const {
  const auto next = std::lower_bound(dated_.begin(), dated_.end(), monday - 1);
  if (next != dated_.end() && *next < monday + kDaysPerWeek) return false;
  const int64_t second = start / kMicrosPerSecond;
  return !calendar_.clock_.HasChange(
      second - kChangeReach, second + kDaysPerWeek * kSecondsPerDay + kChangeReach);
}

const std::vector<Hours>& CalendarLayout::HoursOf(int64_t day) const {
  const auto dated = std::lower_bound(dated_.begin(), dated_.end(), day);
  if (dated != dated_.end() && *dated == day)
    return hours_.dated[static_cast<size_t>(dated - dated_.begin())].hours;
  return hours_.week[static_cast<size_t>(absl::GetWeekday(absl::CivilDay(1970, 1, 1) + day))];
}

CalendarLayout::Shape CalendarLayout::Open(int64_t monday, int64_t start, int64_t end) const {
  std::vector<MicrosSpan> spans;
  for (int64_t day = monday - 1; day < monday + kDaysPerWeek; ++day) {
    const int64_t midnight = day * kSecondsPerDay;
    const bool ends_at_midnight = std::binary_search(dated_.begin(), dated_.end(), day + 1);
    const int end_max = ends_at_midnight ? kMinutesPerDay : kHoursEndMax;
    for (const Hours& hours : HoursOf(day)) {
      const int64_t from = midnight + hours.start * kSecondsPerMinute;
      const int64_t to = midnight + std::min(hours.end, end_max) * kSecondsPerMinute;
      spans.push_back(
          {std::max(start, calendar_.clock_.FirstInstant(from) * kMicrosPerSecond),
           std::min(end, calendar_.clock_.LastInstant(to) * kMicrosPerSecond)});
    }
  }
  Shape shape;
  int64_t open = 0;
  for (const MicrosSpan& span : Unite(std::move(spans))) {
    shape.push_back({span.start - start, span.end - start, open});
    open += span.end - span.start;
  }
  return shape;
}

CalendarLayout::Shape CalendarLayout::PlainShape() const {
  std::vector<MicrosSpan> spans;
  const int64_t end = kDaysPerWeek * kSecondsPerDay * kMicrosPerSecond;
  for (int day = -1; day < kDaysPerWeek; ++day) {
    const int64_t midnight = day * kSecondsPerDay;
    for (const Hours& hours : hours_.week[static_cast<size_t>((day + 7) % 7)]) {
      const int64_t from = (midnight + hours.start * kSecondsPerMinute) * kMicrosPerSecond;
      const int64_t to = (midnight + hours.end * kSecondsPerMinute) * kMicrosPerSecond;
      spans.push_back({std::max<int64_t>(from, 0), std::min(to, end)});
    }
  }
  Shape shape;
  int64_t open = 0;
  for (const MicrosSpan& span : Unite(std::move(spans))) {
    shape.push_back({span.start, span.end, open});
    open += span.end - span.start;
  }
  return shape;
}

uint32_t CalendarLayout::NumberOf(Shape shape) {
  const auto [it, is_new] =
      numbers_.try_emplace(shape, static_cast<uint32_t>(calendar_.shapes_.size()));
  if (is_new) calendar_.shapes_.push_back(std::move(shape));
  return it->second;
}

}  // namespace redress::engine
