// Pauses: which clocks rest, for how long, and what they cost.
#include <gtest/gtest.h>

#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

TEST(DecidePauseTicket, ForTheCustomerRestsBothClocks) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Pause(v1::PAUSE_REASON_CUSTOMER_INFO)),
            "09:00 anna TicketPaused reason=CUSTOMER_INFO note=Waits. cap_time=Nov 09 09:00 "
            "state_before=ACCEPTED");
  EXPECT_EQ(Print(desk.ticket()), "PAUSED RELAY desk held by anna for CUSTOMER_INFO");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "PAUSE_CAP Nov 09 09:00");
}

TEST(DecidePauseTicket, ForOthersLetsTheFirstAnswersClockRun) {
  for (const v1::PauseReason reason :
       {v1::PAUSE_REASON_THIRD_PARTY, v1::PAUSE_REASON_LEGAL, v1::PAUSE_REASON_APPOINTMENT}) {
    Desk desk = DeskWithAccepted();
    desk.Must(Pause(reason));
    EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, PAUSE_CAP Nov 09 09:00");
    EXPECT_EQ(desk.At("13:00:01").Tick(),
              "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=desk");
    EXPECT_EQ(desk.ticket().state(), v1::TICKET_STATE_PAUSED);
  }
}

TEST(DecidePauseTicket, RejectsUnlessAccepted) {
  Desk desk = DeskWithLease();
  desk.mutable_ticket().mutable_hold()->set_lease_token(1);
  v1::Command pause = Pause(v1::PAUSE_REASON_LEGAL);
  pause.mutable_pause_ticket()->set_lease_token(1);
  EXPECT_EQ(desk.Do(pause),
            "WRONG_STATE: Ticket T1 is LEASED and cannot be paused; accept it first.");
}

TEST(DecidePauseTicket, RejectsWhoDoesNotHoldIt) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Owner("olga"), Pause(v1::PAUSE_REASON_LEGAL)),
            "NOT_HOLDER: Ticket T1 is held by anna. Pull it from its queue first.");
}

TEST(DecideResumeTicket, MovesBothDuesByWhatTheCustomerTook) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(desk.At("12:30").Do(Resume()),
            "12:30 anna TicketResumed paused_seconds=9000 first_answer_due=15:30 "
            "resolution_due=Nov 04 11:30");
  EXPECT_EQ(Print(desk.ticket()), "ACCEPTED RELAY desk held by anna");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 15:30, RESOLUTION Nov 04 11:30");
  EXPECT_EQ(desk.ticket().paused_seconds(), 9000);
  EXPECT_EQ(desk.ticket().paused_for_customer_seconds(), 9000);
}

TEST(DecideResumeTicket, MovesOnlyTheResolutionByWhatOthersTook) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(desk.At("11:00").Do(Resume()),
            "11:00 anna TicketResumed paused_seconds=3600 resolution_due=Nov 04 10:00");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 04 10:00");
  EXPECT_EQ(desk.ticket().paused_for_customer_seconds(), 0);
}

TEST(DecideResumeTicket, CountsWholeSecondsOnly) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(desk.At("10:00:01.999999").Do(Resume()),
            "10:00:01.999999 anna TicketResumed paused_seconds=1 first_answer_due=13:00:01 "
            "resolution_due=Nov 04 09:00:01");
}

TEST(DecideResumeTicket, BreaksNoPromiseByTheSecondThatItCutsOff) {
  Desk desk = DeskWithAccepted();
  desk.At("12:59:59.5").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(desk.At("13:00:00.4").Do(Resume()),
            "13:00:00.4 anna TicketResumed first_answer_due=13:00:00.4 "
            "resolution_due=Nov 04 09:00");
  EXPECT_EQ(desk.At("13:00:00.5").Do(Answer()),
            "13:00:00.4 timer PromiseMissed kind=FIRST_ANSWER due=13:00:00.4 department=desk\n"
            "13:00:00.5 anna TicketAnswered personal_hash=# substantive");
}

