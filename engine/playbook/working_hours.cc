#include "engine/playbook/working_hours.h"

#include <map>
#include <utility>
#include <vector>

#include "base/time_zones.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using HoursList = google::protobuf::RepeatedPtrField<v1::Hours>;
using Dated = std::map<absl::CivilDay, std::vector<Hours>>;

std::vector<Hours> ToHours(const HoursList& list) {
  std::vector<Hours> hours;
  for (const v1::Hours& each : list) hours.push_back({each.start_minute(), each.end_minute()});
  return hours;
}

void Set(absl::CivilDay first, absl::CivilDay last, const std::vector<Hours>& hours,
         Dated& dated) {
  for (absl::CivilDay day = first; day <= last; ++day) dated[day] = hours;
}

// A date of every year; nothing for 29 February in a year without one.
std::optional<absl::CivilDay> InYear(const v1::Date& date, int year) {
  const absl::CivilDay day(year, date.month(), date.day());
  if (day.month() != date.month()) return std::nullopt;
  return day;
}

// A span of every year, beginning in that year. One that begins or ends on 29 February does so a
// day later, or earlier, in other years; the day alone is left out.
void CloseEveryYear(const v1::DateSpan& span, int year, Dated& dated) {
  const auto is_before = [](const v1::Date& a, const v1::Date& b) {
    return std::pair(a.month(), a.day()) < std::pair(b.month(), b.day());
  };
  const bool runs_over = is_before(span.last(), span.first());
  const auto first = InYear(span.first(), year);
  const auto last = InYear(span.last(), runs_over ? year + 1 : year);
  const absl::CivilDay from = first.value_or(absl::CivilDay(year, 3, 1));
  const absl::CivilDay to = last.value_or(absl::CivilDay(runs_over ? year + 1 : year, 2, 28));
  Set(from, to, {}, dated);
}

}  // namespace

WorkingHours ToWorkingHours(const v1::Calendar& calendar) {
  WorkingHours working;
  for (const v1::DayHours& day : calendar.week())
    working.week[static_cast<size_t>(day.weekday() - 1)] = ToHours(day.hours());
  Dated dated;
  for (const v1::DateSpan& span : calendar.holidays()) {
    const v1::Date& first = span.first();
    const v1::Date& last = span.last();
    if (first.year() != 0) {
      Set(absl::CivilDay(first.year(), first.month(), first.day()),
          absl::CivilDay(last.year(), last.month(), last.day()), {}, dated);
      continue;
    }
    for (int year = base::kZoneYearMin - 1; year <= base::kZoneYearMax; ++year)
      CloseEveryYear(span, year, dated);
  }
  for (const v1::DatedHours& exception : calendar.exceptions()) {
    const v1::Date& first = exception.days().first();
    const v1::Date& last = exception.days().last();
    Set(absl::CivilDay(first.year(), first.month(), first.day()),
        absl::CivilDay(last.year(), last.month(), last.day()), ToHours(exception.hours()), dated);
  }
  for (auto& [day, hours] : dated)
    if (day.year() >= base::kZoneYearMin && day.year() <= base::kZoneYearMax)
      working.dated.push_back({day, std::move(hours)});
  return working;
}

}  // namespace redress::engine
