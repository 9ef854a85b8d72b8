// chain_step.cc and chain_fire.cc: what a ticket climbs while nobody acts.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

// A complaint for the desk, taken in on Monday at 09:00: its chain is "slow".
Desk Slow() {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Complaint()));
  return desk;
}

Desk Alarmed() {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(AlertOf("down")));
  return desk;
}

// Every step that fired, in order, with its instant.
std::string FiredOf(const Desk& desk) {
  std::string text;
  for (const v1::Event& event : desk.events())
    if (event.has_chain_step_fired())
      absl::StrAppend(&text, text.empty() ? "" : ", ", event.chain_step_fired().key().step(), " ",
                      Print(event.time()));
  return text;
}

v1::Command TransferFor(const std::string& department, const std::string& owner) {
  v1::Command command = Transfer(department);
  command.mutable_transfer_ticket()->set_owner(owner);
  command.mutable_transfer_ticket()->mutable_due_time()->set_seconds(
      absl::ToUnixSeconds(At("Nov 30 09:00")));
  return command;
}

TEST(Chain, StartsWithTheTicketAndIsOneOfItsDeadlines) {
  Desk desk = Slow();
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 next half at 11:00");
  EXPECT_EQ(PrintDeadlines(desk.ticket()),
            "FIRST_ANSWER 14:00, RESOLUTION Nov 03 10:00, CHAIN 11:00");
}

TEST(Chain, SkipsAStepOfFirstOnceTheAnswerCameAfterTheBreach) {
  const auto late = MustCompile(R"(playbook: late
departments: {desk: {title: Desk, head: lead}}
clocks: [{id: first, clock: FIRST, budget: 2h}]
chains: [{id: slow, steps: [{id: up, at: 150% of FIRST, do: RAISE_LEVEL}]}]
route: [{id: rest, to: {level: RELAY, department: desk}}]
)");
  Desk desk = DeskOn(*late);
  desk.Must(Submit(Complaint())).At("11:05").Must(Pull("desk")).Must(Accept(1));
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 next up at 12:00");
  desk.Must(Answer());
  EXPECT_EQ(desk.At("13:00").Tick(),
            "11:05 timer ChainStepSkipped key=slow/up#1 action=RAISE_LEVEL due=11:05 "
            "reason=CLOCK_OVER");
  EXPECT_EQ(Print(desk.ticket()), "ACCEPTED RELAY desk held by anna");
}

TEST(Chain, DoesNotStartForWhatIsOnlyRecordedOrImported) {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Praise()));
  EXPECT_FALSE(desk.ticket().has_chain());
  Desk told = DeskOn(*ChainShop());
  told.Must(ToldOpened("08:00", Complaint(), "desk"));
  EXPECT_FALSE(told.ticket().has_chain());
}

TEST(Chain, ClimbsStepAfterStepWhileNobodyActs) {
  Desk desk = Slow();
  EXPECT_EQ(desk.At("11:00:01").Tick(),
            "11:00 timer ChainStepFired key=slow/half#1 action=NOTIFY due=11:00 "
            "recipient=desk-lead recipient_kind=HEAD\n  chain next at 14:00");
  EXPECT_EQ(desk.At("15:00").Tick(),
            "14:00 timer PromiseMissed kind=FIRST_ANSWER due=14:00 department=desk\n"
            "  FIRST MISSED at 14:00\n"
            "14:00 timer ChainStepFired key=slow/grave#1 action=SET_SEVERITY due=14:00 "
            "guard=\"ticket.severity < HIGH\" values=[ticket.severity:MEDIUM]\n"
            "  chain next at Nov 03 09:00\n"
            "14:00 chain:slow SeverityChanged from_severity=MEDIUM to_severity=HIGH");
  EXPECT_EQ(desk.At("Nov 03 09:30").Tick(),
            "Nov 03 09:00 timer ChainStepFired key=slow/other#1 action=REASSIGN "
            "due=Nov 03 09:00\n  chain next at Nov 03 14:00\n"
            "Nov 03 09:00 chain:slow TicketTransferred from_department=desk "
            "to_department=billing reason=CHAIN note=\"Step other of chain slow.\" count=1");
  desk.At("Nov 03 15:00").Tick();
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS billing");
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 FINISHED");
  EXPECT_EQ(FiredOf(desk), "half 11:00, grave 14:00, other Nov 03 09:00, up Nov 03 14:00");
}

