// deadline.cc: the deadlines of a ticket and its place in the queue.
#include "engine/ticket/deadline.h"

#include <gtest/gtest.h>

#include "engine/time/instant.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

TEST(Deadlines, AreKeptInTheOrderOfKindsWithOneOfAKind) {
  v1::Ticket ticket;
  const auto set = [&](v1::DeadlineKind kind, const char* time) {
    engine::SetDeadline(ticket, kind, engine::ToTimestamp(At(time)));
  };
  set(v1::DEADLINE_KIND_REMINDER, "12:00");
  set(v1::DEADLINE_KIND_LEASE, "13:00");
  set(v1::DEADLINE_KIND_RESOLUTION, "14:00");
  set(v1::DEADLINE_KIND_REMINDER, "11:00");
  EXPECT_EQ(PrintDeadlines(ticket), "LEASE 13:00, RESOLUTION 14:00, REMINDER 11:00");
  EXPECT_EQ(Print(engine::NextDeadline(ticket)->time()), "11:00");
  engine::ClearDeadline(ticket, v1::DEADLINE_KIND_LEASE);
  engine::ClearDeadline(ticket, v1::DEADLINE_KIND_PAUSE_CAP);
  EXPECT_EQ(PrintDeadlines(ticket), "RESOLUTION 14:00, REMINDER 11:00");
  EXPECT_EQ(engine::FindDeadline(ticket, v1::DEADLINE_KIND_LEASE), nullptr);
}

TEST(Deadlines, WaitForAnImportedHistoryToSettle) {
  v1::Ticket ticket;
  engine::SetDeadline(ticket, v1::DEADLINE_KIND_RESOLUTION, engine::ToTimestamp(At("10:00")));
  engine::SetDeadline(ticket, v1::DEADLINE_KIND_SETTLE, engine::ToTimestamp(At("12:00")));
  EXPECT_EQ(Print(engine::NextDeadline(ticket)->time()), "12:00");
  EXPECT_EQ(engine::NextDeadline(v1::Ticket()), nullptr);
}

TEST(RankTime, IsTheEarliestPromiseThatIsNotMet) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(Print(engine::RankTime(desk.ticket())), "13:00");
  desk.Must(Pull("desk")).Must(Answer(1)).Must(Return(1));
  EXPECT_EQ(Print(engine::RankTime(desk.ticket())), "Nov 04 09:00");
}

TEST(RankTime, KeepsABrokenPromiseInFront) {
  Desk desk = DeskWithComplaint();
  desk.At("Nov 05 09:00").Tick();
  EXPECT_EQ(Print(desk.ticket().rank_time()), "13:00");
}

TEST(RankTime, IsAWeekAfterTheCycleBeganWithoutPromise) {
  Desk desk;
  desk.Must(Submit(Question()));
  EXPECT_EQ(Print(desk.ticket().rank_time()), "Nov 09 09:00");
}

TEST(ReminderAfter, DoublesUpToAWeek) {
  EXPECT_EQ(engine::ReminderAfter(0), absl::Hours(24));
  EXPECT_EQ(engine::ReminderAfter(1), absl::Hours(48));
  EXPECT_EQ(engine::ReminderAfter(2), absl::Hours(96));
  EXPECT_EQ(engine::ReminderAfter(3), absl::Hours(168));
  EXPECT_EQ(engine::ReminderAfter(4'000'000'000), absl::Hours(168));
}

}  // namespace
}  // namespace redress::test
