// Calendars of a playbook: what the YAML means, and which version of it is named.
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/sha256.h"
#include "engine/playbook/playbook.h"
#include "engine/time/due.h"

namespace redress::engine {
namespace {

constexpr char kSource[] = R"(playbook: shop
calendars:
  hq:
    zone: Asia/Shanghai
    week: {mon-fri: [09:00-12:00, 13:30-18:00]}
    holidays: [2026-10-01..2026-10-07, 01-01, 12-30..01-02]
    exceptions: {2026-10-10: [09:00-12:00], 2026-10-05: [10:00-11:00], 2026-10-12..2026-10-13: []}
  night: {zone: UTC, week: {sun-thu: [22:00-06:00+1], sat: [00:00-24:00]}}
  leap: {zone: UTC, week: {mon-sun: [00:00-24:00]}, holidays: [02-29]}
departments:
  desk: {title: Desk, head: desk-lead, calendar: hq}
route:
  - {id: rest, to: {level: RELAY, department: desk}}
)";

std::unique_ptr<const Playbook> Compiled(const std::string& source = kSource) {
  PlaybookCompilation compilation = CompilePlaybook(source);
  for (const Finding& finding : compilation.findings) ADD_FAILURE() << Render(finding);
  return std::move(compilation.playbook);
}

// The hours that are open on some dates, as "10-05 10:00-11:00, ...".
std::string OpenOn(const Playbook& playbook, const std::string& id, const char* first_day,
                   const char* last_day) {
  absl::CivilDay first;
  absl::CivilDay last;
  EXPECT_TRUE(absl::ParseCivilTime(first_day, &first) && absl::ParseCivilTime(last_day, &last));
  absl::TimeZone zone;
  for (const auto& calendar : playbook.message().calendars())
    if (calendar.id() == id) EXPECT_TRUE(absl::LoadTimeZone(calendar.zone(), &zone));
  const Calendar& calendar = *playbook.FindCalendar(id);
  const int64_t end = absl::ToUnixMicros(absl::FromCivil(last + 1, zone));
  std::string text;
  for (int64_t at = absl::ToUnixMicros(absl::FromCivil(first, zone));;) {
    const MicrosSpan span = calendar.OpenSpanAt(at);
    if (span.start >= end) return text;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    absl::FormatTime("%m-%d %H:%M", absl::FromUnixMicros(span.start), zone),
                    absl::FormatTime("-%H:%M", absl::FromUnixMicros(span.end), zone));
    at = span.end;
  }
}

TEST(PlaybookCalendar, HolidaysCloseAndExceptionsWin) {
  const auto playbook = Compiled();
  EXPECT_EQ(OpenOn(*playbook, "hq", "2026-09-30", "2026-10-14"),
            "09-30 09:00-12:00, 09-30 13:30-18:00, 10-05 10:00-11:00, 10-08 09:00-12:00, "
            "10-08 13:30-18:00, 10-09 09:00-12:00, 10-09 13:30-18:00, 10-10 09:00-12:00, "
            "10-14 09:00-12:00, 10-14 13:30-18:00");
}

TEST(PlaybookCalendar, HolidaysWithoutAYearComeEveryYearAndMayRunOverItsEnd) {
  const auto playbook = Compiled();
  EXPECT_EQ(OpenOn(*playbook, "hq", "2030-12-29", "2031-01-02"), "");
  EXPECT_EQ(OpenOn(*playbook, "hq", "2031-01-03", "2031-01-06"),
            "01-03 09:00-12:00, 01-03 13:30-18:00, 01-06 09:00-12:00, 01-06 13:30-18:00");
  EXPECT_EQ(OpenOn(*playbook, "hq", "1970-01-01", "1970-01-02"), "");
}