TEST(Chain, FiresEachStepOnceHoweverLateAndOftenTheDriverLooks) {
  Desk desk = Slow();
  desk.At("Nov 20 09:00").Tick();
  desk.Tick();
  EXPECT_EQ(FiredOf(desk), "half 11:00, grave 14:00, other Nov 03 09:00, up Nov 03 14:00");
}

TEST(Chain, CatchesUpBeforeAnybodyActs) {
  Desk desk = Slow();
  desk.At("11:30").Must(Pull("desk"));
  EXPECT_EQ(FiredOf(desk), "half 11:00");
}

TEST(ChainStop, HappensWhenSomebodyAccepts) {
  Desk desk = Slow();
  desk.At("10:00").Must(Pull("desk"));
  EXPECT_EQ(desk.Do(Accept(1)),
            "10:00 anna ChainCancelled next=slow/half#1 reason=ACCEPTED\n"
            "10:00 anna TicketAccepted handler=anna");
  desk.At("Nov 20 09:00").Tick();
  EXPECT_EQ(FiredOf(desk), "");
}

TEST(ChainStop, HappensWhenThePersonAnswersAndNotForAMachine) {
  Desk desk = Alarmed();
  desk.Must(Pull("desk"));
  v1::Command automatic = Answer(1);
  automatic.mutable_answer_ticket()->set_automatic(true);
  desk.Must(automatic);
  EXPECT_EQ(Print(desk.ticket().chain()), "chain alerts#1 next page at 09:10");
  EXPECT_EQ(desk.At("09:05").Do(Acknowledge(1)).substr(0, 67),
            "09:05 anna ChainCancelled next=alerts/page#1 reason=ACKNOWLEDGED\n09");
}

TEST(ChainStop, HappensWhenItIsResolvedOrClosedWhateverTheRowSays) {
  Desk desk = Alarmed();
  desk.Must(Pull("desk"));
  EXPECT_NE(desk.Do(Resolve(1)).find("ChainCancelled next=alerts/page#1 reason=RESOLVED"),
            std::string::npos);
  Desk closed = Alarmed();
  EXPECT_NE(closed.Do(Owner("olga"), Close(v1::CLOSE_CAUSE_WITHDRAWN))
                .find("ChainCancelled next=alerts/page#1 reason=CLOSED"),
            std::string::npos);
  EXPECT_EQ(closed.ticket().state(), v1::TICKET_STATE_CLOSED);
}

TEST(ChainStart, ComesAgainWhenAnAcceptedTicketGoesBackToTheQueue) {
  Desk desk = Slow();
  desk.Must(Pull("desk")).Must(Accept(1)).At("09:30").Must(Return());
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#2 next half at 11:00");
}

TEST(ChainStart, ComesAgainInEachCycle) {
  Desk desk = Slow();
  desk.Must(Pull("desk")).Must(Resolve(1)).At("09:30").Must(Dispute());
  EXPECT_EQ(desk.ticket().chain().cycle(), 1u);
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 next half at 11:30");
}

TEST(ChainStart, IsOfTheRowThatFitsWhereTheTicketGoes) {
  Desk desk = Slow();
  v1::Command raise = Escalate();
  raise.mutable_escalate_ticket()->set_to_department("quality");
  const std::string raised = desk.Do(Owner("olga"), raise);
  EXPECT_EQ(raised.substr(0, raised.find(" at ")),
            "09:00 olga ChainCancelled next=slow/half#1 reason=REPLACED\n"
            "09:00 olga LevelChanged from_level=RELAY to_level=ANALYSIS to_department=quality "
            "reason=\"Too big.\"\n  chain analysis#2 next leave");
}

