// decide_import.cc: the history of a ticket that lived in another system.
#include <gtest/gtest.h>

#include "engine/time/instant.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// A history that begins on Nov 02 at 09:00 and is told on Nov 20.
Desk DeskWithHistory(absl::string_view department = "desk") {
  Desk desk;
  desk.At("Nov 20 09:00").Must(ToldOpened("09:00", Complaint(), department));
  return desk;
}

TEST(DecideImportHistory, OpensATicketAtItsTrueInstant) {
  Desk desk;
  EXPECT_EQ(desk.At("Nov 20 09:00").Do(ToldOpened("09:00", Complaint(), "desk")),
            "09:00 import TicketOpened personal_hash=# decision=:RELAY:desk external_id=ext-1");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY desk");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "SETTLE Nov 21 09:00");
  EXPECT_FALSE(desk.ticket().has_rank_time());
  EXPECT_EQ(Short(desk.ticket().provenance()), "IMPORTED");
}

TEST(DecideImportHistory, AsksTheRulesWhereNoRouteIsTold) {
  Desk desk;
  EXPECT_EQ(desk.At("Nov 20 09:00").Do(ToldOpened("09:00", ChargedTwice())),
            "09:00 import TicketOpened personal_hash=# decision=double-charge:ANALYSIS:billing "
            "first_answer_due=13:00 resolution_due=Nov 05 09:00 external_id=ext-1");
  desk.SetPlaybook(nullptr);
  EXPECT_EQ(desk.Do(With(ToldOpened("09:00", ChargedTwice()), "external_id", "ext-2")),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
}

TEST(DecideImportHistory, TellsAWholeLifeWithoutLiveEffects) {
  Desk desk = DeskWithHistory();
  EXPECT_EQ(desk.Do(With(ToldReassigned("10:00", "billing", 3), "actor", "mia")),
            "10:00 mia TicketTransferred from_department=desk to_department=billing "
            "reason=IMPORTED count=3");
  EXPECT_EQ(desk.Do(ToldLevel("10:30", v1::LEVEL_ANALYSIS)),
            "10:30 import LevelChanged from_level=RELAY to_level=ANALYSIS to_department=billing");
  EXPECT_EQ(desk.Do(ToldWaiting("11:00", v1::PAUSE_REASON_CUSTOMER_INFO)),
            "11:00 import TicketPaused reason=CUSTOMER_INFO state_before=QUEUED");
  EXPECT_EQ(desk.Do(ToldResumed("12:00")), "12:00 import TicketResumed paused_seconds=3600");
  EXPECT_EQ(desk.Do(ToldAnswered("12:30")), "12:30 import TicketAnswered substantive");
  EXPECT_EQ(desk.Do(ToldResolved("13:00", "done")),
            "13:00 import TicketResolved resolution=EXPLAINED:done");
  EXPECT_EQ(desk.Do(ToldReopened("14:00")), "14:00 import TicketReopened cause=SAME_ISSUE");
  EXPECT_EQ(desk.Do(ToldResolved("15:00")), "15:00 import TicketResolved resolution=EXPLAINED");
  EXPECT_EQ(desk.Do(ToldClosed("16:00", "ok")), "16:00 import TicketClosed cause=IMPORTED note=ok");
  EXPECT_EQ(Print(desk.ticket()), "CLOSED ANALYSIS billing as IMPORTED, cycle 1");
  EXPECT_EQ(desk.ticket().transfers(), 3u);
  EXPECT_EQ(desk.ticket().paused_seconds(), 3600);
}

v1::Command ToldNote(absl::string_view time, absl::string_view text) {
  v1::Command command = ToldAnswered(time);
  command.mutable_import_history()->mutable_noted()->set_text(std::string(text));
  return command;
}

TEST(DecideImportHistory, KeepsNotesAlsoOfClosedTickets) {
  Desk desk = DeskWithHistory();
  EXPECT_EQ(desk.Do(ToldNote("10:00", "looked at it")),
            "10:00 import NoteAdded text=\"looked at it\"");
  desk.Must(ToldClosed("11:00"));
  EXPECT_EQ(desk.Do(ToldNote("12:00", "filed")), "12:00 import NoteAdded text=filed");
  EXPECT_EQ(Print(desk.ticket().update_time()), "12:00");
}

TEST(DecideImportHistory, JudgesPromisesThatWereTold) {
  v1::Command opened = ToldOpened("09:00", Complaint(), "desk");
  v1::ImportOpened& told = *opened.mutable_import_history()->mutable_opened();
  *told.mutable_first_answer_due() = engine::ToTimestamp(At("08:00"));
  *told.mutable_resolution_due() = engine::ToTimestamp(At("11:00"));
  Desk desk;
  EXPECT_EQ(desk.At("Nov 20 09:00").Do(opened),
            "09:00 import TicketOpened personal_hash=# decision=:RELAY:desk "
            "first_answer_due=09:00 resolution_due=11:00 external_id=ext-1")
      << "a promise for before the opening is one for the opening";
  EXPECT_EQ(desk.Do(ToldResolved("12:00")),
            "09:00 timer PromiseMissed kind=FIRST_ANSWER due=09:00 department=desk\n"
            "11:00 timer PromiseMissed kind=RESOLUTION due=11:00 department=desk "
            "reminder_time=Nov 03 11:00\n"
            "12:00 import TicketResolved resolution=EXPLAINED");
}

TEST(DecideImportHistory, CountsHandOversAsTheOtherSystemDid) {
  Desk desk = DeskWithHistory();
  desk.Must(ToldReassigned("10:00", "billing")).Must(ToldReassigned("10:00", "desk", 0));
  EXPECT_EQ(desk.ticket().transfers(), 1u);
}

TEST(DecideImportHistory, JudgesPromisesAsOfTheTellingFacts) {
  Desk desk;
  desk.At("Nov 20 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  EXPECT_EQ(desk.Do(ToldAnswered("13:00:01")),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing\n"
            "13:00:01 import TicketAnswered substantive");
  EXPECT_EQ(desk.Do(ToldResolved("Nov 05 09:00")),
            "Nov 05 09:00 import TicketResolved resolution=EXPLAINED resolution_met");
}

TEST(DecideImportHistory, DeductsAWaitOnceWhenResolvedStraightFromIt) {
  Desk desk;
  desk.At("Nov 20 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  desk.Must(ToldAnswered("10:00")).Must(ToldWaiting("11:00", v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(desk.Do(ToldResolved("Nov 12 11:00")),
            "Nov 12 11:00 import TicketResumed paused_seconds=864000 "
            "resolution_due=Nov 15 09:00\n"
            "Nov 12 11:00 import TicketResolved resolution=EXPLAINED resolution_met");
  EXPECT_EQ(desk.ticket().paused_seconds(), 864000);
}

TEST(DecideImportHistory, RejectsFactsOutOfOrder) {
  Desk desk = DeskWithHistory();
  desk.Must(ToldAnswered("10:00"));
  EXPECT_EQ(desk.Do(ToldResolved("09:59:59")),
            "IMPORT_ORDER: The fact is earlier than the fact before it, of "
            "2026-11-02T10:00:00+00:00.");
  desk.Must(ToldResolved("10:00"));
}

TEST(DecideImportHistory, RejectsAnUnknownTicket) {
  Desk desk;
  EXPECT_EQ(desk.Do(ToldAnswered("09:00")),
            "IMPORT_UNKNOWN_TICKET: No opened fact was taken in for external_id \"ext-1\".");
}

TEST(DecideImportHistory, RejectsASecondOpening) {
  Desk desk = DeskWithHistory();
  EXPECT_EQ(desk.Do(ToldOpened("09:00", Complaint(), "desk")),
            "WRONG_STATE: Ticket T1 is QUEUED and cannot be opened again by an imported fact; use "
            "reopened.");
}

TEST(DecideImportHistory, RejectsWhatTheStateDoesNotAllow) {
  Desk desk = DeskWithHistory();
  EXPECT_EQ(desk.Do(ToldResumed("10:00")),
            "WRONG_STATE: Ticket T1 is QUEUED and cannot take this imported fact.");
  EXPECT_EQ(desk.Do(ToldReopened("10:00")),
            "WRONG_STATE: Ticket T1 is QUEUED and cannot take this imported fact.");
}

TEST(DecideImportHistory, RejectsTheFuture) {
  Desk desk;
  EXPECT_EQ(desk.Do(ToldOpened("09:05:00.000001", Complaint(), "desk")),
            "FIELD_INVALID: time must not be in the future");
}

TEST(DecideImportHistory, TakesAFactOfAClockThatIsAheadAsOfNow) {
  Desk desk;
  EXPECT_EQ(desk.Do(ToldOpened("09:04", Complaint(), "desk")),
            "09:00 import TicketOpened personal_hash=# decision=:RELAY:desk external_id=ext-1");
  desk.Must(Note());
}

TEST(DecideImportHistory, RejectsOneMoreEventThanATicketMayHave) {
  Desk desk = DeskWithHistory();
  desk.mutable_ticket().set_version(100'000);
  EXPECT_EQ(desk.Do(ToldAnswered("10:00")),
            "TICKET_FULL: Ticket T1 has 100000 events, the most that one ticket may have.");
}

TEST(DecideImportHistory, CannotBePulledBeforeItIsComplete) {
  Desk desk = DeskWithHistory();
  EXPECT_EQ(desk.Do(Pull("desk")), "");
}

TEST(HistorySettles, ADayAfterTheLastFactWasTold) {
  Desk desk = DeskWithHistory();
  desk.At("Nov 20 12:00").Must(ToldAnswered("10:00"));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "SETTLE Nov 21 12:00");
  EXPECT_EQ(desk.At("Nov 21 12:00:01").Tick(),
            "Nov 21 12:00 timer HistorySettled reminder_time=Nov 22 12:00 department=desk "
            "state=QUEUED");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY desk");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "REMINDER Nov 22 12:00");
  EXPECT_TRUE(desk.ticket().has_rank_time());
  EXPECT_EQ(desk.Do(ToldResolved("Nov 21 12:00:01")),
            "IMPORT_SETTLED: Ticket T1 has gone live; its history takes no more imported facts.");
}

TEST(HistorySettles, ForAResolvedTicketIntoATimeToConfirm) {
  Desk desk = DeskWithHistory();
  desk.Must(ToldResolved("10:00"));
  EXPECT_EQ(desk.At("Nov 22 09:00").Tick(),
            "Nov 21 09:00 timer HistorySettled department=desk state=RESOLVED "
            "confirm_by=Nov 28 09:00");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "CONFIRMATION Nov 28 09:00");
}

