// decide_work.cc without pauses: answers and notes; and the guards that every order about a ticket
// asks.
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

TEST(DecideAnswerTicket, MeetsThePromiseOfAFirstAnswerAtItsVeryDueInstant) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.At("13:00").Do(Answer()),
            "13:00 anna TicketAnswered personal_hash=# substantive first_answer_met");
  EXPECT_EQ(Short(desk.ticket().promises().first_answer_state()), "MET");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "RESOLUTION Nov 04 09:00");
  EXPECT_EQ(Print(desk.ticket().first_answer_time()), "13:00");
}

TEST(DecideAnswerTicket, MissesItOneMicrosecondLaterAndSaysSoAtTheDueInstant) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.At("13:00:00.000001").Do(Answer()),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=desk\n"
            "13:00:00.000001 anna TicketAnswered personal_hash=# substantive");
  EXPECT_EQ(Short(desk.ticket().promises().first_answer_state()), "MISSED");
}

TEST(DecideAnswerTicket, MeetsItOnce) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Answer());
  EXPECT_EQ(desk.At("11:00").Do(Answer()), "11:00 anna TicketAnswered personal_hash=# substantive");
  EXPECT_EQ(Print(desk.ticket().first_answer_time()), "10:00");
}

TEST(DecideAnswerTicket, StopsNoClockWithAnAcknowledgement) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Acknowledge()), "09:00 anna TicketAnswered personal_hash=#");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
  EXPECT_FALSE(desk.ticket().has_first_answer_time());
}

TEST(DecideAnswerTicket, KeepsTheWordsUnderTheTicketsCustomer) {
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  ASSERT_EQ(desk.words().size(), 1u);
  EXPECT_EQ(desk.words()[0].customer_id, "c1");
  EXPECT_EQ(desk.words()[0].record.text(), "We are on it.");
}

TEST(DecideAnswerTicket, RejectsWhatNobodyHolds) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(Answer()),
            "NOT_HOLDER: Ticket T1 is held by nobody. Pull it from its queue first.");
}

TEST(DecideAddNote, WritesDownInEveryState) {
  for (Desk desk : {DeskWithComplaint(), DeskWithLease(), DeskWithAccepted()})
    EXPECT_EQ(desk.Do(Note()), "09:00 anna NoteAdded text=Seen.");
  Desk resolved = DeskWithResolved();
  EXPECT_EQ(resolved.Do(Note()), "10:00 anna NoteAdded text=Seen.");
  resolved.Must(Confirm());
  EXPECT_EQ(resolved.Do(Note()), "10:00 anna NoteAdded text=Seen.");
  Desk paused = DeskWithAccepted();
  paused.Must(Pause(v1::PAUSE_REASON_LEGAL));
  EXPECT_EQ(paused.Do(Note()), "09:00 anna NoteAdded text=Seen.");
}

TEST(RefuseTicket, ThatDoesNotExist) {
  Desk desk;
  EXPECT_EQ(desk.Do(Note()),
            "TICKET_NOT_FOUND: There is no ticket \"1\". Give its id or its reference.");
}

TEST(RefuseTicket, OfAnotherDepartment) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(AgentOf("ben", "billing"), Note()),
            "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"desk\".");
}

TEST(RefuseTicket, OfAnotherCustomerAsIfItWereNotThere) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Customer("c2"), Confirm()),
            "TICKET_NOT_FOUND: There is no ticket \"1\". Give its id or its reference.");
  desk.Must(Customer("c1"), Confirm());
}

TEST(RefuseTicket, ThatChangedSinceItsEtagWasRead) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(With(Answer(), "etag", "v2")),
            "ETAG_MISMATCH: Ticket T1 has changed: its etag is v3, not v2. Read it again and "
            "decide again.");
  desk.Must(With(Answer(), "etag", "v3"));
}

TEST(RefuseTicket, ThatHasAsManyEventsAsATicketMayHave) {
  Desk desk = DeskWithAccepted();
  desk.mutable_ticket().set_version(99'999);
  desk.Must(Note());
  EXPECT_EQ(desk.Do(Note()),
            "TICKET_FULL: Ticket T1 has 100000 events, the most that one ticket may have.");
}

TEST(RefuseTicket, ButAFullOneCanBeBroughtToItsEnd) {
  Desk desk = DeskWithAccepted();
  desk.mutable_ticket().set_version(100'000);
  desk.Must(Resolve());
  desk.Must(Customer("c1"), Confirm());
  EXPECT_EQ(desk.ticket().state(), v1::TICKET_STATE_CLOSED);
}

}  // namespace
}  // namespace redress::test