TEST(ChainStart, IsNotOfAChainThatHasComeToItsEnd) {
  Desk desk = Slow();
  desk.At("Nov 04 09:00").Tick();
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 FINISHED");
  desk.Must(Owner("olga"), Transfer("desk"));
  EXPECT_EQ(Print(desk.ticket().chain()), "chain slow#1 FINISHED");
}

TEST(ChainGuard, IsJudgedWhenTheStepIsDueAndSaysWhatItSaw) {
  Desk desk = Alarmed();
  desk.Must(Pull("desk"));
  EXPECT_EQ(desk.At("09:11").Tick(),
            "09:10 timer ChainStepFired key=alerts/page#1 action=NOTIFY due=09:10 "
            "recipient=dora recipient_kind=ROLE\n  chain next at 09:20");
  desk.Must(Extend(1, absl::Hours(1)));
  EXPECT_EQ(desk.At("09:21").Tick(),
            "09:20 timer ChainStepSkipped key=alerts/again#1 action=NOTIFY due=09:20 reason=GUARD "
            "guard=!ticket.is_held values=[ticket.is_held:true]\n  chain next at 09:30");
  EXPECT_EQ(desk.At("09:31").Tick(),
            "09:30 timer ChainStepFired key=alerts/hook#1 action=WEBHOOK due=09:30 "
            "url=https://pager.example/alarm");
}

TEST(ChainRecipient, IsWhoeverIsLeftWhenThereIsNoSuchPerson) {
  Desk desk = Alarmed();
  desk.At("09:21").Tick();
  EXPECT_EQ(desk.events().back().chain_step_fired().recipient(), "dan");
  Desk january = DeskOn(*ChainShop());
  january.At(At("Dec 31 23:00") + absl::Hours(24)).Must(Submit(AlertOf("down")));
  january.At(january.now() + absl::Hours(1)).Tick();
  EXPECT_EQ(january.events()[2].chain_step_fired().recipient(), "desk-lead");
  EXPECT_EQ(january.events()[2].chain_step_fired().recipient_kind(), v1::RECIPIENT_KIND_HEAD);
}

TEST(ChainStep, WhoseClockIsOverIsSkipped) {
  Desk desk = Slow();
  desk.At("10:00").Must(Pull("desk")).Must(Answer(1));
  EXPECT_EQ(desk.At("10:01").Tick(),
            "10:00 timer ChainStepSkipped key=slow/half#1 action=NOTIFY due=10:00 "
            "reason=CLOCK_OVER\n"
            "10:00 timer ChainStepSkipped key=slow/grave#1 action=SET_SEVERITY due=10:00 "
            "reason=CLOCK_OVER guard=\"ticket.severity < HIGH\"\n  chain next at Nov 03 09:00");
}

TEST(ChainStep, ThatWouldChangeNothingIsSkipped) {
  Desk desk = Slow();
  desk.At("Nov 02 09:30").Must(Owner("olga"), TransferFor("billing", "ben"));
  desk.At("Nov 03 09:01").Tick();
  EXPECT_EQ(Print(desk.events().back()),
            "Nov 03 09:00 timer ChainStepSkipped key=slow/other#1 action=REASSIGN "
            "due=Nov 03 09:00 reason=NOTHING_TO_DO\n  chain next at Nov 03 14:00");
}

TEST(ChainStep, ToADepartmentThatIsGoneIsSkipped) {
  Desk desk = Slow();
  const auto smaller = MustCompile(R"(playbook: smaller
calendars: {office: {zone: UTC, week: {mon-fri: [09:00-12:00, 13:00-17:00]}}}
departments: {desk: {title: Desk, head: lead}}
route: [{id: rest, to: {level: RELAY, department: desk}}]
)");
  desk.SetPlaybook(smaller.get());
  desk.AddOlderPlaybook(ChainShop().get());
  desk.At("Nov 03 09:01").Tick();
  EXPECT_EQ(Print(desk.events().back()),
            "Nov 03 09:00 timer ChainStepSkipped key=slow/other#1 action=REASSIGN "
            "due=Nov 03 09:00 reason=DEPARTMENT_GONE\n  chain next at Nov 03 14:00");
}