TEST(HistorySettles, NeverForAClosedTicketWhichTakesFactsForEver) {
  Desk desk = DeskWithHistory();
  desk.Must(ToldClosed("10:00"));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "");
  desk.At("Dec 20 09:00").Must(ToldReopened("11:00"));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "SETTLE Dec 21 09:00");
}

TEST(HistorySettles, InAnotherDepartmentWhenItsOwnIsNotInThePlaybook) {
  Desk desk = DeskWithHistory("moon");
  EXPECT_EQ(desk.At("Nov 22 09:00").Tick(),
            "Nov 21 09:00 timer HistorySettled reminder_time=Nov 22 09:00 department=desk "
            "state=QUEUED");
}

TEST(HistorySettles, WithPromisesJudgedAndThoseThatRunKept) {
  Desk desk;
  desk.At("Nov 04 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  EXPECT_EQ(desk.At("Nov 05 09:00:01").Tick(),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing\n"
            "Nov 05 09:00 timer HistorySettled reminder_time=Nov 06 09:00 department=billing "
            "state=QUEUED\n"
            "Nov 05 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 05 09:00 "
            "department=billing reminder_time=Nov 06 09:00");
}

TEST(HistorySettles, SoThatALateResolutionIsMissed) {
  Desk desk;
  desk.At("Nov 03 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  desk.Must(ToldAnswered("10:00"));
  desk.At("Nov 04 12:00").Tick();
  desk.Must(Pull("billing"));
  EXPECT_EQ(PrintDeadlines(desk.ticket()),
            "LEASE Nov 04 12:15, RESOLUTION Nov 05 09:00, REMINDER Nov 05 09:00");
  EXPECT_EQ(desk.At("Nov 05 09:00:01").Do(Note()),
            "Nov 04 12:15 timer TicketReturned lease_expired\n"
            "Nov 05 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 05 09:00 "
            "department=billing reminder_time=Nov 06 09:00\n"
            "Nov 05 09:00:01 anna NoteAdded text=Seen.");
}

TEST(HistorySettles, AndEndsTheWaitThatRan) {
  Desk desk;
  desk.At("Nov 03 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  desk.Must(ToldAnswered("10:00")).Must(ToldWaiting("11:00", v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(desk.At("Nov 04 10:00").Tick(),
            "Nov 04 09:00 timer TicketResumed paused_seconds=165600 "
            "resolution_due=Nov 07 07:00\n"
            "Nov 04 09:00 timer HistorySettled reminder_time=Nov 05 09:00 department=billing "
            "state=QUEUED");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "RESOLUTION Nov 07 07:00, REMINDER Nov 05 09:00");
}