TEST(PlaybookCalendar, TheLeapDayIsClosedOnlyWhereThereIsOne) {
  const auto playbook = Compiled();
  const Calendar& leap = *playbook->FindCalendar("leap");
  const auto open_days = [&](int year) {
    return Elapsed(absl::FromCivil(absl::CivilYear(year), absl::UTCTimeZone()),
                   absl::FromCivil(absl::CivilYear(year + 1), absl::UTCTimeZone()), leap, {}) /
           absl::Hours(24);
  };
  EXPECT_EQ(open_days(2027), 365);
  EXPECT_EQ(open_days(2028), 365);
}

TEST(PlaybookCalendar, RangesOfDaysMayRunOverTheEndOfTheWeek) {
  const auto playbook = Compiled();
  EXPECT_EQ(OpenOn(*playbook, "night", "2026-10-09", "2026-10-11"),
            "10-08 22:00-06:00, 10-10 00:00-00:00, 10-11 22:00-00:00");
}

TEST(PlaybookCalendar, IsNamedByDepartments) {
  const auto playbook = Compiled();
  EXPECT_EQ(playbook->FindDepartment("desk")->calendar(), "hq");
  EXPECT_EQ(playbook->FindCalendar("elsewhere"), nullptr);
}

TEST(PlaybookCalendar, ItsZonesRulesArePartOfTheHash) {
  const auto playbook = Compiled();
  const ZoneSource changed = [](const std::string& name) {
    auto rules = base::ReadZoneRules(name);
    if (rules) rules->version = "1999z";
    return rules;
  };
  const PlaybookCompilation other = CompilePlaybook(kSource, changed);
  ASSERT_NE(other.playbook, nullptr);
  EXPECT_NE(other.playbook->hash(), playbook->hash());
  EXPECT_NE(other.playbook->CalendarHash("hq"), playbook->CalendarHash("hq"));
  EXPECT_NE(playbook->hash(), absl::BytesToHexString(base::Sha256(kSource)));
}

TEST(PlaybookCalendar, KeepsItsVersionWhenSomethingElseChanges) {
  const auto playbook = Compiled();
  const auto renamed = Compiled(absl::StrReplaceAll(kSource, {{"title: Desk", "title: Counter"}}));
  EXPECT_NE(renamed->hash(), playbook->hash());
  EXPECT_EQ(renamed->CalendarHash("hq"), playbook->CalendarHash("hq"));
  const auto longer = Compiled(absl::StrReplaceAll(kSource, {{"13:30-18:00", "13:30-18:30"}}));
  EXPECT_NE(longer->CalendarHash("hq"), playbook->CalendarHash("hq"));
  EXPECT_EQ(longer->CalendarHash("night"), playbook->CalendarHash("night"));
}

TEST(PlaybookCalendar, HasALimitOfDays) {
  const auto faults = [](const char* holidays) {
    return CompilePlaybook(absl::StrReplaceAll(kSource, {{"[02-29]", holidays}})).findings;
  };
  EXPECT_TRUE(faults("[2026-01-01..2028-09-26]").empty());
  const auto found = faults("[2026-01-01..2028-09-26, 12-24]");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message,
            "the calendar has more than 1000 holidays and exceptions, counted by days");
}

// A law that moves the clock after a playbook was published changes nothing in that version.
TEST(PlaybookCalendar, OfAPublishedVersionKeepsTheRulesThatItWasPublishedWith) {
  const auto playbook = CompilePlaybook(kSource, [](const std::string& name) {
                          return std::optional<base::ZoneRules>({name, "old", {{0, 3600}}});
                        }).playbook;
  ASSERT_NE(playbook, nullptr);
  const PlaybookCompilation again =
      CompilePlaybook(kSource, PublishedZones(playbook->zones()));
  ASSERT_NE(again.playbook, nullptr);
  EXPECT_EQ(again.playbook->hash(), playbook->hash());
  const absl::Time start = absl::FromCivil(absl::CivilHour(2026, 9, 1, 0), absl::UTCTimeZone());
  EXPECT_EQ(Due(start, absl::Hours(1), *again.playbook->FindCalendar("hq"), {}),
            absl::FromCivil(absl::CivilHour(2026, 9, 1, 9), absl::UTCTimeZone()));
}

}  // namespace
}  // namespace redress::engine
