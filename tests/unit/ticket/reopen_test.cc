// Opening again: by whom, until when, at which level, and what becomes of the clocks (SEMANTICS 7).
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// Takes it on and resolves it at the desk's time.
void ResolveAgain(Desk& desk) {
  desk.Must(Pull(desk.ticket().department())).Must(Accept(desk.ticket().lease_count()));
  desk.Must(Resolve());
}

TEST(DecideReopenTicket, RoutesAgainAndStartsANewFirstAnswer) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.At("12:00").Do(Reopen(v1::REOPEN_CAUSE_ERROR)),
            "12:00 anna TicketReopened cause=ERROR note=Again.\n"
            "12:00 anna TicketRouted decision=rest:RELAY:desk first_answer_due=16:00 "
            "resolution_due=Nov 04 11:00 level=RELAY department=desk");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY desk, cycle 1");
  EXPECT_EQ(Short(desk.ticket().promises().first_answer_state()), "RUNNING");
  EXPECT_FALSE(desk.ticket().has_resolution());
  EXPECT_FALSE(desk.ticket().has_first_answer_time());
}

TEST(DecideReopenTicket, LetsTheResolutionsClockGoOnWhereItStood) {
  Desk desk = DeskWithResolved();  // 47 hours were left
  desk.At("Nov 06 10:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER Nov 06 14:00, RESOLUTION Nov 08 09:00");
  desk.At("Nov 08 08:00");
  ResolveAgain(desk);
  desk.At("Nov 09 08:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));  // one hour was left
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER Nov 09 12:00, RESOLUTION Nov 09 09:00");
}

TEST(DecideReopenTicket, LeavesABrokenPromiseBroken) {
  Desk desk = DeskWithAccepted();
  desk.At("Nov 05 09:00").Must(Resolve());
  EXPECT_EQ(desk.At("Nov 05 10:00").Do(Reopen(v1::REOPEN_CAUSE_ERROR)),
            "Nov 05 10:00 anna TicketReopened cause=ERROR note=Again.\n"
            "Nov 05 10:00 anna TicketRouted decision=rest:RELAY:desk "
            "first_answer_due=Nov 05 14:00 reminder_time=Nov 06 10:00 level=RELAY department=desk");
  EXPECT_EQ(Short(desk.ticket().promises().resolution_state()), "MISSED");
  EXPECT_EQ(Short(desk.ticket().promises().first_answer_state()), "RUNNING");
}

TEST(DecideReopenTicket, LetsAWithdrawnTicketsClockGoOnFromTheWithdrawal) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Close(v1::CLOSE_CAUSE_WITHDRAWN));  // 47 hours were left
  desk.At("12:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 16:00, RESOLUTION Nov 04 11:00");
}

TEST(DecideReopenTicket, CountsNoTimeTwiceWhenWithdrawnInALaterCycle) {
  Desk desk = DeskWithResolved();  // 47 hours were left
  desk.At("Nov 04 10:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));
  desk.At("Nov 04 12:00").Must(Owner("olga"), Close(v1::CLOSE_CAUSE_WITHDRAWN));  // 45 hours
  desk.At("Nov 05 12:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER Nov 05 16:00, RESOLUTION Nov 07 09:00");
}

TEST(DecideReopenTicket, IsPossibleUntilTheVeryEndOfItsWindow) {
  Desk desk = DeskWithResolved();
  desk.Must(Confirm());
  Desk later = desk;
  desk.At("Nov 16 10:00").Must(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE));
  EXPECT_EQ(later.At("Nov 16 10:00:00.000001").Do(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE)),
            "REOPEN_WINDOW_PASSED: Ticket T1 could be reopened until 2026-11-16T10:00:00+00:00. "
            "Submit a new issue with follows set to this ticket.");
}