TEST(HistorySettles, InOrderAlsoWhenSomebodyHereWroteANoteMeanwhile) {
  Desk desk;
  desk.At("Nov 04 09:00").Must(ToldOpened("09:00", ChargedTwice()));
  desk.Must(Note());
  EXPECT_EQ(desk.At("Nov 05 10:00").Tick(),
            "Nov 04 09:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing\n"
            "Nov 05 09:00 timer HistorySettled reminder_time=Nov 06 09:00 department=billing "
            "state=QUEUED\n"
            "Nov 05 09:00 timer PromiseMissed kind=RESOLUTION due=Nov 05 09:00 "
            "department=billing reminder_time=Nov 06 09:00");
}

// A history that is still taken in, of a ticket that somebody here hands over meanwhile.
Desk ToldAndTransferred() {
  Desk desk = DeskOn(*ClockShop());
  v1::Issue issue = Keyed(Complaint(), "k");
  desk.Must(ToldOpened("09:00", issue, "desk"));
  desk.At("09:05").Must(Owner("olga"), Transfer("billing"));
  return desk;
}

TEST(HistorySettles, BeforeAnyClockStarts) {
  Desk desk = ToldAndTransferred();
  desk.Must(Owner("olga"), Escalate()).Must(Submit(Keyed(Complaint(), "k")));
  desk.At("09:07").Must(ToldAnswered("09:07")).Must(Submit(Keyed(Complaint(), "k")));
  EXPECT_EQ(desk.ticket().clocks_size(), 0);
  EXPECT_EQ(desk.At("09:10").Do(ToldResolved("09:08")),
            "09:08 import TicketResolved resolution=EXPLAINED");
  EXPECT_EQ(desk.Do(ToldClosed("09:09")), "09:09 import TicketClosed cause=IMPORTED");
}

