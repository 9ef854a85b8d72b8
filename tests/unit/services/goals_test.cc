// goal_reads.cc: goals judged by their measures and by evidence.
#include "services/goal_reads.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/measure_driver.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr char kGoals[] = R"(
measures:
  - id: fixed
    title: Fixed
    basis: EVENT
    on: [ticket_resolved]
    share: event.ticket_resolved.resolution.outcome == Outcome.FIXED
    by: [department]
  - id: time
    title: Time to close
    basis: COHORT
    day: ticket.close_time
    of: ticket.state == TicketState.CLOSED
    value: ticket.close_time - ticket.create_time
    by: [department]
  - {id: opened, title: Opened, basis: EVENT, on: [ticket_opened], by: [department]}
goals:
  - {id: all-fixed, title: Fixed, department: desk, month: 2026-11, measure: fixed, at_least: 66.5%}
  - {id: quick, title: In a day, department: desk, month: 2026-11, measure: time, at_most: 24h}
  - {id: calm, title: Few issues, department: desk, month: 2026-11, measure: opened, at_most: 2}
  - {id: idle, title: Fixed, department: board, month: 2026-11, measure: fixed, at_least: 90%}
  - {id: workshop, title: A workshop, department: operations, month: 2026-11}
  - {id: later, title: In winter, department: desk, month: 2026-12, measure: opened, at_most: 9}
)";

v1::Command Evidence(absl::string_view goal) {
  v1::Command command;
  v1::RecordGoalEvidenceRequest& request = *command.mutable_record_goal_evidence();
  request.set_goal(std::string(goal));
  request.set_text("All teams met.");
  request.set_link("https://wiki.example/1");
  return command;
}

Office& Begin(Office& office) {
  return office.Must(Owner("olga"), Publish(absl::StrCat(ShopSource(), kGoals)));
}

// Two issues of the desk on a day at 09:00: one fixed, one explained, both confirmed two hours
// later.
void WorkOnTwo(Office& office, const std::string& day = "") {
  office.At(day + "09:00");
  for (const char* ticket : {"1", "2"}) {
    office.Must(Submit(Complaint())).Must(Pull("desk"));
    const auto outcome = ticket[0] == '1' ? v1::OUTCOME_FIXED : v1::OUTCOME_EXPLAINED;
    office.Must(With(Resolve(1, outcome), "ticket", ticket));
  }
  office.At(day + "11:00");
  for (const char* ticket : {"1", "2"}) office.Must(With(Confirm(), "ticket", ticket));
}

// "all-fixed OFF_TRACK 500000/2, ..." or the failure.
std::string Stand(Office& office, const std::string& month = "") {
  v1::ListGoalsRequest request;
  request.set_month(month);
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  const auto goals = services::ReadGoals(view.reader(), Office::kTenant, *live->playbook, request,
                                         office.now());
  EXPECT_TRUE(goals.ok()) << goals.status();
  if (const auto* failure = std::get_if<services::Failure>(&*goals)) return failure->message;
  const auto& response = std::get<v1::ListGoalsResponse>(*goals);
  std::string text;
  for (const v1::GoalStanding& standing : response.goals()) {
    absl::StrAppend(&text, standing.goal().id(), " ", Short(standing.state()));
    if (standing.has_figure())
      absl::StrAppend(&text, " ", standing.figure(), "/", standing.count());
    absl::StrAppend(&text, "\n");
  }
  return absl::StrCat(text, "without: ", absl::StrJoin(response.departments_without(), " "));
}

TEST(Goals, AreJudgedByTheirMeasures) {
  Office office;
  WorkOnTwo(Begin(office));
  EXPECT_EQ(Stand(office),
            "all-fixed OFF_TRACK 500000/2\nquick ON_TRACK 7200/2\ncalm ON_TRACK 2/2\n"
            "idle OFF_TRACK\nworkshop OFF_TRACK\nwithout: billing");
  office.At("Dec 01 00:00");
  EXPECT_EQ(Stand(office, "2026-11"),
            "all-fixed MISSED 500000/2\nquick ATTAINED 7200/2\ncalm ATTAINED 2/2\n"
            "idle NOTHING_COUNTED\nworkshop MISSED\nwithout: billing");
  EXPECT_EQ(Stand(office), "later ON_TRACK 0/0\nwithout: billing operations board");
}

TEST(Goals, OfAMonthThatIsOverNeverChange) {
  Office office;
  WorkOnTwo(Begin(office), "Nov 28 ");
  office.At("Dec 01 00:00");
  const std::string before = Stand(office, "2026-11");
  office.Must(Owner("olga"), Reopen(v1::REOPEN_CAUSE_ERROR)).Must(Pull("desk"));
  office.Must(Resolve(2)).Must(Confirm());
  EXPECT_EQ(Stand(office, "2026-11"), before);
}

TEST(Goals, WithoutAMeasureAreReachedByEvidence) {
  Office office;
  Begin(office);
  EXPECT_EQ(office.Say(Owner("olga"), Evidence("workshop")), "");
  EXPECT_NE(Stand(office).find("workshop ATTAINED"), std::string::npos);
  EXPECT_EQ(office.Say(Owner("olga"), Evidence("quick")),
            "FIELD_INVALID: goal must be one without a measure; a measure shows by itself");
  EXPECT_EQ(office.Say(Owner("olga"), Evidence("holiday")),
            "FIELD_INVALID: goal must be a goal of the playbook");
  EXPECT_EQ(office.Say(AgentOf("ben", "desk"), Evidence("workshop")),
            "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"operations\".");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Goals, TakeSoMuchEvidenceAndNoMore) {
  Office office;
  Begin(office);
  for (int i = 0; i < 100; ++i) office.Must(Owner("olga"), Evidence("workshop"));
  EXPECT_EQ(office.Say(Owner("olga"), Evidence("workshop")),
            "FIELD_INVALID: goal has 100 pieces of evidence, the most that one may have");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Goals, SayWhatIsWrongWithARequest) {
  Office office;
  Begin(office);
  EXPECT_EQ(Stand(office, "November"), "month must be a month such as \"2026-11\"");
}

}  // namespace
}  // namespace redress::test
