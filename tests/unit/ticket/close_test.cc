// decide_close.cc: resolving, closing and confirming.
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

v1::Command ResolveBare(v1::Outcome outcome) {
  v1::Command command = Resolve(0, outcome);
  command.mutable_resolve_ticket()->mutable_resolution()->clear_root_cause();
  command.mutable_resolve_ticket()->mutable_resolution()->clear_prevention();
  return command;
}

v1::Command DuplicateOf(std::string original) {
  v1::Command command = Resolve(0, v1::OUTCOME_DUPLICATE);
  command.mutable_resolve_ticket()->mutable_resolution()->set_duplicate_of(std::move(original));
  return command;
}

TEST(DecideResolveTicket, AnswersForGoodAndWaitsForTheCustomer) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.At("10:00").Do(Resolve()),
            "10:00 anna TicketResolved resolution=FIXED answer_hash=# confirm_by=Nov 07 10:00 "
            "first_answer_met resolution_met");
  EXPECT_EQ(Print(desk.ticket()), "RESOLVED RELAY desk");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "CONFIRMATION Nov 07 10:00");
  EXPECT_EQ(desk.ticket().resolution().answer(), "");
  ASSERT_EQ(desk.words().size(), 1u);
  EXPECT_EQ(desk.words()[0].record.text(), "It is done.");
}

TEST(DecideResolveTicket, WaitsAWeekWhereTheRouteSaysNothing) {
  Desk desk;
  desk.Must(Submit(ChargedTwice())).Must(Pull("billing"));
  EXPECT_EQ(desk.Do(Resolve(1)),
            "09:00 anna TicketResolved resolution=FIXED answer_hash=# confirm_by=Nov 09 09:00 "
            "first_answer_met resolution_met");
}

TEST(DecideResolveTicket, MeetsThePromiseAtItsVeryDueInstant) {
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  EXPECT_EQ(desk.At("Nov 04 09:00").Do(Resolve()),
            "Nov 04 09:00 anna TicketResolved resolution=FIXED answer_hash=# "
            "confirm_by=Nov 09 09:00 resolution_met");
}

TEST(DecideResolveTicket, OneSecondLateIsABreachAtTheDueInstantFirst) {
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  EXPECT_EQ(desk.At("Nov 04 09:00:01").Do(Resolve()),
            "Nov 04 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 04 09:00 department=desk "
            "reminder_time=Nov 05 09:00\n"
            "Nov 04 09:00:01 anna TicketResolved resolution=FIXED answer_hash=# "
            "confirm_by=Nov 09 09:00:01");
  EXPECT_EQ(Short(desk.ticket().promises().resolution_state()), "MISSED");
}

TEST(DecideResolveTicket, RejectsActorWithoutLease) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(Resolve()),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
  EXPECT_EQ(desk.Do(Owner("olga"), Resolve()),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
}

TEST(DecideResolveTicket, SaysOfAResolvedTicketThatItIsResolved) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Resolve()),
            "WRONG_STATE: Ticket T1 is RESOLVED and cannot be worked on.");
  desk.Must(Confirm());
  EXPECT_EQ(desk.Do(Resolve()),
            "WRONG_STATE: Ticket T1 is CLOSED and cannot be worked on.");
}

TEST(DecideResolveTicket, DemandsCauseAndPreventionAtAnalysisAndAbove) {
  Desk desk = DeskWithAccepted();
  desk.Must(Owner("olga"), Escalate()).Must(Pull("desk")).Must(Accept(2));
  EXPECT_EQ(desk.Do(ResolveBare(v1::OUTCOME_FIXED)),
            "FIELD_INVALID: resolution.root_cause is required at ANALYSIS and above; "
            "resolution.prevention is required at ANALYSIS and above");
  desk.Must(Resolve());
}

TEST(DecideResolveTicket, DemandsNeitherAtRelay) {
  DeskWithAccepted().Must(ResolveBare(v1::OUTCOME_EXPLAINED));
}

TEST(DecideResolveTicket, DemandsThePolicyThatForbidsRelief) {
  Desk desk = DeskWithAccepted();
  v1::Command declined = Resolve(0, v1::OUTCOME_DECLINED_POLICY);
  EXPECT_EQ(desk.Do(declined), "FIELD_INVALID: resolution.policy is required for DECLINED_POLICY");
  declined.mutable_resolve_ticket()->mutable_resolution()->set_policy("returns-14-days");
  desk.Must(declined);
}

