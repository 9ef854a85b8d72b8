// The six clocks: when each starts, stops, pauses and starts anew, and its exact breach.
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// The ticket's clocks of a kind, or all of them.
std::string ClocksOf(const Desk& desk, v1::ClockKind kind = v1::CLOCK_KIND_UNSPECIFIED) {
  std::string text;
  for (const v1::Clock& clock : desk.ticket().clocks()) {
    if (kind != v1::CLOCK_KIND_UNSPECIFIED && clock.kind() != kind) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", Print(clock));
  }
  return text;
}

Desk Opened() {
  Desk desk = DeskOn(*ClockShop());
  desk.Must(Submit(Keyed(Complaint(), "k")));
  return desk;
}

Desk Accepted() {
  Desk desk = Opened();
  desk.Must(Pull("desk")).Must(Accept(1));
  return desk;
}

v1::Command AutoReply() {
  v1::Command command = Acknowledge();
  command.mutable_answer_ticket()->set_acknowledgement(false);
  command.mutable_answer_ticket()->set_automatic(true);
  return command;
}

TEST(Clocks, AllThatConcernItStartWithTheTicket) {
  EXPECT_EQ(ClocksOf(Opened()),
            "ACK RUNNING due 09:30, FIRST RUNNING due 11:00, LEVEL[RELAY] RUNNING due 14:00, "
            "RESOLVE RUNNING due Nov 04 11:00, OWNER[desk] RUNNING due 09:45");
}

TEST(Clocks, CountOpenHoursOnly) {
  Desk desk = DeskOn(*ClockShop());
  desk.At("Nov 06 16:30").Must(Submit(Complaint()));
  EXPECT_EQ(ClocksOf(desk),
            "ACK RUNNING due Nov 06 17:00, FIRST RUNNING due Nov 09 10:30, "
            "LEVEL[RELAY] RUNNING due Nov 09 13:30, RESOLVE RUNNING due Nov 11 10:30, "
            "OWNER[desk] RUNNING due Nov 06 17:15");
}

TEST(Clocks, StandInThePromisesToo) {
  const Desk desk = Opened();
  EXPECT_EQ(Print(desk.ticket().promises().first_answer_due()), "11:00");
  EXPECT_EQ(Print(desk.ticket().promises().resolution_due()), "Nov 04 11:00");
  EXPECT_EQ(PrintDeadlines(desk.ticket()),
            "FIRST_ANSWER 11:00, RESOLUTION Nov 04 11:00, CLOCK 09:30, WARNING 10:00");
}

TEST(Clocks, AreNotForWhatIsOnlyRecorded) {
  Desk desk = DeskOn(*ClockShop());
  desk.Must(Submit(Praise()));
  EXPECT_EQ(ClocksOf(desk), "");
}

TEST(Clocks, LeaveAPlainBudgetToTheRouteWhereNoRowFits) {
  const auto plain = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"clock: FIRST", "clock: FIRST, for: {segment: vip}"},
                          {"department: desk}}", "department: desk, first_answer: 90m}}"}}));
  Desk desk = DeskOn(*plain);
  desk.Must(Submit(Complaint()));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "");
  EXPECT_EQ(Print(desk.ticket().promises().first_answer_due()), "10:30");
}

TEST(ClockAck, StopsOnAnAcknowledgement) {
  Desk desk = Accepted();
  EXPECT_EQ(desk.At("09:10").Do(Acknowledge()),
            "09:10 anna TicketAnswered personal_hash=#\n  ACK MET at 09:10");
}

TEST(ClockAck, DoesNotStopOnAnAutomaticReplyUnlessItsRowSaysSo) {
  Desk desk = Accepted();
  desk.Must(AutoReply());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_ACK), "ACK RUNNING due 09:30");

  const auto lenient = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"clock: ACK", "clock: ACK, auto_reply: true"},
                          {"clock: FIRST", "clock: FIRST, auto_reply: true"}}));
  Desk other = DeskOn(*lenient);
  other.Must(Submit(Complaint())).Must(Pull("desk")).Must(Accept(1)).Must(AutoReply());
  EXPECT_EQ(ClocksOf(other, v1::CLOCK_KIND_ACK), "ACK MET by auto reply at 09:00");
  EXPECT_EQ(ClocksOf(other, v1::CLOCK_KIND_FIRST), "FIRST MET by auto reply at 09:00");
  EXPECT_EQ(other.ticket().promises().first_answer_state(), v1::PROMISE_STATE_MET);
}

