#include "engine/time/due.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace redress::engine {
namespace {

int64_t Micros(absl::Time at) { return absl::ToUnixMicros(at); }

}  // namespace

absl::Time Due(absl::Time start, absl::Duration budget, const Calendar& calendar,
               absl::Span<const TimeSpan> pauses) {
  CHECK(budget >= absl::ZeroDuration());
  if (budget == absl::ZeroDuration()) return start;
  int64_t open = calendar.OpenBefore(Micros(start)) + absl::ToInt64Microseconds(budget);
  for (const TimeSpan& pause : UnitePauses(pauses)) {
    const int64_t before = calendar.OpenBefore(Micros(std::max(pause.start, start)));
    if (before >= open) break;
    if (pause.end <= start) continue;
    open += calendar.OpenBefore(Micros(pause.end)) - before;
  }
  return absl::FromUnixMicros(calendar.WhenOpen(open));
}

absl::Duration Elapsed(absl::Time start, absl::Time end, const Calendar& calendar,
                       absl::Span<const TimeSpan> pauses) {
  if (end <= start) return absl::ZeroDuration();
  int64_t open = calendar.OpenBefore(Micros(end)) - calendar.OpenBefore(Micros(start));
  for (const TimeSpan& pause : UnitePauses(pauses)) {
    const absl::Time from = std::max(pause.start, start);
    const absl::Time to = std::min(pause.end, end);
    if (from < to) open -= calendar.OpenBefore(Micros(to)) - calendar.OpenBefore(Micros(from));
  }
  return absl::Microseconds(open);
}

std::vector<TimeSpan> UnitePauses(absl::Span<const TimeSpan> pauses) {
  std::vector<TimeSpan> sorted;
  for (const TimeSpan& pause : pauses)
    if (pause.start < pause.end) sorted.push_back(pause);
  std::sort(sorted.begin(), sorted.end(), [](const TimeSpan& a, const TimeSpan& b) {
    return std::pair(a.start, a.end) < std::pair(b.start, b.end);
  });
  std::vector<TimeSpan> united;
  for (const TimeSpan& pause : sorted) {
    if (!united.empty() && pause.start <= united.back().end)
      united.back().end = std::max(united.back().end, pause.end);
    else
      united.push_back(pause);
  }
  return united;
}

}  // namespace redress::engine
