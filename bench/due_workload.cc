// Due instants in working hours, on one core: a calendar with lunch breaks and ten years of
// holidays, beside what it costs to ask the time zone once what the wall shows.
#include <functional>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/time_zones.h"
#include "bench/figure.h"
#include "bench/workload.h"
#include "engine/time/due.h"

namespace redress::bench {
namespace {

constexpr char kZone[] = "America/New_York";
constexpr int kStarts = 1 << 12;
constexpr int kRounds = 256;
constexpr int kRuns = 5;
constexpr int kFirstYear = 2021;
constexpr int kYears = 10;
constexpr double kDuePerSecondMin = 1e6;
// The same arithmetic for every distance; a cache that is cold further away is all that may show.
constexpr double kFarToNearMax = 2;

engine::Calendar MakeCalendar() {
  engine::WorkingHours hours;
  for (size_t day = 0; day < 5; ++day) hours.week[day] = {{540, 720}, {810, 1080}};
  constexpr int kHolidays[][2] = {{1, 1},  {1, 18}, {2, 15},  {5, 31},  {6, 19}, {7, 4},
                                  {9, 6}, {10, 11}, {11, 11}, {11, 25}, {12, 25}};
  for (int year = kFirstYear; year < kFirstYear + kYears; ++year)
    for (const auto& [month, day] : kHolidays)
      hours.dated.push_back({absl::CivilDay(year, month, day), {}});
  return {hours, *base::ReadZoneRules(kZone)};
}

// Starts all over the ten years, in no order.
std::vector<absl::Time> MakeStarts() {
  const absl::Time first = absl::FromCivil(absl::CivilYear(kFirstYear), absl::UTCTimeZone());
  std::vector<absl::Time> starts;
  for (int64_t i = 0; i < kStarts; ++i)
    starts.push_back(first + absl::Seconds(i * 7919 % kStarts * (kYears * 365 * 86400 / kStarts)));
  return starts;
}

// Calls per second, the median of some runs. `sum` keeps the calls from being left out.
double PerSecond(const std::vector<absl::Time>& starts,
                 const std::function<int64_t(absl::Time)>& call) {
  std::vector<double> rates;
  int64_t sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    const absl::Time begin = absl::Now();
    for (int round = 0; round < kRounds; ++round)
      for (const absl::Time start : starts) sum += call(start);
    rates.push_back(kStarts * kRounds / absl::ToDoubleSeconds(absl::Now() - begin));
  }
  CHECK_NE(sum, 0);
  return Median(rates);
}

}  // namespace

bool RunDue(const Workspace&) {
  const engine::Calendar calendar = MakeCalendar();
  const std::vector<absl::Time> starts = MakeStarts();
  const auto due_in = [&](absl::Duration budget, absl::Span<const engine::TimeSpan> pauses) {
    return PerSecond(starts, [&, budget, pauses](absl::Time start) {
      return absl::ToUnixSeconds(engine::Due(start, budget, calendar, pauses));
    });
  };
  absl::TimeZone zone;
  CHECK(absl::LoadTimeZone(kZone, &zone));
  const double look =
      PerSecond(starts, [zone](absl::Time start) { return zone.At(start).cs.minute() + 1; });
  const double hour = due_in(absl::Hours(1), {});
  const double five_years = due_in(absl::Hours(5 * 365 * 24) * 75 / 336, {});
  const double elapsed = PerSecond(starts, [&](absl::Time start) {
    return absl::ToInt64Seconds(
        engine::Elapsed(start, start + absl::Hours(24 * 365), calendar, {}));
  });
  std::vector<engine::TimeSpan> pauses;
  for (const absl::Time start : {starts[0], starts[1], starts[2]})
    pauses.push_back({start, start + absl::Hours(30)});
  bool is_met = Report("due: in an hour", hour, "/s", Aim::kAtLeast, kDuePerSecondMin);
  is_met &= Report("due: in five years", five_years, "/s", Aim::kAtLeast, kDuePerSecondMin);
  is_met &= Report("due: five years' cost over an hour's", hour / five_years, "", Aim::kAtMost,
                   kFarToNearMax);
  is_met &= Report("due: elapsed over a year", elapsed, "/s", Aim::kAtLeast, kDuePerSecondMin);
  is_met &= Report("due: with three pauses", due_in(absl::Hours(8), pauses), "/s", Aim::kAtLeast,
                   kDuePerSecondMin);
  Remark("due: looks at the zone's wall clock", look, "/s");
  Remark("due: an hour's cost over such a look's", look / hour, "");
  return is_met;
}

}  // namespace redress::bench