TEST(ClockAck, IsNeverPaused) {
  Desk desk = Accepted();
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_ACK), "ACK RUNNING due 09:30");
  EXPECT_EQ(desk.At("10:00").Tick(),
            "09:30 timer ClockMissed kind=ACK entry=1 due=09:30 accountable=desk\n"
            "  ACK MISSED at 09:30\n"
            "09:45 timer ClockMissed kind=OWNER department=desk entry=1 due=09:45 "
            "accountable=desk\n  OWNER[desk] MISSED at 09:45");
}

TEST(ClockFirst, IsMetBySubstanceAndStartsAnewWithEachCycle) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Answer()).Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST MET at 10:00");
  desk.At("Nov 03 14:00").Must(Dispute());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST#2 RUNNING due Nov 03 16:00");
}

TEST(ClockFirst, RestsOnlyWhileTheCustomerIsAsked) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST RUNNING due 11:00");
  desk.At("10:30").Must(Resume()).Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST PAUSED due 11:00");
  // Half an hour was left; the pause ended in the lunch break.
  desk.At("12:30").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST RUNNING due 13:30");
}

TEST(ClockFirst, IsBrokenAtItsExactInstantHoweverLateItIsSeen) {
  Desk desk = Opened();
  desk.At("Nov 05 08:00").Tick();
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST MISSED at 11:00");
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE MISSED at Nov 04 11:00");
  EXPECT_EQ(desk.ticket().promises().resolution_state(), v1::PROMISE_STATE_MISSED);
}

