// decide_system.cc: what the deadline driver and the configuration ask.
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

constexpr char kStale[] = "DEADLINE_STALE: The deadline was moved or met meanwhile.";

TEST(DecideFireDeadline, DoesWhatTheDeadlineDoes) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.At("09:15:01").Do(Agent("timer"), Fire(At("09:15"))),
            "09:15 timer TicketReturned lease_expired");
}

TEST(DecideFireDeadline, IsStaleWhenTheDeadlineWasMoved) {
  Desk desk = DeskWithLease();
  desk.Must(Extend(1, absl::Minutes(30)));
  EXPECT_EQ(desk.At("09:15:01").Do(Agent("timer"), Fire(At("09:15"))), kStale);
}

TEST(DecideFireDeadline, IsStaleTheSecondTime) {
  Desk desk = DeskWithLease();
  desk.At("09:15:01").Must(Agent("timer"), Fire(At("09:15")));
  EXPECT_EQ(desk.Do(Agent("timer"), Fire(At("09:15"))), kStale);
}

TEST(DecideFireDeadline, IsStaleBeforeTheInstantHasPassed) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.At("09:15").Do(Agent("timer"), Fire(At("09:15"))), kStale);
}

TEST(DecideFireDeadline, IsStaleForAClosedAndForAnUnknownTicket) {
  Desk desk = DeskWithResolved();
  desk.Must(Confirm());
  EXPECT_EQ(desk.Do(Agent("timer"), Fire(At("Nov 07 10:00"))), kStale);
  EXPECT_EQ(desk.Do(Agent("timer"), Fire(At("Nov 07 10:00"), 99)), kStale);
}

TEST(DecidePublishPlaybook, RecordsTheSourceAndItsHash) {
  Desk desk;
  desk.SetCandidate(Shop().get());
  EXPECT_EQ(desk.Do(Owner("olga"), Publish(ShopSource())),
            "09:00 olga PlaybookPublished name=shop version=1 reason=\"New season.\"");
}

TEST(DecidePublishPlaybook, RejectsOneThatHasFaults) {
  Desk desk;
  EXPECT_EQ(desk.Do(Owner("olga"), Publish("playbook: broken")),
            "PLAYBOOK_INVALID: The playbook has faults and was not published. Check it to see them "
            "all.");
}

}  // namespace
}  // namespace redress::test