TEST(HistorySettles, AndThenClocksStart) {
  Desk desk = ToldAndTransferred();
  desk.At("Nov 03 09:06").Must(Owner("olga"), Transfer("desk"));
  ASSERT_EQ(desk.ticket().clocks_size(), 1);
  EXPECT_EQ(Print(desk.ticket().clocks(0)), "OWNER[desk] RUNNING due Nov 03 09:51");
}

// As ledgers have it that were written while facts of here started clocks on such a ticket.
Desk ToldWithAClock() {
  Desk desk = ToldAndTransferred();
  v1::Clock& clock = *desk.mutable_ticket().add_clocks();
  clock.set_kind(v1::CLOCK_KIND_OWNER);
  clock.set_department("billing");
  clock.set_entry(1);
  *clock.mutable_start_time() = engine::ToTimestamp(At("09:05"));
  *clock.mutable_due_time() = engine::ToTimestamp(At("09:50"));
  clock.set_state(v1::PROMISE_STATE_RUNNING);
  return desk;
}

TEST(HistorySettles, WithoutTheClocksOfATicketThatIsOver) {
  Desk closed = ToldWithAClock();
  EXPECT_EQ(closed.At("10:00").Do(ToldClosed("09:10")),
            "09:10 import TicketClosed cause=IMPORTED\n  OWNER[billing] CANCELLED at 09:10");
  Desk resolved = ToldWithAClock();
  EXPECT_EQ(resolved.At("10:00").Do(ToldResolved("09:10")),
            "09:10 import TicketResolved resolution=EXPLAINED\n"
            "  OWNER[billing] CANCELLED at 09:10");
  // Resolved before its clocks were ended with it.
  *resolved.mutable_ticket().mutable_clocks(0) = ToldWithAClock().ticket().clocks(0);
  EXPECT_EQ(resolved.At("Nov 04 09:00").Tick(),
            "Nov 03 10:00 timer HistorySettled department=billing state=RESOLVED "
            "confirm_by=Nov 10 10:00\n  OWNER[billing] CANCELLED at Nov 03 10:00");
}

}  // namespace
}  // namespace redress::test