TEST(ClockNext, RunsFromTheOldestMessageWithoutAnAnswer) {
  Desk desk = Accepted();
  desk.Must(Submit(Keyed(Complaint(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "") << "FIRST governs until it is given";
  desk.At("10:00").Must(Answer());
  desk.At("10:30").Must(Submit(Keyed(Complaint(), "k")));
  desk.At("10:45").Must(Submit(Keyed(Question(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT RUNNING due 11:30");
  desk.At("11:00").Must(Answer());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT MET at 11:00");
  desk.At("11:30").Must(Submit(Keyed(Complaint(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT#2 RUNNING due 13:30");
  desk.At("14:00").Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT#2 MISSED at 13:30");
}

TEST(ClockNext, Vector09ThanksNeedNoAnswer) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Answer());
  desk.At("10:30").Must(Submit(Keyed(Praise(), "k"))).At("15:00").Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "");
}

TEST(ClockNext, ThatWasMissedInAnEarlierCycleSaysNothingOfThisOne) {
  Desk desk = Accepted();
  desk.At("09:30").Must(Answer()).Must(Submit(Keyed(Question(), "k")));
  desk.At("11:00").Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT MISSED at 10:30");
  desk.Must(Dispute()).Must(Pull("desk")).Must(Accept(2)).Must(Answer());
  desk.At("11:15").Must(Submit(Keyed(Question(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT#2 RUNNING due 13:15");
}

TEST(ClockNext, IsVoidOnceTheCustomerSaysThanks) {
  Desk desk = Accepted();
  desk.At("09:30").Must(Answer());
  desk.At("10:00").Must(Submit(Keyed(Question(), "k")));
  desk.At("10:15").Must(Submit(Keyed(Praise(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT CANCELLED at 10:15");
  desk.At("11:00").Must(Submit(Keyed(Question(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT#2 RUNNING due 12:00");
}

TEST(ClockNext, RunsAlsoWhereAnAutomaticReplyStoppedFirst) {
  const auto lenient = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"clock: FIRST", "clock: FIRST, auto_reply: true"}}));
  Desk desk = DeskOn(*lenient);
  desk.Must(Submit(Keyed(Complaint(), "k"))).Must(Pull("desk")).Must(Accept(1)).Must(AutoReply());
  desk.At("10:00").Must(Submit(Keyed(Question(), "k")));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_NEXT), "NEXT RUNNING due 11:00");
}

TEST(ClockLevel, Vector21EachLevelHasItsOwn) {
  Desk desk = Accepted();
  desk.At("11:00").Must(Escalate());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_LEVEL),
            "LEVEL[RELAY] MET at 11:00, LEVEL[ANALYSIS] RUNNING due Nov 03 12:00");
  desk.Must(Pull("desk")).Must(Accept(2)).At("14:00").Must(Deescalate());
  desk.Must(Agent("ben"), TakeOffer());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_LEVEL),
            "LEVEL[RELAY]#2 RUNNING due Nov 03 10:00, LEVEL[ANALYSIS] MET at 14:00");
}

TEST(ClockResolve, IsContinuedByAReopening) {
  Desk desk = Accepted();
  desk.At("Nov 03 16:00").Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE MET at Nov 03 16:00");
  EXPECT_EQ(desk.ticket().clocks(3).first_state(), v1::PROMISE_STATE_MET);
  // Three of its sixteen hours were left.
  desk.At("Nov 04 15:00").Must(Dispute());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 05 10:00");
  EXPECT_EQ(Print(desk.ticket().clocks(3).first_end_time()), "Nov 03 16:00");
}

TEST(ClockResolve, Vector20LateByASecondIsLate) {
  Desk desk = Accepted();
  desk.At("Nov 04 11:00:01").Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE MISSED at Nov 04 11:00");
  EXPECT_EQ(desk.ticket().clocks(3).first_state(), v1::PROMISE_STATE_MISSED);
}

TEST(ClockResolve, RunsOnWhileItWaitsForWhatItsRowDoesNotName) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 04 11:00");
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("RESOLUTION Nov 04 11:00"), std::string::npos);
  desk.At("15:00").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 04 11:00");
}

TEST(ClockResolve, ThatIsMissedInAPauseIsBroughtBackToMindAfterwards) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_THIRD_PARTY, absl::Hours(24 * 20)));
  desk.At("Nov 12 09:00").Tick();
  EXPECT_EQ(desk.ticket().promises().resolution_state(), v1::PROMISE_STATE_MISSED);
  EXPECT_EQ(PrintDeadlines(desk.ticket()).find("REMINDER"), std::string::npos)
      << PrintDeadlines(desk.ticket());
  desk.Must(Resume());
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("REMINDER Nov 13 09:00"), std::string::npos)
      << PrintDeadlines(desk.ticket());
}

// Promises without a clock.
std::shared_ptr<const engine::Playbook> WithoutClocks() {
  return MustCompile(R"(playbook: without
departments: {desk: {title: Desk, head: lead}}
route: [{id: rest, to: {level: RELAY, department: desk, first_answer: 3h}}]
)");
}

TEST(ClockFirst, OfAnEarlierCycleAtTheSameInstantSaysNothingOfThisOne) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Resolve());
  desk.Must(Dispute());
  desk.Must(Owner("olga"), Close(v1::CLOSE_CAUSE_WITHDRAWN));
  const auto without = WithoutClocks();
  desk.SetPlaybook(without.get());
  desk.AddOlderPlaybook(ClockShop().get());
  desk.Must(Dispute());
  EXPECT_EQ(desk.ticket().promises().first_answer_state(), v1::PROMISE_STATE_RUNNING);
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("FIRST_ANSWER 13:00"), std::string::npos)
      << PrintDeadlines(desk.ticket());
}

TEST(ClockFirst, OfAnEarlierCycleSaysNothingOfThisOne) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Resolve());
  const auto without = WithoutClocks();
  desk.SetPlaybook(without.get());
  desk.AddOlderPlaybook(ClockShop().get());
  const std::string earlier = ClocksOf(desk, v1::CLOCK_KIND_FIRST);
  desk.At("11:00").Must(Dispute());
  EXPECT_EQ(desk.ticket().promises().first_answer_state(), v1::PROMISE_STATE_RUNNING);
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("FIRST_ANSWER 14:00"), std::string::npos)
      << PrintDeadlines(desk.ticket());
  desk.At("12:00").Must(Pull("desk")).Must(Accept(2));
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  desk.At("13:00").Must(Resume());
  EXPECT_NE(PrintDeadlines(desk.ticket()).find("FIRST_ANSWER 15:00"), std::string::npos)
      << PrintDeadlines(desk.ticket());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), earlier);
  desk.At("16:00").Must(Note());
  EXPECT_EQ(desk.ticket().promises().first_answer_state(), v1::PROMISE_STATE_MISSED);
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), earlier);
}

TEST(ClockResolve, Vector06APauseIsTakenOffOnce) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO, absl::Hours(24 * 30)));
  desk.At("Nov 16 10:00").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 18 11:00");
  desk.Must(Resolve());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE MET at Nov 16 10:00");
}

TEST(ClockOwner, RunsUntilAnotherDepartmentAccepts) {
  Desk desk = Accepted();
  desk.At("09:20").Must(Transfer("billing"));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_OWNER),
            "OWNER[desk] RUNNING due 09:45, OWNER[billing] RUNNING due 10:05");
  desk.At("09:30").Must(Pull("billing")).Must(Accept(2));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_OWNER),
            "OWNER[desk] MET at 09:30, OWNER[billing] RUNNING due 10:05");
  desk.At("09:40").Must(Transfer("desk"));
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_OWNER),
            "OWNER[desk]#2 RUNNING due 10:25, OWNER[billing] RUNNING due 10:05");
}

