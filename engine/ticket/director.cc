#include "engine/ticket/director.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "engine/ticket/lifecycle.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// No zone is further from UTC than this.
constexpr absl::Duration kZoneOffsetMax = absl::Hours(26);

absl::CivilMonth CivilMonthAt(const Calendar* calendar, absl::Time time) {
  if (calendar == nullptr) return absl::ToCivilMonth(time, absl::UTCTimeZone());
  return absl::CivilMonth(calendar->DayOf(absl::ToUnixMicros(time)));
}

// The first instant of a month. A calendar tells the date of an instant, so the instant is found by
// halving what is between two that are certainly before and after it.
absl::Time StartOf(const Calendar* calendar, absl::CivilMonth month) {
  const absl::Time guess = absl::FromCivil(absl::CivilSecond(month), absl::UTCTimeZone());
  if (calendar == nullptr) return guess;
  int64_t before = absl::ToUnixMicros(guess - kZoneOffsetMax);
  int64_t after = absl::ToUnixMicros(guess + kZoneOffsetMax);
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    const bool is_before = CivilMonthAt(calendar, absl::FromUnixMicros(middle)) < month;
    (is_before ? before : after) = middle;
  }
  return absl::FromUnixMicros(after);
}

}  // namespace

DirectedMonth MonthAt(const Playbook& playbook, absl::Time time) {
  const v1::DirectorCalendar& directors = playbook.message().directors();
  const Calendar* calendar =
      directors.calendar().empty() ? nullptr : playbook.FindCalendar(directors.calendar());
  const absl::CivilMonth month = CivilMonthAt(calendar, time);
  DirectedMonth found;
  found.month = absl::StrFormat("%04d-%02d", month.year(), month.month());
  found.end = StartOf(calendar, month + 1);
  for (const v1::DirectorMonth& directed : directors.months())
    if (directed.month() == found.month) found.director = directed.director();
  return found;
}

bool NeedsDirector(const Facts& facts, const v1::Ticket& after, const v1::Event& event) {
  if (after.level() != v1::LEVEL_INITIATIVE || facts.playbook == nullptr) return false;
  if (after.provenance() == v1::PROVENANCE_IMPORTED) return false;
  if (facts.playbook->message().directors().months().empty()) return false;
  if (event.has_ticket_opened())
    return !event.ticket_opened().decision().effects().record_only();
  return event.has_ticket_routed() || event.has_level_changed();
}

v1::DirectorChanged ChangeDirector(const Facts& facts, const v1::Ticket& ticket,
                                   absl::Time time) {
  v1::DirectorChanged changed;
  const std::string& from = ticket.director().actor();
  changed.set_from_director(from);
  const bool is_directed =
      facts.playbook != nullptr && !facts.playbook->message().directors().months().empty();
  if (is_directed) {
    const DirectedMonth month = MonthAt(*facts.playbook, time);
    changed.set_to_director(month.director);
    changed.set_month(month.month);
    *changed.mutable_until() = ToTimestamp(month.end);
  }
  changed.set_needs_hand_over(!from.empty() && from != changed.to_director());
  return changed;
}

}  // namespace redress::engine
