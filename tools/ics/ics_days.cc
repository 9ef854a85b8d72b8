#include "tools/ics/ics_days.h"

#include <libical/ical.h>

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace redress::ics {
namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct FreeIterator {
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;
using Iterator = std::unique_ptr<icalrecur_iterator, FreeIterator>;

absl::CivilDay DayOf(const icaltimetype& time) {
  return absl::CivilDay(time.year, time.month, time.day);
}

std::string Shown(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// Text on one line, without control characters.
std::string OneLine(const char* text) {
  std::string line = text == nullptr ? "" : text;
  for (char& letter : line)
    if (absl::ascii_iscntrl(static_cast<unsigned char>(letter))) letter = ' ';
  return std::string(absl::StripAsciiWhitespace(line));
}

class DayReader {
 public:
  DayReader(absl::CivilDay first, absl::CivilDay last) : first_(first), last_(last) {}

  absl::Status Read(icalcomponent& top) {
    std::vector<icalcomponent*> events = EventsIn(top);
    for (icalcomponent* event : events) RETURN_IF_ERROR(NoteMoved(*event));
    for (icalcomponent* event : events) RETURN_IF_ERROR(ReadEvent(*event));
    return absl::OkStatus();
  }

  std::vector<MarkedDay> Take() && {
    std::vector<MarkedDay> days;
    for (auto& [day, name] : names_) days.push_back({day, std::move(name)});
    return days;
  }

 private:
  static std::vector<icalcomponent*> EventsIn(icalcomponent& top) {
    std::vector<icalcomponent*> events;
    const auto collect = [&events](icalcomponent& calendar) {
      for (icalcomponent* event =
               icalcomponent_get_first_component(&calendar, ICAL_VEVENT_COMPONENT);
           event != nullptr;
           event = icalcomponent_get_next_component(&calendar, ICAL_VEVENT_COMPONENT))
        events.push_back(event);
    };
    collect(top);
    for (icalcomponent* calendar =
             icalcomponent_get_first_component(&top, ICAL_VCALENDAR_COMPONENT);
         calendar != nullptr;
         calendar = icalcomponent_get_next_component(&top, ICAL_VCALENDAR_COMPONENT))
      collect(*calendar);
    return events;
  }

  static std::string NameOf(icalcomponent& event) {
    return OneLine(icalcomponent_get_summary(&event));
  }

  static std::string UidOf(icalcomponent& event) {
    const char* uid = icalcomponent_get_uid(&event);
    return uid == nullptr ? "" : uid;
  }

  static bool IsCancelled(icalcomponent& event) {
    return icalcomponent_get_status(&event) == ICAL_STATUS_CANCELLED;
  }

  // Remembers which day of a repeated event this one stands for.
  absl::Status NoteMoved(icalcomponent& event) {
    const icaltimetype moved = icalcomponent_get_recurrenceid(&event);
    if (!icaltime_is_null_time(moved)) moved_.insert({UidOf(event), DayOf(moved)});
    return absl::OkStatus();
  }

  absl::Status ReadEvent(icalcomponent& event) {
    if (IsCancelled(event)) return absl::OkStatus();
    const std::string name = NameOf(event);
    const icaltimetype start = icalcomponent_get_dtstart(&event);
    if (icaltime_is_null_time(start) || !icaltime_is_valid_time(start))
      return absl::InvalidArgumentError(absl::StrCat("event \"", name, "\" has no start"));
    if (!icaltime_is_date(start))
      return absl::InvalidArgumentError(
          absl::StrCat("event \"", name, "\" of ", Shown(DayOf(start)),
                       " has a time of day; only whole days can be closed"));
    const int64_t length = LengthOf(event, start);
    std::set<absl::CivilDay> starts = {DayOf(start)};
    RETURN_IF_ERROR(AddRepeats(event, start, length, starts));
    AddDates(event, starts);
    RemoveExceptions(event, starts);
    if (icaltime_is_null_time(icalcomponent_get_recurrenceid(&event)))
      for (const auto& [uid, day] : moved_)
        if (uid == UidOf(event)) starts.erase(day);
    for (const absl::CivilDay day : starts) RETURN_IF_ERROR(Mark(day, length, name));
    return absl::OkStatus();
  }

  // In days, at least one.
  static int64_t LengthOf(icalcomponent& event, const icaltimetype& start) {
    const icaltimetype end = icalcomponent_get_dtend(&event);
    if (icaltime_is_null_time(end)) return 1;
    return std::max<int64_t>(1, DayOf(end) - DayOf(start));
  }

  absl::Status AddRepeats(icalcomponent& event, const icaltimetype& start, int64_t length,
                          std::set<absl::CivilDay>& starts) const {
    for (icalproperty* rule = icalcomponent_get_first_property(&event, ICAL_RRULE_PROPERTY);
         rule != nullptr;
         rule = icalcomponent_get_next_property(&event, ICAL_RRULE_PROPERTY)) {
      const Iterator iterator(icalrecur_iterator_new(icalproperty_get_rrule(rule), start));
      if (iterator == nullptr)
        return absl::InvalidArgumentError(
            absl::StrCat("event \"", NameOf(event), "\" repeats by a rule that cannot be read"));
      int repeats = 0;
      for (icaltimetype next = icalrecur_iterator_next(iterator.get());
           !icaltime_is_null_time(next) && DayOf(next) <= last_;
           next = icalrecur_iterator_next(iterator.get())) {
        if (DayOf(next) + length <= first_) continue;
        if (++repeats > kRepeatsMax)
          return absl::InvalidArgumentError(absl::StrCat(
              "event \"", NameOf(event), "\" repeats more than ", kRepeatsMax, " times"));
        starts.insert(DayOf(next));
      }
    }
    return absl::OkStatus();
  }

  static void AddDates(icalcomponent& event, std::set<absl::CivilDay>& starts) {
    for (icalproperty* date = icalcomponent_get_first_property(&event, ICAL_RDATE_PROPERTY);
         date != nullptr;
         date = icalcomponent_get_next_property(&event, ICAL_RDATE_PROPERTY)) {
      const icaltimetype day = icalproperty_get_rdate(date).time;
      if (!icaltime_is_null_time(day)) starts.insert(DayOf(day));
    }
  }

  static void RemoveExceptions(icalcomponent& event, std::set<absl::CivilDay>& starts) {
    for (icalproperty* date = icalcomponent_get_first_property(&event, ICAL_EXDATE_PROPERTY);
         date != nullptr;
         date = icalcomponent_get_next_property(&event, ICAL_EXDATE_PROPERTY))
      starts.erase(DayOf(icalproperty_get_exdate(date)));
  }

  // The first name that a day was given stays.
  absl::Status Mark(absl::CivilDay start, int64_t length, const std::string& name) {
    const absl::CivilDay end = std::min(start + length, last_ + 1);
    for (absl::CivilDay day = std::max(start, first_); day < end; ++day) {
      names_.try_emplace(day, name);
      if (names_.size() > kDaysMax)
        return absl::InvalidArgumentError(absl::StrCat("more than ", kDaysMax, " days are marked"));
    }
    return absl::OkStatus();
  }

  absl::CivilDay first_;
  absl::CivilDay last_;
  std::set<std::pair<std::string, absl::CivilDay>> moved_;
  std::map<absl::CivilDay, std::string> names_;
};

}  // namespace

absl::StatusOr<std::vector<MarkedDay>> ReadMarkedDays(const std::string& content,
                                                      absl::CivilDay first, absl::CivilDay last) {
  if (content.size() > kIcsBytesMax)
    return absl::InvalidArgumentError(
        absl::StrCat("the file has ", content.size(), " bytes; ", kIcsBytesMax, " are allowed"));
  icalerror_set_errors_are_fatal(0);
  const Component top(icalparser_parse_string(content.c_str()));
  const auto kind = top == nullptr ? ICAL_NO_COMPONENT : icalcomponent_isa(top.get());
  if (kind != ICAL_VCALENDAR_COMPONENT && kind != ICAL_XROOT_COMPONENT)
    return absl::InvalidArgumentError("this is no iCalendar file: it has no VCALENDAR");
  if (icalcomponent_count_errors(top.get()) > 0)
    return absl::InvalidArgumentError(
        "this is a damaged iCalendar file: some lines cannot be read");
  DayReader reader(first, last);
  RETURN_IF_ERROR(reader.Read(*top));
  return std::move(reader).Take();
}

}  // namespace redress::ics