TEST(DecideResumeTicket, BringsAnOverdueTicketBackToMindAfterADay) {
  Desk desk = DeskWithAccepted();
  desk.At("Nov 04 10:00").Must(Pause(v1::PAUSE_REASON_LEGAL));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "PAUSE_CAP Nov 11 10:00");
  EXPECT_EQ(desk.At("Nov 04 12:00").Do(Resume()),
            "Nov 04 12:00 anna TicketResumed paused_seconds=7200 reminder_time=Nov 05 12:00");
}

TEST(DecideResumeTicket, IsForTheHolderOrAnOwner) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_LEGAL));
  EXPECT_EQ(desk.Do(Agent("ben"), Resume()),
            "NOT_HOLDER: Ticket T1 is held by anna. Pull it from its queue first.");
  desk.Must(Owner("olga"), Resume());
  EXPECT_EQ(desk.Do(Owner("olga"), Resume()),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be resumed.");
}

TEST(PauseCap, EndsThePauseAtItsInstant) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO, absl::Minutes(30)));
  EXPECT_EQ(desk.At("11:00").Tick(),
            "09:30 timer TicketResumed cap_reached paused_seconds=1800 first_answer_due=13:30 "
            "resolution_due=Nov 04 09:30\n"
            "09:30 timer PersonReminded reason=PAUSE_CAP recipient=anna");
  EXPECT_EQ(Print(desk.ticket()), "ACCEPTED RELAY desk held by anna");
}

TEST(PauseCap, IsFollowedByWhatFellDueAfterIt) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO, absl::Minutes(30)));
  EXPECT_EQ(desk.At("Nov 04 10:00").Do(Note()),
            "09:30 timer TicketResumed cap_reached paused_seconds=1800 first_answer_due=13:30 "
            "resolution_due=Nov 04 09:30\n"
            "09:30 timer PersonReminded reason=PAUSE_CAP recipient=anna\n"
            "13:30 timer PromiseMissed kind=FIRST_ANSWER due=13:30 department=desk\n"
            "Nov 04 09:30 timer PromiseMissed kind=RESOLUTION due=Nov 04 09:30 department=desk "
            "reminder_time=Nov 05 09:30\n"
            "Nov 04 10:00 anna NoteAdded text=Seen.");
}

TEST(Pause, AllowsAnAnswerWhichMeetsThePromise) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(desk.At("20:00").Do(Answer()),
            "20:00 anna TicketAnswered personal_hash=# substantive first_answer_met");
  EXPECT_EQ(desk.At("21:00").Do(Resume()),
            "21:00 anna TicketResumed paused_seconds=43200 resolution_due=Nov 04 21:00");
}

TEST(Pause, KeepsItFromBeingMovedOrResolved) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_LEGAL));
  EXPECT_EQ(desk.Do(Resolve()), "WRONG_STATE: Ticket T1 is PAUSED and cannot be resolved.");
  EXPECT_EQ(desk.Do(Transfer("billing")),
            "WRONG_STATE: Ticket T1 is PAUSED and cannot be transferred.");
  EXPECT_EQ(desk.Do(Escalate()), "WRONG_STATE: Ticket T1 is PAUSED and cannot be escalated.");
  EXPECT_EQ(desk.Do(Return()), "WRONG_STATE: Ticket T1 is PAUSED and cannot be returned.");
}

TEST(Pause, IsOverWhenTheTicketIsWithdrawn) {
  Desk desk = DeskWithAccepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(desk.At("10:00").Do(Close(v1::CLOSE_CAUSE_WITHDRAWN)),
            "10:00 anna TicketResumed paused_seconds=3600 first_answer_due=14:00 "
            "resolution_due=Nov 04 10:00\n"
            "10:00 anna TicketClosed cause=WITHDRAWN note=\"By phone.\"");
  EXPECT_EQ(desk.ticket().paused_seconds(), 3600);
}

}  // namespace
}  // namespace redress::test
