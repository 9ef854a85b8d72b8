// The story of a month's goals: one that shows by itself what it has come to, one that needs
// evidence, and a department that has set itself none.
#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/e2e/credentials.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using services::Role;

std::string MonthAt(absl::Time time) {
  return absl::FormatTime("%Y-%m", time, absl::UTCTimeZone());
}

class GoalTest : public testing::Test {
 protected:
  void SetUp() override {
    if (MonthAt(absl::Now() + absl::Minutes(1)) != month_) GTEST_SKIP() << "the month is ending";
    ASSERT_TRUE(server_.Start()) << server_.log();
    v1::PublishPlaybookRequest request;
    request.set_request_id(NewRequestId());
    request.set_reason("Goals of the month.");
    request.set_source(Source());
    As("ada").Must(&Playbooks::PublishPlaybook, request);
  }
  Desk As(const std::string& actor) const { return Desk(server_.port(), staff_.TokenOf(actor)); }

  static Staff MakeStaff() {
    Staff staff;
    staff.Hire("acme", "anna", {Role::kAgent}, {"desk"});
    staff.Hire("acme", "olga", {Role::kOwner}, {"desk"});
    staff.Hire("acme", "otto", {Role::kOwner}, {"billing"});
    staff.Hire("acme", "mona", {Role::kManager}, {});
    staff.Hire("acme", "ada", {Role::kAdmin}, {});
    return staff;
  }

  std::string Source() const {
    return absl::Substitute(R"(playbook: goals
departments:
  desk: {title: Desk, head: olga}
  billing: {title: Billing, head: otto}
route:
  - {id: all, to: {level: RELAY, department: desk}}
measures:
  - id: fixed
    title: Fixed
    basis: EVENT
    on: [ticket_resolved]
    share: event.ticket_resolved.resolution.outcome == Outcome.FIXED
    by: [department]
goals:
  - {id: fixed-all, title: Fixed, department: desk, month: $0, measure: fixed, at_least: 75%}
  - {id: workshop, title: A workshop, department: desk, month: $0}
)",
                            month_);
  }

  void ResolveOne(v1::Outcome outcome) const {
    const Desk anna = As("anna");
    anna.Submit("It broke.");
    v1::Resolution resolution = Solved();
    resolution.set_outcome(outcome);
    anna.Resolve(anna.Accept(anna.Pull("desk")), resolution);
  }

  // "fixed-all ON_TRACK 500000 of 2, ...; without: ..."
  std::string Standing(const std::string& department = "") const {
    v1::ListGoalsRequest request;
    request.set_month(month_);
    request.set_department(department);
    const auto response = As("mona").Must(&Goals::ListGoals, request);
    std::string text;
    for (const v1::GoalStanding& standing : response.goals()) {
      absl::StrAppend(&text, standing.goal().id(), " ", v1::GoalState_Name(standing.state()));
      if (standing.has_figure())
        absl::StrAppend(&text, " ", standing.figure(), " of ", standing.count());
      absl::StrAppend(&text, "; ");
    }
    return absl::StrCat(text, "without: ", absl::StrJoin(response.departments_without(), " "));
  }

  static v1::RecordGoalEvidenceRequest Evidence(const std::string& goal) {
    v1::RecordGoalEvidenceRequest request;
    request.set_request_id(NewRequestId());
    request.set_goal(goal);
    request.set_text("All teams met.");
    return request;
  }

  const std::string month_ = MonthAt(absl::Now());
  const ScratchDirectory scratch_;
  const Staff staff_ = MakeStaff();
  ServerProcess server_{scratch_.Path("data"),
                        {"--tokens", staff_.WriteTo(scratch_.Path("tokens")), "--tenant", "acme"}};
};

TEST_F(GoalTest, ShowsByItselfWhatItHasComeTo) {
  EXPECT_EQ(Standing(),
            "fixed-all GOAL_STATE_OFF_TRACK; workshop GOAL_STATE_OFF_TRACK; without: billing");
  ResolveOne(v1::OUTCOME_FIXED);
  ResolveOne(v1::OUTCOME_FIXED);
  EXPECT_EQ(Standing(), "fixed-all GOAL_STATE_ON_TRACK 1000000 of 2; "
                        "workshop GOAL_STATE_OFF_TRACK; without: billing");
  ResolveOne(v1::OUTCOME_EXPLAINED);
  EXPECT_EQ(Standing(), "fixed-all GOAL_STATE_OFF_TRACK 666667 of 3; "
                        "workshop GOAL_STATE_OFF_TRACK; without: billing");
  EXPECT_EQ(Standing("billing"), "without: billing");
  EXPECT_EQ(As("mona").Verify(), "clean");
}

TEST_F(GoalTest, WithoutAMeasureIsReachedByEvidenceOfItsDepartment) {
  EXPECT_EQ(As("anna").Try(&Goals::RecordGoalEvidence, Evidence("workshop")),
            "PERMISSION_DENIED NOT_PERMITTED");
  EXPECT_EQ(As("otto").Try(&Goals::RecordGoalEvidence, Evidence("workshop")),
            "PERMISSION_DENIED DEPARTMENT_NOT_YOURS");
  EXPECT_EQ(As("olga").Try(&Goals::RecordGoalEvidence, Evidence("fixed-all")),
            "INVALID_ARGUMENT FIELD_INVALID goal");
  const v1::RecordGoalEvidenceRequest evidence = Evidence("workshop");
  As("olga").Must(&Goals::RecordGoalEvidence, evidence);
  // The same request again is the same evidence.
  EXPECT_EQ(As("olga").Must(&Goals::RecordGoalEvidence, evidence).evidence().number(), 1u);
  server_.Kill();
  ASSERT_TRUE(server_.Start()) << server_.log();
  v1::ListGoalsRequest request;
  request.set_month(month_);
  const auto goals = As("anna").Must(&Goals::ListGoals, request).goals();
  ASSERT_EQ(goals.size(), 2);
  EXPECT_EQ(goals.at(1).state(), v1::GOAL_STATE_ATTAINED);
  ASSERT_EQ(goals.at(1).evidence_size(), 1);
  EXPECT_EQ(goals.at(1).evidence(0).actor(), "olga");
}

}  // namespace
}  // namespace redress::test
