#include "tools/ics/ics_days.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace redress::ics {
namespace {

// A file with these lines as the inside of its events.
std::string File(const std::vector<std::string>& events) {
  std::string text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n";
  for (const std::string& event : events)
    absl::StrAppend(&text, "BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n", event, "END:VEVENT\n");
  absl::StrAppend(&text, "END:VCALENDAR\n");
  return absl::StrReplaceAll(text, {{"\n", "\r\n"}});
}

// "2026-10-01 National Day, ..." of the years, or the error.
std::string DaysOf(const std::string& content, int first_year = 2026, int last_year = 2026) {
  const auto days = ReadMarkedDays(content, absl::CivilDay(first_year, 1, 1),
                                   absl::CivilDay(last_year, 12, 31));
  if (!days.ok()) return std::string(days.status().message());
  std::string text;
  for (const MarkedDay& day : *days)
    absl::StrAppend(&text, text.empty() ? "" : ", ", absl::FormatCivilTime(day.day), " ", day.name);
  return text;
}

TEST(ReadMarkedDays, EndsBeforeTheEndThatIsGiven) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Golden Week\nDTSTART;VALUE=DATE:20261001\n"
                         "DTEND;VALUE=DATE:20261004\n",
                         "UID:b\nSUMMARY:One day\nDTSTART;VALUE=DATE:20260501\n"})),
            "2026-05-01 One day, 2026-10-01 Golden Week, 2026-10-02 Golden Week, "
            "2026-10-03 Golden Week");
}

TEST(ReadMarkedDays, RepeatsByRule) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Thanks\nDTSTART;VALUE=DATE:20201126\n"
                         "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\n"}),
                   2025, 2027),
            "2025-11-27 Thanks, 2026-11-26 Thanks, 2027-11-25 Thanks");
}

TEST(ReadMarkedDays, LeavesOutWhatIsExceptedCancelledOrMoved) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Monday off\nDTSTART;VALUE=DATE:20260105\n"
                         "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260112\n"
                         "RDATE;VALUE=DATE:20260301\n",
                         "UID:a\nSUMMARY:Tuesday instead\nRECURRENCE-ID;VALUE=DATE:20260119\n"
                         "DTSTART;VALUE=DATE:20260120\n",
                         "UID:b\nSUMMARY:Never\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260201\n"})),
            "2026-01-05 Monday off, 2026-01-20 Tuesday instead, 2026-01-26 Monday off, "
            "2026-03-01 Monday off");
}

TEST(ReadMarkedDays, CutsWhatReachesOverTheYears) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Turn\nDTSTART;VALUE=DATE:20251230\n"
                         "DTEND;VALUE=DATE:20260103\n"})),
            "2026-01-01 Turn, 2026-01-02 Turn");
}

TEST(ReadMarkedDays, RefusesAnEventWithATimeOfDay) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Party\nDTSTART:20261001T090000Z\n"})),
            "event \"Party\" of 2026-10-01 has a time of day; only whole days can be closed");
}

TEST(ReadMarkedDays, RefusesWhatIsNoCalendar) {
  EXPECT_EQ(DaysOf(""), "this is no iCalendar file: it has no VCALENDAR");
  EXPECT_EQ(DaysOf("playbook: shop\n"), "this is no iCalendar file: it has no VCALENDAR");
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Odd\nDTSTART;VALUE=DATE:tomorrow\n"})),
            "this is a damaged iCalendar file: some lines cannot be read");
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Odd\n"})), "event \"Odd\" has no start");
  EXPECT_EQ(DaysOf(std::string(kIcsBytesMax + 1, 'x')),
            "the file has 4194305 bytes; 4194304 are allowed");
}

TEST(ReadMarkedDays, SurvivesFilesThatBreakOff) {
  const std::string whole = File({"UID:a\nSUMMARY:Thanks\nDTSTART;VALUE=DATE:20201126\n"
                                  "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\n"});
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto days = ReadMarkedDays(whole.substr(0, size), absl::CivilDay(2026, 1, 1),
                                     absl::CivilDay(2026, 12, 31));
    if (days.ok()) EXPECT_LE(days->size(), 400) << size;
  }
}

TEST(ReadMarkedDays, StopsRulesThatNeverEnd) {
  EXPECT_EQ(DaysOf(File({"UID:a\nSUMMARY:Daily\nDTSTART;VALUE=DATE:19700101\n"
                         "RRULE:FREQ=DAILY\n"}),
                   1970, 2099),
            "event \"Daily\" repeats more than 10000 times");
}

}  // namespace
}  // namespace redress::ics
