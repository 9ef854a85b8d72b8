#include "engine/time/due.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/time/working_hours.h"

namespace redress::engine {
namespace {

using test::At;
using test::MakeCalendar;
using test::ParseHours;
using test::Shown;
using test::Weekly;

constexpr char kUtc[] = "UTC";

DatedDay Closed(int year, int month, int day) { return {absl::CivilDay(year, month, day), {}}; }

// The due instant as the wall shows it, after checking that Elapsed is the inverse.
std::string DueOn(const Calendar& calendar, const std::string& zone, const std::string& start,
                  absl::Duration budget, const std::vector<TimeSpan>& pauses = {}) {
  const absl::Time from = At(start, zone);
  const absl::Time due = Due(from, budget, calendar, pauses);
  EXPECT_EQ(Elapsed(from, due, calendar, pauses), budget);
  return Shown(due, zone);
}

TEST(Due, Vector01FridayAfternoonGoesToMonday) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 16:30", absl::Hours(1)), "2026-01-19 09:30:00");
}

TEST(Due, Vector02WeekendsDoNotCount) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 16:00", absl::Hours(8)), "2026-01-19 16:00:00");
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 16:00", absl::Hours(2)), "2026-01-19 10:00:00");
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-17 11:00", absl::Hours(2)), "2026-01-19 11:00:00");
}

TEST(Due, Vector03HolidaysDoNotCount) {
  WorkingHours hours = Weekly(0, 6, {"9:00-21:00"});
  hours.dated = {Closed(2016, 11, 13)};
  const char* berlin = "Europe/Berlin";
  EXPECT_EQ(DueOn(MakeCalendar(hours, berlin), berlin, "2016-11-09 23:00", absl::Hours(48)),
            "2016-11-14 21:00:00");
  hours.dated = {Closed(2016, 11, 11), Closed(2016, 11, 13)};
  EXPECT_EQ(DueOn(MakeCalendar(hours, berlin), berlin, "2016-11-09 23:00", absl::Hours(48)),
            "2016-11-15 21:00:00");
}

TEST(Due, Vector04LunchDoesNotCount) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-12:00", "13:30-18:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-14 12:30", absl::Minutes(10)), "2026-01-14 13:40:00");
}

TEST(Due, Vector05OneOpenDayAWeekIsEnough) {
  const Calendar calendar = MakeCalendar(Weekly(1, 1, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-14 12:00", absl::Hours(9)), "2026-01-27 10:00:00");
}

TEST(Due, Vector14AnAgentElsewhereSeesTheSameInstant) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), "America/New_York");
  const absl::Time due =
      Due(At("2026-03-06 16:00", "America/New_York"), absl::Hours(2), calendar, {});
  EXPECT_EQ(Shown(due, "America/New_York"), "2026-03-09 10:00:00");
  EXPECT_EQ(Shown(due, "Asia/Shanghai"), "2026-03-09 22:00:00");
}

TEST(Due, Vector14SpringAndAutumnInsideTheBudget) {
  const char* berlin = "Europe/Berlin";
  const Calendar calendar = MakeCalendar(Weekly(0, 6, {"0:00-24:00"}), berlin);
  EXPECT_EQ(DueOn(calendar, berlin, "2026-03-28 12:00", absl::Hours(24)), "2026-03-29 13:00:00");
  EXPECT_EQ(DueOn(calendar, berlin, "2026-10-24 12:00", absl::Hours(24)), "2026-10-25 11:00:00");
}

TEST(Due, EndsAtClosingTimeAndNotAtTheNextOpening) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 16:00", absl::Hours(1)), "2026-01-16 17:00:00");
}

TEST(Due, OfNoBudgetIsTheStart) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-17 16:00", absl::ZeroDuration()),
            "2026-01-17 16:00:00");
}

TEST(Due, IsExactToTheSecondAndBelow) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 16:59:59", absl::Seconds(2)), "2026-01-19 09:00:01");
  const absl::Time start = At("2026-01-16 16:59:59", kUtc) + absl::Microseconds(1);
  EXPECT_EQ(Due(start, absl::Seconds(1), calendar, {}),
            At("2026-01-19 09:00", kUtc) + absl::Microseconds(1));
}

