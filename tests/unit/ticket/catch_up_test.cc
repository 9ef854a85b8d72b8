// catch_up.cc: what deadlines do, at their exact instants, in the order in which they are due,
// once.
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

constexpr char kWeekUnseen[] =
    "09:15 timer TicketReturned lease_expired\n"
    "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=desk\n"
    "Nov 04 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 04 09:00 department=desk "
    "reminder_time=Nov 05 09:00\n"
    "Nov 05 09:00 timer ReminderRaised next_time=Nov 07 09:00\n"
    "Nov 07 09:00 timer ReminderRaised next_time=Nov 11 09:00";

TEST(CatchUp, RecordsWhatFellDueInDueOrderAtTheDueInstants) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.At("Nov 09 09:00").Tick(), kWeekUnseen);
}

TEST(CatchUp, ComesToTheSameWhetherFiredOneByOneOrAllAtOnce) {
  Desk at_once = DeskWithLease();
  at_once.At("Nov 09 09:00").Tick();
  Desk one_by_one = DeskWithLease();
  for (const char* time : {"09:15:00.000001", "13:00:00.000001", "Nov 04 09:00:00.000001",
                           "Nov 05 09:00:00.000001", "Nov 07 09:00:00.000001", "Nov 09 09:00"})
    one_by_one.At(time).Tick();
  EXPECT_EQ(one_by_one.ticket().DebugString(), at_once.ticket().DebugString());
}

TEST(CatchUp, DoesNothingTheSecondTime) {
  Desk desk = DeskWithLease();
  desk.At("Nov 09 09:00").Tick();
  EXPECT_EQ(desk.Tick(), "");
  EXPECT_EQ(desk.Do(Note()), "Nov 09 09:00 anna NoteAdded text=Seen.");
}

TEST(CatchUp, KeepsADeadlineAtItsVeryInstant) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.At("09:15").Tick(), "");
  EXPECT_EQ(desk.At("09:15:00.000001").Tick(), "09:15 timer TicketReturned lease_expired");
}

TEST(CatchUp, TakesTheLowerKindFirstAmongEquals) {
  Desk desk = DeskWithComplaint();
  desk.Must(PullFor("desk", absl::Hours(4)));
  EXPECT_EQ(desk.At("14:00").Tick(),
            "13:00 timer TicketReturned lease_expired\n"
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=desk");
}

TEST(CatchUp, NamesTheDepartmentThatIsAccountableThen) {
  Desk desk = DeskWithAccepted();
  desk.At("12:00").Must(Transfer("billing"));
  EXPECT_EQ(desk.At("14:00").Tick(),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing");
}

TEST(CatchUp, PrecedesTheGuardsOfEveryOrder) {
  const std::vector<v1::Command> orders = {
      Extend(1, absl::Minutes(5)), Return(1),   Accept(1),     Answer(1),
      Transfer("billing", 1),      Escalate(1), Deescalate(1), Resolve(1)};
  for (const v1::Command& order : orders) {
    Desk desk = DeskWithLease();
    EXPECT_EQ(desk.At("09:15:01").Do(order),
              "LEASE_LOST: Lease 1 of ticket T1 has ended; the ticket is held by nobody.");
  }
}

TEST(CatchUp, IsBoundedAndGoesOnAtTheNextLook) {
  Desk desk;
  desk.Must(Submit(Question()));
  desk.At(desk.now() + absl::Hours(24 * 365 * 30));
  const std::vector<std::string> first = absl::StrSplit(desk.Tick(), '\n');
  EXPECT_EQ(first.size(), 1000u);
  const std::vector<std::string> rest = absl::StrSplit(desk.Tick(), '\n');
  EXPECT_GT(rest.size(), 500u);
  EXPECT_EQ(desk.Tick(), "");
}

TEST(Reminders, ComeAfterADayThenTwiceAsLateUpToAWeek) {
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  EXPECT_EQ(desk.At("Nov 28 00:00").Tick(),
            "Nov 04 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 04 09:00 department=desk "
            "reminder_time=Nov 05 09:00\n"
            "Nov 05 09:00 timer ReminderRaised next_time=Nov 07 09:00\n"
            "Nov 07 09:00 timer ReminderRaised next_time=Nov 11 09:00\n"
            "Nov 11 09:00 timer ReminderRaised next_time=Nov 18 09:00\n"
            "Nov 18 09:00 timer ReminderRaised next_time=Nov 25 09:00\n"
            "Nov 25 09:00 timer ReminderRaised next_time=Dec 02 09:00");
  EXPECT_EQ(desk.ticket().reminders(), 5u);
}

}  // namespace
}  // namespace redress::test
