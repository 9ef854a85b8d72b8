#include "engine/playbook/yaml_calendar.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "engine/playbook/limits.h"
#include "engine/time/calendar.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kCalendarKeys[] = {"zone", "week", "holidays", "exceptions"};
constexpr absl::string_view kWeekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr absl::string_view kSpanMark = "..";
constexpr absl::string_view kNextDayMark = "+1";
constexpr size_t kWordSizeMax = 32;
// The days of spans of every year are told apart in a leap year.
constexpr int kLeapYear = 2000;
constexpr int kDaysPerLeapYear = 366;

// A number of exactly so many digits at the start of `text`, which is taken off.
std::optional<int> TakeNumber(absl::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return number;
}

// "09:30" or "24:00" at the start of `text`, as minutes; it is taken off.
std::optional<int> TakeMinute(absl::string_view& text) {
  const std::optional<int> hour = TakeNumber(text, 2);
  if (!hour.has_value() || !absl::ConsumePrefix(&text, ":")) return std::nullopt;
  const std::optional<int> minute = TakeNumber(text, 2);
  if (!minute.has_value() || *minute > 59) return std::nullopt;
  if (*hour > 24 || (*hour == 24 && *minute > 0)) return std::nullopt;
  return *hour * 60 + *minute;
}

// "2026-10-01", or "10-01" for every year.
std::optional<v1::Date> ParseDate(absl::string_view text) {
  v1::Date date;
  if (text.size() == 10) {
    const std::optional<int> year = TakeNumber(text, 4);
    if (!year.has_value() || !absl::ConsumePrefix(&text, "-")) return std::nullopt;
    date.set_year(*year);
  }
  const std::optional<int> month = TakeNumber(text, 2);
  if (!month.has_value() || !absl::ConsumePrefix(&text, "-")) return std::nullopt;
  const std::optional<int> day = TakeNumber(text, 2);
  if (!day.has_value() || !text.empty()) return std::nullopt;
  date.set_month(*month);
  date.set_day(*day);
  return date;
}

absl::CivilDay DayOf(const v1::Date& date) {
  return absl::CivilDay(date.year() == 0 ? kLeapYear : date.year(), date.month(), date.day());
}

bool Exists(const v1::Date& date) {
  const absl::CivilDay day = DayOf(date);
  return day.month() == date.month() && day.day() == date.day();
}

bool IsInTable(const v1::Date& date) {
  return date.year() == 0 ||
         (date.year() >= base::kZoneYearMin && date.year() <= base::kZoneYearMax);
}

std::string ShowDay(absl::CivilDay day) { return absl::FormatCivilTime(day); }

class CalendarReader {
 public:
  CalendarReader(YamlReader& reader, ZoneBook& zones) : reader_(reader), zones_(zones) {}

  v1::Calendar Read(YamlId id) {
    YamlMap map(reader_, id, "a calendar", kCalendarKeys);
    if (const auto zone = map.Require("zone")) ReadZone(*zone);
    if (const auto week = map.Require("week")) ReadWeek(*week);
    if (const auto holidays = map.Find("holidays")) ReadHolidays(*holidays);
    if (const auto exceptions = map.Find("exceptions")) ReadExceptions(*exceptions);
    return std::move(calendar_);
  }

 private:
  void ReadZone(YamlId id) {
    std::string name = reader_.Text(id, "zone", kShortTextSizeMax);
    if (!name.empty() && zones_.Find(name) == nullptr) {
      reader_.Fail(id, absl::StrCat("no time zone is named '", name,
                                    "'; names are such as Europe/Berlin"));
      return;
    }
    calendar_.set_zone(std::move(name));
  }