TEST(ClockOwner, EndsBeforeItIsDispatchedAnew) {
  Desk desk = Accepted();
  desk.At("09:20").Must(Transfer("billing"));
  EXPECT_EQ(desk.At("09:30").Do(Owner("olga"), Transfer("desk")),
            "09:30 olga TicketTransferred from_department=billing to_department=desk "
            "reason=WRONG_OWNER note=Yours. count=1\n"
            "  OWNER[desk] CANCELLED at 09:30\n"
            "  OWNER[desk]#2 RUNNING due 10:15");
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_OWNER),
            "OWNER[desk]#2 RUNNING due 10:15, OWNER[billing] RUNNING due 10:05");
}

TEST(ClockWarning, IsGivenAtItsShareOfTheBudgetAndMovesWithPauses) {
  Desk desk = Accepted();
  desk.At("09:40").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO)).At("10:40").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_FIRST), "FIRST RUNNING due 12:00");
  EXPECT_EQ(desk.At("11:30").Tick(),
            "11:00 timer ClockWarned kind=FIRST entry=1 percent=50 time=11:00\n"
            "  FIRST RUNNING due 12:00");
}

TEST(ClockRevision, Vector07CountsFromTheStartAndSaysSo) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL)).At("12:00").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 04 14:00");
  const std::string dropped = desk.At("14:00").Do(Escalate());
  EXPECT_NE(dropped.find("RESOLVE RUNNING due Nov 03 12:00 by RETRO_START"), std::string::npos)
      << dropped;
  desk.Must(Pull("desk")).Must(Accept(2));
  const std::string kept = desk.Do(Escalate());
  EXPECT_NE(kept.find("RESOLVE RUNNING due Nov 03 15:00 by RETRO_START_AND_PAUSE"),
            std::string::npos)
      << kept;
  desk.Must(Pull("desk")).Must(Accept(3));
  v1::Command back = Deescalate();
  back.mutable_deescalate_ticket()->set_to_level(v1::LEVEL_RELAY);
  const std::string unchanged = desk.Must(back).Do(Agent("ben"), TakeOffer());
  EXPECT_NE(unchanged.find("RESOLVE RUNNING due Nov 03 15:00 by KEEP"), std::string::npos)
      << unchanged;
}

TEST(ClockRevision, ThatComesTooLateStillNamesTheTrueInstant) {
  Desk desk = Accepted();
  desk.At("Nov 03 16:00").Must(Escalate());
  EXPECT_EQ(desk.At("Nov 03 16:00:01").Tick(),
            "Nov 03 16:00 timer PromiseMissed kind=RESOLUTION due=Nov 03 12:00 department=desk "
            "reminder_time=Nov 04 12:00\n  RESOLVE MISSED at Nov 03 12:00");
}

TEST(ClockRevision, ComesWithTheSeverityThatAChainSets) {
  const auto graded = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"{level: ANALYSIS}, budget: 10h", "{severity: HIGH}, budget: 10h"},
                          {"route:\n", R"(chains:
  - id: slow
    steps:
      - {id: grave, at: 1h, do: SET_SEVERITY, severity: HIGH}
route:
)"}}));
  Desk desk = DeskOn(*graded);
  desk.Must(Submit(Complaint())).At("10:30").Must(Note());
  EXPECT_EQ(Short(desk.ticket().severity()), "HIGH");
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 03 12:00");
}

TEST(ClockTerms, StayThoseOfTheVersionThatItStartedBy) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  const auto shorter = MustCompile(
      absl::StrReplaceAll(ClockShopSource(), {{"13:00-17:00", "13:00-14:00"}}));
  desk.SetPlaybook(shorter.get());
  desk.AddOlderPlaybook(ClockShop().get());
  desk.At("11:00").Must(Resume());
  EXPECT_EQ(ClocksOf(desk, v1::CLOCK_KIND_RESOLVE), "RESOLVE RUNNING due Nov 04 12:00");
}

TEST(Pauses, AreKeptWithWhoAndForWhom) {
  Desk desk = Accepted();
  v1::Command pause = Pause(v1::PAUSE_REASON_LEGAL);
  pause.mutable_pause_ticket()->set_counterparty("city court");
  desk.At("10:00").Must(pause).At("10:30").Must(Resume());
  ASSERT_EQ(desk.ticket().past_pauses_size(), 1);
  const v1::PastPause& past = desk.ticket().past_pauses(0);
  EXPECT_EQ(Print(past.start_time()) + " " + Print(past.end_time()), "10:00 10:30");
  EXPECT_EQ(past.actor() + " " + past.counterparty(), "anna city court");
}

TEST(Pauses, AreLimited) {
  Desk desk = Accepted();
  for (int i = 0; i < 200; ++i) desk.mutable_ticket().add_past_pauses();
  EXPECT_EQ(desk.Do(Pause(v1::PAUSE_REASON_LEGAL)),
            "TICKET_FULL: Ticket T1 was paused 200 times, the most that one ticket may be.");
}

}  // namespace
}  // namespace redress::test
