// Due instants in working hours, and how much of a budget is used up.
//
// Pure. Due and Elapsed are each other's inverse: of Due(start, budget), Elapsed is the budget.
// Both take as long for every distance, whatever the calendar; they grow with the number of pauses
// only.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/time/calendar.h"

namespace redress::engine {

// A stretch of time, its end not in it.
struct TimeSpan {
  absl::Time start;
  absl::Time end;

  bool operator==(const TimeSpan&) const = default;
};

// The earliest instant before which, from `start` on, the calendar is open and nothing pauses for
// the whole budget; `start` for a budget of zero. Pauses may come in any order, overlap and be
// empty; what they have in common counts once, and outside open hours they cost nothing. A budget
// that ends at closing time ends there, not at the next opening. Never later than the end of the
// year 9999. REQUIRES: budget >= 0, years 1 to 9999.
absl::Time Due(absl::Time start, absl::Duration budget, const Calendar& calendar,
               absl::Span<const TimeSpan> pauses);

// The open time from `start` to `end` that no pause holds; zero when the end is not after the
// start. REQUIRES: years 1 to 9999.
absl::Duration Elapsed(absl::Time start, absl::Time end, const Calendar& calendar,
                       absl::Span<const TimeSpan> pauses);

// The same pauses in order, without empty ones, those that touch or overlap made one.
std::vector<TimeSpan> UnitePauses(absl::Span<const TimeSpan> pauses);

}  // namespace redress::engine