  void ReadWeek(YamlId id) {
    std::array<std::optional<YamlId>, std::size(kWeekdays)> days;
    bool has_fault = reader_[id].kind != YamlKind::kMap;
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'week'", std::size(kWeekdays))) {
      const auto span = ReadWeekdays(entry.key);
      has_fault |= !span.has_value();
      if (!span.has_value()) continue;
      for (size_t i = span->first;; i = (i + 1) % days.size()) {
        if (days[i].has_value())
          reader_.Fail(entry.key, absl::StrCat("'", kWeekdays[i], "' is given twice in 'week'"));
        days[i] = entry.value;
        if (i == span->second) break;
      }
    }
    absl::btree_set<YamlId> read;
    for (size_t i = 0; i < days.size(); ++i) {
      if (!days[i].has_value()) continue;
      v1::DayHours day;
      has_fault |= !ReadHours(*days[i], read.insert(*days[i]).second, *day.mutable_hours());
      day.set_weekday(static_cast<int>(i) + 1);
      if (!day.hours().empty()) *calendar_.add_week() = std::move(day);
    }
    if (calendar_.week().empty() && !has_fault)
      reader_.Fail(id, "the calendar is never open: no day of its week has hours");
  }

  // The first and the last day of "mon" or "mon-fri", from 0.
  std::optional<std::pair<size_t, size_t>> ReadWeekdays(YamlId id) {
    const std::string text = reader_.Text(id, "week", kWordSizeMax);
    if (text.empty()) return std::nullopt;
    const size_t dash = text.find('-');
    const auto first = WeekdayOf(absl::string_view(text).substr(0, dash));
    const auto last = dash == std::string::npos
                          ? first
                          : WeekdayOf(absl::string_view(text).substr(dash + 1));
    if (first.has_value() && last.has_value()) return std::pair(*first, *last);
    reader_.Fail(id, absl::StrCat("'", text, "' is no day of the week; write mon, or mon-fri"));
    return std::nullopt;
  }

  static std::optional<size_t> WeekdayOf(absl::string_view name) {
    const auto* const found = std::find(std::begin(kWeekdays), std::end(kWeekdays), name);
    if (found == std::end(kWeekdays)) return std::nullopt;
    return static_cast<size_t>(found - std::begin(kWeekdays));
  }

  using HoursList = google::protobuf::RepeatedPtrField<v1::Hours>;

  // Whether all of it could be read. `is_first`: not read before, so faults are reported.
  bool ReadHours(YamlId id, bool is_first, HoursList& list) {
    if (reader_[id].kind != YamlKind::kSequence) {
      if (is_first) reader_.Items(id, "hours", kHoursPerDayMax);
      return false;
    }
    bool is_good = true;
    for (const YamlId item : is_first ? reader_.Items(id, "hours", kHoursPerDayMax)
                                      : absl::MakeConstSpan(reader_[id].children)) {
      std::string fault;
      std::optional<v1::Hours> hours = ParseHours(item, fault);
      if (hours.has_value() && !list.empty() &&
          hours->start_minute() < list[list.size() - 1].end_minute()) {
        fault = "these hours begin before the ones before them have ended";
        hours.reset();
      }
      if (hours.has_value()) *list.Add() = *std::move(hours);
      is_good &= fault.empty();
      if (is_first && !fault.empty()) reader_.Fail(item, std::move(fault));
    }
    return is_good;
  }

  std::optional<v1::Hours> ParseHours(YamlId id, std::string& fault) {
    const YamlNode& node = reader_[id];
    absl::string_view rest = node.text;
    const std::optional<int> start = TakeMinute(rest);
    const bool has_dash = absl::ConsumePrefix(&rest, "-");
    std::optional<int> end = TakeMinute(rest);
    const bool is_next_day = absl::ConsumePrefix(&rest, kNextDayMark);
    if (node.kind != YamlKind::kScalar || !start || !has_dash || !end || !rest.empty() ||
        *start == kMinutesPerDay) {
      fault = "hours are such as 09:00-12:30, 18:00-24:00 or 22:00-06:00+1";
      return std::nullopt;
    }
    if (is_next_day) *end += kMinutesPerDay;
    if (*end <= *start) {
      fault = absl::StrCat("the hours end before they start; to the next day is '", node.text,
                           kNextDayMark, "'");
      return std::nullopt;
    }
    v1::Hours hours;
    hours.set_start_minute(*start);
    hours.set_end_minute(*end);
    return hours;
  }

  void ReadHolidays(YamlId id) {
    for (const YamlId item : reader_.Items(id, "holidays", kDatedMax))
      if (auto span = ReadDates(item)) *calendar_.add_holidays() = *std::move(span);
  }

  void ReadExceptions(YamlId id) {
    absl::btree_set<absl::CivilDay> days;
    for (const YamlEntry& entry : YamlEntries(reader_, id, "'exceptions'", kDatedMax)) {
      v1::DatedHours dated;
      ReadHours(entry.value, true, *dated.mutable_hours());
      auto span = ReadDates(entry.key);
      if (!span.has_value()) continue;
      if (span->first().year() == 0) {
        reader_.Fail(entry.key, "an exception needs a year, as in 2026-10-10");
        continue;
      }
      for (absl::CivilDay day = DayOf(span->first()); day <= DayOf(span->last()); ++day) {
        if (days.insert(day).second) continue;
        reader_.Fail(entry.key, absl::StrCat(ShowDay(day), " has another exception already"));
        break;
      }
      *dated.mutable_days() = *std::move(span);
      *calendar_.add_exceptions() = std::move(dated);
    }
  }

  // "2026-10-01", "2026-10-01..2026-10-07", or the same without years.
  std::optional<v1::DateSpan> ReadDates(YamlId id) {
    const std::string text = reader_.Text(id, "date", kWordSizeMax);
    if (text.empty()) return std::nullopt;
    const size_t mark = text.find(kSpanMark.data());
    const auto first = ParseDate(absl::string_view(text).substr(0, mark));
    const auto last = mark == std::string::npos
                          ? first
                          : ParseDate(absl::string_view(text).substr(mark + kSpanMark.size()));
    if (!first || !last || (first->year() == 0) != (last->year() == 0)) {
      reader_.Fail(id, absl::StrCat("'", text, "' is no date; write 2026-10-01, ",
                                    "2026-10-01..2026-10-07, or 10-01 for every year"));
      return std::nullopt;
    }
    if (const std::string fault = FaultOf(*first, *last); !fault.empty()) {
      reader_.Fail(id, fault);
      return std::nullopt;
    }
    const int64_t days = DayOf(*last) - DayOf(*first) + 1;
    days_ += days > 0 ? days : days + kDaysPerLeapYear;
    if (days_ > kDatedDaysMax) {
      reader_.Fail(id, absl::StrCat("the calendar has more than ", kDatedDaysMax,
                                    " holidays and exceptions, counted by days"));
      return std::nullopt;
    }
    v1::DateSpan span;
    *span.mutable_first() = *first;
    *span.mutable_last() = *last;
    return span;
  }

  // Why a span cannot be; empty: it can.
  static std::string FaultOf(const v1::Date& first, const v1::Date& last) {
    for (const v1::Date& date : {first, last}) {
      if (!Exists(date))
        return absl::StrFormat("there is no day %02d in month %02d", date.day(), date.month());
      if (!IsInTable(date))
        return absl::StrCat("dates are of the years ", base::kZoneYearMin, " to ",
                            base::kZoneYearMax);
    }
    if (first.year() != 0 && DayOf(last) < DayOf(first)) return "the dates end before they start";
    return "";
  }

  YamlReader& reader_;
  ZoneBook& zones_;
  v1::Calendar calendar_;
  int64_t days_ = 0;  // that have a date, so far
};

}  // namespace

v1::Calendar ReadCalendar(YamlReader& reader, YamlId id, ZoneBook& zones) {
  return CalendarReader(reader, zones).Read(id);
}

}  // namespace redress::engine