TEST(DecideResolveTicket, DemandsTheOriginalOfADuplicate) {
  Desk desk = DeskWithAccepted();
  desk.Must(Submit(Complaint()));
  EXPECT_EQ(desk.Do(DuplicateOf("")),
            "FIELD_INVALID: resolution.duplicate_of is required for DUPLICATE");
  const std::string must_name =
      "FIELD_INVALID: resolution.duplicate_of must name another ticket that exists";
  EXPECT_EQ(desk.Do(DuplicateOf("1")), must_name);
  EXPECT_EQ(desk.Do(DuplicateOf("9")), must_name);
  desk.Must(DuplicateOf("2"));
}

TEST(DecideCloseTicket, AsConfirmedOnceResolved) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Close(v1::CLOSE_CAUSE_CONFIRMED)),
            "10:00 anna TicketClosed cause=CONFIRMED note=\"By phone.\"");
  EXPECT_EQ(Print(desk.ticket()), "CLOSED RELAY desk as CONFIRMED");
}

TEST(DecideCloseTicket, RejectsConfirmedBeforeItIsResolved) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Close(v1::CLOSE_CAUSE_CONFIRMED)),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be closed as confirmed before it is "
            "resolved.");
}

TEST(DecideCloseTicket, RejectsWithdrawnOnceItIsResolved) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Close(v1::CLOSE_CAUSE_WITHDRAWN)),
            "WRONG_STATE: Ticket T1 is RESOLVED and cannot be closed as withdrawn after it was "
            "resolved.");
}

TEST(DecideCloseTicket, AsWithdrawnCancelsWhatWasPromised) {
  Desk desk = DeskWithAccepted();
  desk.Must(Close(v1::CLOSE_CAUSE_WITHDRAWN));
  EXPECT_EQ(Short(desk.ticket().promises().first_answer_state()), "CANCELLED");
  EXPECT_EQ(Short(desk.ticket().promises().resolution_state()), "CANCELLED");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "");
}

TEST(DecideCloseTicket, AsWithdrawnIsForTheHolderOrAnOwner) {
  Desk queued = DeskWithComplaint();
  EXPECT_EQ(queued.Do(Close(v1::CLOSE_CAUSE_WITHDRAWN)),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
  queued.Must(Owner("olga"), Close(v1::CLOSE_CAUSE_WITHDRAWN));
  Desk leased = DeskWithLease();
  EXPECT_EQ(leased.Do(Agent("ben"), Close(v1::CLOSE_CAUSE_WITHDRAWN)),
            "NOT_HOLDER: Ticket T1 is held by anna. Pull it from its queue first.");
  leased.Must(Close(v1::CLOSE_CAUSE_WITHDRAWN));
}

TEST(DecideCloseTicket, RejectsASecondTime) {
  Desk desk = DeskWithResolved();
  desk.Must(Confirm());
  EXPECT_EQ(desk.Do(Close(v1::CLOSE_CAUSE_CONFIRMED)),
            "WRONG_STATE: Ticket T1 is CLOSED and cannot be closed.");
}

TEST(DecideConfirmResolution, ClosesAndKeepsTheCustomersWords) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Customer("c1"), Confirm("Thank you!")),
            "10:00 c1 TicketClosed cause=CONFIRMED personal_hash=#");
  ASSERT_EQ(desk.words().size(), 1u);
  EXPECT_EQ(desk.words()[0].record.text(), "Thank you!");
}

TEST(DecideConfirmResolution, IsPossibleAtTheVeryEndOfItsTime) {
  Desk desk = DeskWithResolved();
  Desk later = desk;
  EXPECT_EQ(desk.At("Nov 07 10:00").Do(Confirm()),
            "Nov 07 10:00 anna TicketClosed cause=CONFIRMED");
  EXPECT_EQ(later.At("Nov 07 10:00:00.000001").Do(Confirm()),
            "WRONG_STATE: Ticket T1 is CLOSED and cannot be confirmed.");
}

TEST(DecideConfirmResolution, RejectsBeforeItIsResolved) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Customer("c1"), Confirm()),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be confirmed.");
}

TEST(Silence, ClosesAtTheEndOfTheTimeToConfirm) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.At("Nov 20 10:00").Tick(), "Nov 07 10:00 timer TicketClosed cause=SILENCE");
  EXPECT_EQ(Print(desk.ticket()), "CLOSED RELAY desk as SILENCE");
  EXPECT_EQ(Print(desk.ticket().close_time()), "Nov 07 10:00");
}

}  // namespace
}  // namespace redress::test