TEST(Due, PausesMoveIt) {
  const Calendar calendar = MakeCalendar(Weekly(0, 4, {"9:00-17:00"}), kUtc);
  const auto pause = [](const char* from, const char* to) {
    return TimeSpan{At(from, kUtc), At(to, kUtc)};
  };
  const char* start = "2026-01-14 10:00";
  const absl::Duration budget = absl::Hours(3);
  EXPECT_EQ(DueOn(calendar, kUtc, start, budget, {pause("2026-01-14 11:00", "2026-01-14 12:00")}),
            "2026-01-14 14:00:00");
  // Outside open hours a pause costs nothing.
  EXPECT_EQ(DueOn(calendar, kUtc, start, budget, {pause("2026-01-13 18:00", "2026-01-14 08:00")}),
            "2026-01-14 13:00:00");
  // What two pauses have in common counts once, in whatever order they come.
  EXPECT_EQ(DueOn(calendar, kUtc, start, budget,
                  {pause("2026-01-14 11:30", "2026-01-14 12:30"),
                   pause("2026-01-14 11:00", "2026-01-14 12:00")}),
            "2026-01-14 14:30:00");
  // It had begun before the start, and one that begins at the due instant comes too late.
  EXPECT_EQ(DueOn(calendar, kUtc, start, budget,
                  {pause("2026-01-14 09:00", "2026-01-14 11:00"),
                   pause("2026-01-14 14:00", "2026-01-14 16:00")}),
            "2026-01-14 14:00:00");
}

TEST(Due, OvernightHoursBelongToTheDayOnWhichTheyBegin) {
  WorkingHours hours = Weekly(0, 4, {"22:00-30:00"});
  const Calendar calendar = MakeCalendar(hours, kUtc);
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-16 20:00", absl::Hours(7)), "2026-01-17 05:00:00");
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-17 05:00", absl::Hours(2)), "2026-01-19 23:00:00");
  // From Sunday into Monday, which is another week of the table.
  EXPECT_EQ(DueOn(MakeCalendar(Weekly(6, 6, {"22:00-30:00"}), kUtc), kUtc, "2026-01-18 21:00",
                  absl::Hours(9)),
            "2026-01-25 23:00:00");
}

TEST(Due, ADatedDaySaysAllAboutItself) {
  WorkingHours hours = Weekly(0, 6, {"22:00-30:00"});
  hours.dated = {Closed(2026, 1, 16), {absl::CivilDay(2026, 1, 18), ParseHours({"8:00-10:00"})}};
  const Calendar calendar = MakeCalendar(hours, kUtc);
  // Thursday's shift ends at the holiday's midnight, and none begins on it.
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-15 22:00", absl::Hours(3)), "2026-01-17 23:00:00");
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-17 23:00", absl::Hours(2)), "2026-01-18 09:00:00");
  // The day after it is plain again.
  EXPECT_EQ(DueOn(calendar, kUtc, "2026-01-18 09:00", absl::Hours(2)), "2026-01-19 23:00:00");
}

TEST(Due, HoursTouchTheGapAndTheRepeatedHour) {
  const char* berlin = "Europe/Berlin";
  // 02:00 to 03:00 does not exist on 2026-03-29: nothing is open.
  const Calendar gap = MakeCalendar(Weekly(6, 6, {"2:00-3:00"}), berlin);
  EXPECT_EQ(DueOn(gap, berlin, "2026-03-29 00:00", absl::Minutes(30)), "2026-04-05 02:30:00");
  // A start inside the gap is the first instant after it.
  const Calendar late = MakeCalendar(Weekly(6, 6, {"2:30-4:00"}), berlin);
  EXPECT_EQ(DueOn(late, berlin, "2026-03-29 00:00", absl::Minutes(30)), "2026-03-29 03:30:00");
  // 02:00 to 03:00 comes twice on 2026-10-25: both are open.
  const Calendar twice = MakeCalendar(Weekly(6, 6, {"2:00-3:00"}), berlin);
  EXPECT_EQ(Elapsed(At("2026-10-25 00:00", berlin), At("2026-10-26 00:00", berlin), twice, {}),
            absl::Hours(2));
  // A start in it means the first, an end in it the second.
  const Calendar half = MakeCalendar(Weekly(6, 6, {"1:00-2:30"}), berlin);
  EXPECT_EQ(Elapsed(At("2026-10-25 00:00", berlin), At("2026-10-26 00:00", berlin), half, {}),
            absl::Minutes(150));
}