TEST(ChainFreeze, KeepsTheStepsThatItStartedWith) {
  Desk desk = Slow();
  const auto other = MustCompile(R"(playbook: other
departments: {desk: {title: Desk, head: lead}}
chains: [{id: slow, steps: [{id: quick, at: 1m, do: NOTIFY, to: HEAD}]}]
route: [{id: rest, to: {level: RELAY, department: desk}}]
)");
  desk.SetPlaybook(other.get());
  desk.AddOlderPlaybook(ChainShop().get());
  desk.At("12:00").Tick();
  EXPECT_EQ(FiredOf(desk), "half 11:00");
}

TEST(ChainPause, RestsTheChainAndWhatIsLeftRunsOn) {
  Desk desk = Alarmed();
  desk.Must(Pull("desk")).Must(Accept(1));
  EXPECT_EQ(Print(desk.ticket().chain()), "chain alerts#1 next page at 09:10");
  desk.At("09:04").Must(Pause(v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(PrintDeadlines(desk.ticket()).find("CHAIN"), std::string::npos);
  desk.At("10:00").Tick();
  desk.Must(Resume());
  EXPECT_EQ(Print(desk.ticket().chain()), "chain alerts#1 next page at 10:06");
}

TEST(ChainPause, MovesAStepThatGoesByAClockWithTheClock) {
  const auto shares = MustCompile(R"(playbook: shares
departments: {desk: {title: Desk, head: lead}}
clocks: [{id: resolve, clock: RESOLVE, budget: 4h, pauses: [LEGAL]}]
chains:
  - id: shares
    steps:
      - {id: half, at: 50% of RESOLVE, do: NOTIFY, to: HEAD}
      - {id: late, at: 150% of RESOLVE, do: NOTIFY, to: HEAD}
      - {id: day, at: 1d, do: NOTIFY, to: HEAD}
route: [{id: rest, to: {level: RELAY, department: desk}}]
)");
  Desk desk = DeskOn(*shares);
  desk.Must(Submit(Complaint())).Must(Pull("desk")).Must(Accept(1));
  EXPECT_EQ(Print(desk.ticket().chain()), "chain shares#1 next half at 11:00");
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL)).At("12:00").Must(Resume());
  EXPECT_EQ(Print(desk.ticket().chain()), "chain shares#1 next half at 13:00");
  // This pause is not the clock's, but the chain rests in it all the same.
  desk.At("12:30").Must(Pause(v1::PAUSE_REASON_THIRD_PARTY)).At("14:00").Must(Resume());
  EXPECT_EQ(desk.At("14:01").Tick().substr(0, 42), "14:00 timer ChainStepFired key=shares/half");
  desk.At("18:00").Tick();
  EXPECT_EQ(Print(desk.ticket().chain()), "chain shares#1 next day at Nov 03 12:30");
}

TEST(ChainKey, IsUniqueAmongAllThatFired) {
  Desk desk = Slow();
  for (int day = 3; day < 25; day += 2) {
    desk.At(absl::StrCat("Nov ", day < 10 ? "0" : "", day, " 10:00")).Tick();
    desk.Do(Owner("olga"), TransferFor(day % 4 == 1 ? "desk" : "quality", "ben"));
    desk.Do(Pull(desk.ticket().department()));
    desk.Do(Accept(desk.ticket().lease_count()));
    desk.Do(day % 3 == 0 ? Resolve() : Return());
    if (day % 3 == 0) desk.Must(Dispute());
  }
  std::set<std::string> keys;
  for (const v1::Event& event : desk.events()) {
    if (!event.has_chain_step_fired()) continue;
    EXPECT_TRUE(keys.insert(event.chain_step_fired().key().SerializeAsString()).second)
        << Print(event);
  }
  EXPECT_GT(keys.size(), 10u);
}

}  // namespace
}  // namespace redress::test