TEST(DecideReopenTicket, CountsTheWindowFromTheSilentClosingThatNobodySaw) {
  Desk desk = DeskWithResolved();  // silence closes it on Nov 07 10:00
  EXPECT_EQ(desk.At("Nov 21 10:00").Do(Reopen(v1::REOPEN_CAUSE_SAME_ISSUE)),
            "Nov 07 10:00 timer TicketClosed cause=SILENCE\n"
            "Nov 21 10:00 anna TicketReopened cause=SAME_ISSUE note=Again.\n"
            "Nov 21 10:00 anna TicketRouted decision=rest:RELAY:desk "
            "first_answer_due=Nov 21 14:00 resolution_due=Nov 23 09:00 level=RELAY "
            "department=desk");
}

TEST(DecideReopenTicket, RejectsWhatIsNotResolved) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Reopen(v1::REOPEN_CAUSE_ERROR)),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be reopened.");
}

TEST(DecideReopenTicket, RejectsWithoutPlaybook) {
  Desk desk = DeskWithResolved();
  desk.SetPlaybook(nullptr);
  EXPECT_EQ(desk.Do(Reopen(v1::REOPEN_CAUSE_ERROR)),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
}

TEST(DecideDisputeResolution, OpensItAgainWithTheCustomersWords) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.At("12:00").Do(Customer("c1"), Dispute()),
            "12:00 c1 TicketReopened cause=NOT_FIXED personal_hash=#\n"
            "12:00 c1 TicketRouted decision=rest:RELAY:desk first_answer_due=16:00 "
            "resolution_due=Nov 04 11:00 level=RELAY department=desk");
  ASSERT_EQ(desk.words().size(), 1u);
  EXPECT_EQ(desk.words()[0].record.text(), "It still is broken.");
}

TEST(DecideDisputeResolution, RaisesTheLevelTheSecondTime) {
  Desk desk = DeskWithResolved();
  desk.Must(Dispute());
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY desk, cycle 1");
  ResolveAgain(desk);
  desk.Must(Dispute());
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS desk, cycle 2");
  ResolveAgain(desk);
  desk.Must(Dispute());
  ResolveAgain(desk);
  desk.Must(Dispute());
  EXPECT_EQ(Print(desk.ticket()), "QUEUED INITIATIVE desk, cycle 4");
}

TEST(DecideDisputeResolution, IsPossibleAfterClosingWithinTheWindow) {
  Desk desk = DeskWithResolved();
  desk.Must(Confirm());
  desk.At("Nov 16 10:00").Must(Customer("c1"), Dispute());
}

TEST(Reopening, NeverGoesBelowTheLevelThatTheTicketHas) {
  Desk desk = DeskWithAccepted();
  desk.Must(Owner("olga"), Escalate());
  v1::Command to_board = Escalate();
  to_board.mutable_escalate_ticket()->set_to_department("board");
  desk.Must(Owner("olga"), to_board);
  ResolveAgain(desk);
  desk.Must(Reopen(v1::REOPEN_CAUSE_ERROR));
  EXPECT_EQ(Print(desk.ticket()), "QUEUED INITIATIVE board, cycle 1");
}

TEST(Reopening, OfARecordedIssueStaysWhereItIs) {
  Desk desk;
  desk.Must(Submit(Praise()));
  EXPECT_EQ(desk.At("10:00").Do(Reopen(v1::REOPEN_CAUSE_ERROR)),
            "10:00 anna TicketReopened cause=ERROR note=Again.\n"
            "10:00 anna TicketRouted decision=praise:RELAY:desk reminder_time=Nov 03 10:00 "
            "level=RELAY department=desk");
}

TEST(Reopening, StartsAllCountsOfACycleAfresh) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO)).At("10:00").Must(Resume());
  desk.Must(Resolve()).Must(Reopen(v1::REOPEN_CAUSE_ERROR));
  EXPECT_EQ(desk.ticket().paused_for_customer_seconds(), 0);
  EXPECT_EQ(desk.ticket().paused_seconds(), 3600);
  EXPECT_EQ(Print(desk.ticket().cycle_time()), "10:00");
  EXPECT_EQ(Print(desk.ticket().create_time()), "09:00");
}

}  // namespace
}  // namespace redress::test