TEST(Due, ADayThatTheZoneLeftOutCostsNothing) {
  const char* apia = "Pacific/Apia";  // there was no 2011-12-30
  const Calendar calendar = MakeCalendar(Weekly(0, 6, {"9:00-17:00"}), apia);
  EXPECT_EQ(DueOn(calendar, apia, "2011-12-29 16:00", absl::Hours(2)), "2011-12-31 10:00:00");
}

TEST(Due, BeyondTheTableEveryWeekIsPlain) {
  WorkingHours hours = Weekly(0, 4, {"9:00-17:00"});
  hours.dated = {Closed(2099, 12, 31)};
  const Calendar calendar = MakeCalendar(hours, "America/New_York");
  const char* zone = "UTC";
  // The last dated day counts still; in 2100 winter's offset holds for ever.
  EXPECT_EQ(DueOn(calendar, zone, "2099-12-30 21:00", absl::Hours(2)), "2100-01-01 15:00:00");
  EXPECT_EQ(DueOn(calendar, zone, "2100-07-01 21:00", absl::Hours(2)), "2100-07-02 15:00:00");
  EXPECT_EQ(DueOn(calendar, zone, "1969-07-03 21:00", absl::Hours(2)), "1969-07-04 15:00:00");
  // Across it and far behind it.
  EXPECT_EQ(DueOn(calendar, zone, "2090-01-02 14:00", absl::Hours(8) * 5 * 52 * 100),
            Shown(Due(At("2090-01-02 14:00", zone) + absl::Hours(1), absl::Hours(8) * 5 * 52 * 100 -
                                                                          absl::Hours(1),
                      calendar, {}),
                  zone));
}

TEST(Due, IsNeverLaterThanTheEndOfTime) {
  const Calendar calendar = MakeCalendar(Weekly(1, 1, {"9:00-9:01"}), kUtc);
  EXPECT_EQ(Shown(Due(At("2026-01-14 12:00", kUtc), absl::Hours(24) * 3650, calendar, {}), kUtc),
            "9999-12-31 23:59:59");
}

TEST(Due, InElapsedTimeIsPlainAddition) {
  const absl::Time start = At("2026-01-14 12:00", kUtc) + absl::Microseconds(7);
  for (const absl::Duration budget : {absl::Seconds(1), absl::Hours(1), absl::Hours(24 * 3650)}) {
    EXPECT_EQ(Due(start, budget, Calendar::Always(), {}), start + budget);
    EXPECT_EQ(Elapsed(start, start + budget, Calendar::Always(), {}), budget);
  }
}

TEST(Elapsed, IsZeroBackwards) {
  const absl::Time start = At("2026-01-14 12:00", kUtc);
  EXPECT_EQ(Elapsed(start, start - absl::Hours(1), Calendar::Always(), {}), absl::ZeroDuration());
}

TEST(UnitePauses, SortsAndJoins) {
  const auto at = [](int minute) { return absl::UnixEpoch() + absl::Minutes(minute); };
  const std::vector<TimeSpan> pauses = {
      {at(30), at(40)}, {at(5), at(5)}, {at(10), at(20)}, {at(15), at(18)}, {at(20), at(25)}};
  EXPECT_EQ(UnitePauses(pauses),
            (std::vector<TimeSpan>{{at(10), at(25)}, {at(30), at(40)}}));
}

}  // namespace
}  // namespace redress::engine
