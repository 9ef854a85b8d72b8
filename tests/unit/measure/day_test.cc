#include "engine/measure/day.h"

#include <gtest/gtest.h>

namespace redress::engine {
namespace {

google::protobuf::Timestamp Time(int64_t seconds, int nanos) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(nanos);
  return time;
}

TEST(Day, CountsFromTheEpoch) {
  EXPECT_EQ(ParseDay("1970-01-01"), 0);
  EXPECT_EQ(ParseDay("2000-03-01"), 11017);
  EXPECT_EQ(ParseDay("9999-12-31"), kDayLast);
}

TEST(Day, IsWrittenAsItIsRead) {
  for (const char* text : {"1970-01-01", "2024-02-29", "2026-11-01", "9999-12-31"}) {
    EXPECT_EQ(FormatDay(ParseDay(text).value()), text);
  }
}

TEST(Day, TakesNothingButARealDayInFull) {
  for (const char* text :
       {"", "2026", "2026-11", "2026-11-1", "2026-11-01 ", " 2026-11-01", "2026/11/01",
        "2026-13-01", "2026-00-10", "2026-11-00", "2026-11-31", "2025-02-29", "1969-12-31",
        "0000-01-01", "+026-11-01", "2026-1a-01", "20261-1-01", "2026-11-01T00:00:00Z"}) {
    EXPECT_EQ(ParseDay(text), std::nullopt) << text;
  }
}

TEST(Day, BeginsAtMidnightUtc) {
  EXPECT_EQ(DayOf(Time(86399, 999999999)), 0);
  EXPECT_EQ(DayOf(Time(86400, 0)), 1);
}

TEST(Day, StaysWithinWhatIsKept) {
  EXPECT_EQ(DayOf(Time(-1, 0)), kDayFirst);
  EXPECT_EQ(DayOf(Time(int64_t{1} << 60, 0)), kDayLast);
}

TEST(Month, BeginsOnItsFirstDay) {
  EXPECT_EQ(MonthOf(0), kMonthFirst);
  for (int32_t month = kMonthFirst; month < 2100 * 12; ++month) {
    const int32_t first = FirstDayOf(month);
    EXPECT_EQ(MonthOf(first), month);
    if (first > 0) EXPECT_EQ(MonthOf(first - 1), month - 1);
  }
}

TEST(SecondsBetween, CutsToWholeSeconds) {
  EXPECT_EQ(SecondsBetween(Time(10, 500), Time(12, 500)), 2);
  EXPECT_EQ(SecondsBetween(Time(10, 500), Time(12, 499)), 1);
  EXPECT_EQ(SecondsBetween(Time(10, 0), Time(9, 0)), 0);
}

}  // namespace
}  // namespace redress::engine
