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

// Local seconds at the midnight that begins a day.
int64_t LocalMidnight(absl::CivilDay day) {
  return (day - absl::CivilDay(1970, 1, 1)) * kSecondsPerDay;
}

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
  for (const DatedDay& dated : hours_.dated) calendar_.dated_.push_back(dated.day);
  const uint32_t plain = NumberOf(PlainShape());
  const absl::CivilDay end(base::kZoneYearMax + 1, 1, 1);
  absl::CivilDay monday =
      absl::PrevWeekday(absl::CivilDay(base::kZoneYearMin, 1, 2), absl::Weekday::monday);
  int64_t open = 0;
  for (; monday < end; monday += kDaysPerWeek) {
    const int64_t start = StartOf(monday);
    const uint32_t shape =
        IsPlain(monday) ? plain : NumberOf(Open(monday, start, StartOf(monday + kDaysPerWeek)));
    calendar_.weeks_.push_back({start, open, shape});
    const Shape& pieces = calendar_.shapes_[shape];
    if (!pieces.empty()) {
      const Calendar::Piece& last = pieces.back();
      open += last.open_before + (last.end - last.start);
    }
  }
  calendar_.weeks_.push_back({StartOf(monday), open, plain});
}

int64_t CalendarLayout::StartOf(absl::CivilDay day) const {
  return calendar_.clock_.FirstInstant(LocalMidnight(day)) * kMicrosPerSecond;
}

// The hours of the Sunday before may last into the week.
bool CalendarLayout::IsPlain(absl::CivilDay monday) const {
  const auto& dated = calendar_.dated_;
  const auto next = std::lower_bound(dated.begin(), dated.end(), monday - 1);
  if (next != dated.end() && *next < monday + kDaysPerWeek) return false;
  const int64_t start = StartOf(monday) / kMicrosPerSecond;
  return !calendar_.clock_.HasChange(
      start - kChangeReach, start + kDaysPerWeek * kSecondsPerDay + kChangeReach);
}

const std::vector<Hours>& CalendarLayout::HoursOf(absl::CivilDay day) const {
  const auto dated = std::lower_bound(
      hours_.dated.begin(), hours_.dated.end(), day,
      [](const DatedDay& a, absl::CivilDay b) { return a.day < b; });
  if (dated != hours_.dated.end() && dated->day == day) return dated->hours;
  return hours_.week[static_cast<size_t>(absl::GetWeekday(day))];
}

CalendarLayout::Shape CalendarLayout::Open(absl::CivilDay monday, int64_t start,
                                           int64_t end) const {
  std::vector<MicrosSpan> spans;
  for (absl::CivilDay day = monday - 1; day < monday + kDaysPerWeek; ++day) {
    const int64_t midnight = LocalMidnight(day);
    const int end_max = calendar_.IsDated(day + 1) ? kMinutesPerDay : kHoursEndMax;
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
