// Guards of hand-overs: a named owner at RELAY, and the level that rises when a ticket is passed
// round.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

Desk Taken() {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Complaint()));
  return desk;
}

v1::Command HandOver(const std::string& department, const std::string& owner,
                     absl::string_view due) {
  v1::Command command = Transfer(department);
  command.mutable_transfer_ticket()->set_owner(owner);
  command.mutable_transfer_ticket()->mutable_due_time()->set_seconds(
      absl::ToUnixSeconds(At(due)));
  return command;
}

TEST(HandOver, AtRelayNeedsAnOwnerAndADueTime) {
  Desk desk = Taken();
  EXPECT_EQ(desk.Do(Owner("olga"), Transfer("billing")),
            "FIELD_INVALID: owner is required to hand a ticket over at RELAY; due_time is required "
            "with an owner");
  EXPECT_EQ(desk.Do(Owner("olga"), HandOver("billing", "bill", "08:00")),
            "FIELD_INVALID: due_time must be in the future");
  desk.Must(Owner("olga"), HandOver("billing", "bill", "10:00"));
  EXPECT_EQ(desk.ticket().hand_over().owner(), "bill");
}

TEST(HandOver, AboveRelayNeedsNeither) {
  Desk desk = Taken();
  desk.Must(Owner("olga"), Escalate()).Must(Owner("olga"), Transfer("billing"));
  EXPECT_FALSE(desk.ticket().has_hand_over());
}

TEST(HandOver, RemindsItsOwnerWhenItWasNotTakenOn) {
  Desk desk = Taken();
  desk.Must(Owner("olga"), HandOver("billing", "bill", "10:00"));
  EXPECT_EQ(desk.At("10:01").Tick(),
            "10:00 timer PersonReminded reason=HAND_OVER recipient=bill");
  Desk prompt = Taken();
  prompt.Must(Owner("olga"), HandOver("billing", "bill", "10:00"));
  prompt.Must(Agent("bill"), Pull("billing")).Must(Agent("bill"), Accept(1));
  EXPECT_EQ(prompt.ticket().hand_over().owner(), "");
  EXPECT_EQ(PrintDeadlines(prompt.ticket()).find("HAND_OVER"), std::string::npos);
}

TEST(HandOver, OfTheThirdTimeAtRelayRaisesTheLevel) {
  Desk desk = Taken();
  desk.Must(Owner("olga"), HandOver("billing", "bill", "10:00"));
  desk.Must(Owner("olga"), HandOver("quality", "quinn", "10:00"));
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY quality");
  const std::string third = desk.Do(Owner("olga"), HandOver("board", "chief", "10:00"));
  EXPECT_NE(third.find("09:00 rule:hand_overs LevelChanged from_level=RELAY to_level=ANALYSIS "
                       "to_department=quality reason=\"Handed over 3 times at RELAY.\""),
            std::string::npos)
      << third;
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS quality");
}

TEST(Bounce, IsCountedAndTheSecondRaisesTheLevel) {
  Desk desk = Taken();
  desk.Must(Owner("olga"), Escalate());
  desk.Must(Owner("olga"), Transfer("billing")).Must(Owner("olga"), Transfer("desk"));
  EXPECT_EQ(desk.ticket().bounces(), 1u);
  const std::string second = desk.Do(Owner("olga"), Transfer("billing"));
  EXPECT_NE(second.find("to_level=INITIATIVE to_department=quality "
                        "reason=\"Came back 2 times.\""),
            std::string::npos)
      << second;
}

TEST(Bounce, IsForgottenWithTheCycle) {
  Desk desk = DeskWithAccepted();
  desk.Must(Transfer("billing")).Must(Owner("olga"), Transfer("desk"));
  EXPECT_EQ(desk.ticket().bounces(), 1u);
  desk.Must(Pull("desk")).Must(Resolve(2)).Must(Dispute());
  EXPECT_EQ(desk.ticket().bounces(), 0u);
  EXPECT_FALSE(desk.ticket().has_hand_over());
}

}  // namespace
}  // namespace redress::test
