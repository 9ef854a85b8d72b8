#include "engine/measure/tally.h"

#include <gtest/gtest.h>

#include "engine/measure/day.h"
#include "engine/measure/sketch.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

TEST(Tally, CountsAnOpenedTicket) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01", 9), Place());
  EXPECT_EQ(PrintTally(ledger.steps().back()),
            "2026-11-01 created +1\n"
            "2026-11-01 open +1\n"
            "2026-11-01 tickets +1\n"
            "2026-11-01 tickets_by_transfers[0] +1\n"
            "2026-11-01 tickets_by_reopens[0] +1\n"
            "2026-11-01 cohort_created[2026-11-01] +1\n");
}

TEST(Tally, CountsNothingForANote) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  EXPECT_EQ(PrintTally(ledger.Note(0, At("2026-11-02"))), "");
}

TEST(Tally, CountsAClosingWithoutResolving) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  EXPECT_EQ(PrintTally(ledger.Close(0, At("2026-11-03") + 100)),
            "2026-11-03 closed +1 before\n"
            "2026-11-03 open -1 before\n"
            "2026-11-01 cohort_closed[2026-11-03] +1\n"
            "2026-11-03 close_count +1\n"
            "2026-11-03 close_seconds_sum +172900\n" +
                ("2026-11-03 close_bucket[" + std::to_string(BucketOf(172900)) + "] +1\n"));
}

TEST(Tally, CountsATicketThatIsRecordedAtOnceAsOpenedAndClosed) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  EXPECT_EQ(PrintTally(ledger.steps().back(), Counter::kCreated), "2026-11-01 created +1\n");
  EXPECT_EQ(PrintTally(ledger.Close(0, At("2026-11-01"))),
            "2026-11-01 closed +1 before\n"
            "2026-11-01 open -1 before\n"
            "2026-11-01 cohort_closed[2026-11-01] +1\n"
            "2026-11-01 close_count +1\n"
            "2026-11-01 close_bucket[0] +1\n");
}

TEST(Tally, CountsAResolvingOnce) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  EXPECT_EQ(PrintTally(ledger.Resolve(0, At("2026-11-01") + 60)),
            "2026-11-01 resolved +1\n"
            "2026-11-01 resolve_count +1\n"
            "2026-11-01 resolve_seconds_sum +60\n"
            "2026-11-01 resolve_bucket[60] +1\n");
  EXPECT_EQ(PrintTally(ledger.Close(0, At("2026-11-02")), Counter::kResolveCount), "");
}

TEST(Tally, TakesBackWhatFellWhenAClosedTicketIsReopened) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-01") + 60);
  ledger.Close(0, At("2026-11-01") + 90);
  EXPECT_EQ(PrintTally(ledger.Reopen(0, At("2026-12-05"), v1::REOPEN_CAUSE_NOT_FIXED)),
            "2026-12-05 reopened +1\n"
            "2026-12-05 reopen_events +1 before\n"
            "2026-11-01 resolved_reopened +1 before\n"
            "2026-12-05 open +1\n"
            "2026-12-05 tickets_by_reopens[0] -1 before\n"
            "2026-12-05 tickets_by_reopens[1] +1\n"
            "2026-11-01 cohort_closed[2026-12-05] -1 before\n"
            "2026-11-01 close_count -1 before\n"
            "2026-11-01 close_seconds_sum -90 before\n"
            "2026-11-01 close_bucket[90] -1 before\n"
            "2026-11-01 resolve_count -1 before\n"
            "2026-11-01 resolve_seconds_sum -60 before\n"
            "2026-11-01 resolve_bucket[60] -1 before\n");
}

TEST(Tally, MovesNoStockWhenAResolvedTicketIsReopened) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-02"));
  const Step step = ledger.Reopen(0, At("2026-11-03"), v1::REOPEN_CAUSE_ERROR);
  EXPECT_EQ(PrintTally(step, Counter::kReopened), "");
  EXPECT_EQ(PrintTally(step, Counter::kOpenDelta), "");
  EXPECT_EQ(PrintTally(step, Counter::kReopenEvents), "2026-11-03 reopen_events +1 before\n");
  EXPECT_EQ(PrintTally(step, Counter::kResolvedReopened),
            "2026-11-02 resolved_reopened +1 before\n");
}

TEST(Tally, CountsNoHumanReopeningForAFlap) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-02"));
  ledger.Close(0, At("2026-11-03"));
  const Step step = ledger.Reopen(0, At("2026-11-04"), v1::REOPEN_CAUSE_FLAP);
  EXPECT_EQ(PrintTally(step, Counter::kReopened), "2026-11-04 reopened +1\n");
  EXPECT_EQ(PrintTally(step, Counter::kReopenEvents), "");
  EXPECT_EQ(PrintTally(step, Counter::kResolvedReopened), "");
  EXPECT_EQ(PrintTally(step, Counter::kTicketsByReopens), "");
  EXPECT_EQ(PrintTally(step, Counter::kResolveCount), "2026-11-02 resolve_count -1 before\n");
}

TEST(Tally, CountsAResolvingAsReopenedOnce) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-02"));
  ledger.Reopen(0, At("2026-11-03"), v1::REOPEN_CAUSE_NOT_FIXED);
  ledger.Close(0, At("2026-11-04"));
  const Step step = ledger.Reopen(0, At("2026-11-05"), v1::REOPEN_CAUSE_SAME_ISSUE);
  EXPECT_EQ(PrintTally(step, Counter::kReopenEvents), "2026-11-05 reopen_events +1 before\n");
  EXPECT_EQ(PrintTally(step, Counter::kResolvedReopened), "");
  EXPECT_EQ(PrintTally(step, Counter::kResolveCount), "");
}

TEST(Tally, CountsReopeningsUpToALimit) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  for (uint32_t times = 0; times < kTimesMax; ++times) {
    ledger.Resolve(0, At("2026-11-02"));
    ledger.Reopen(0, At("2026-11-02"), v1::REOPEN_CAUSE_NOT_FIXED);
  }
  EXPECT_EQ(PrintTally(ledger.steps().back(), Counter::kTicketsByReopens),
            "2026-11-02 tickets_by_reopens[19] -1 before\n"
            "2026-11-02 tickets_by_reopens[20] +1\n");
  ledger.Resolve(0, At("2026-11-03"));
  const Step further = ledger.Reopen(0, At("2026-11-03"), v1::REOPEN_CAUSE_NOT_FIXED);
  EXPECT_EQ(PrintTally(further, Counter::kTicketsByReopens), "");
  EXPECT_EQ(PrintTally(further, Counter::kReopenEvents), "2026-11-03 reopen_events +1 before\n");
}

TEST(Tally, MovesAnOpenTicketBetweenDepartments) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  const Step step = ledger.Transfer(0, At("2026-11-02"), "legal");
  EXPECT_EQ(PrintTally(step),
            "2026-11-02 transfer_events +1 before\n"
            "2026-11-02 transferred_out +1 before moved\n"
            "2026-11-02 transferred_in +1 moved\n"
            "2026-11-02 open -1 before moved\n"
            "2026-11-02 open +1 moved\n"
            "2026-11-02 tickets -1 before moved\n"
            "2026-11-02 tickets +1 moved\n"
            "2026-11-02 tickets_by_transfers[0] -1 before\n"
            "2026-11-02 tickets_by_transfers[1] +1\n"
            "2026-11-02 tickets_by_reopens[0] -1 before moved\n"
            "2026-11-02 tickets_by_reopens[0] +1 moved\n"
            "2026-11-01 cohort_created[2026-11-02] -1 before moved\n"
            "2026-11-01 cohort_created[2026-11-02] +1 moved\n");
  const TicketTally tally = step.Tallied();
  EXPECT_EQ(tally.moved.count(), 1);
  EXPECT_TRUE(tally.moved[v1::DIMENSION_DEPARTMENT]);
  EXPECT_EQ(tally.before[v1::DIMENSION_DEPARTMENT], "billing");
  EXPECT_EQ(tally.after[v1::DIMENSION_DEPARTMENT], "legal");
}

TEST(Tally, MovesAClosedTicketWithoutFlow) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-01") + 60);
  ledger.Close(0, At("2026-11-02"));
  Place place;
  place.category = "repair.late";
  const Step step = ledger.Route(0, At("2026-11-03"), place);
  EXPECT_EQ(PrintTally(step),
            "2026-11-03 tickets -1 before moved\n"
            "2026-11-03 tickets +1 moved\n"
            "2026-11-03 tickets_by_transfers[0] -1 before moved\n"
            "2026-11-03 tickets_by_transfers[0] +1 moved\n"
            "2026-11-03 tickets_by_reopens[0] -1 before moved\n"
            "2026-11-03 tickets_by_reopens[0] +1 moved\n"
            "2026-11-01 cohort_created[2026-11-03] -1 before moved\n"
            "2026-11-01 cohort_created[2026-11-03] +1 moved\n"
            "2026-11-01 cohort_closed[2026-11-03] -1 before moved\n"
            "2026-11-01 cohort_closed[2026-11-03] +1 moved\n"
            "2026-11-02 close_count -1 before moved\n"
            "2026-11-02 close_count +1 moved\n"
            "2026-11-02 close_seconds_sum -86400 before moved\n"
            "2026-11-02 close_seconds_sum +86400 moved\n"
            "2026-11-02 close_bucket[1320] -1 before moved\n"
            "2026-11-02 close_bucket[1320] +1 moved\n"
            "2026-11-01 resolve_count -1 before moved\n"
            "2026-11-01 resolve_count +1 moved\n"
            "2026-11-01 resolve_seconds_sum -60 before moved\n"
            "2026-11-01 resolve_seconds_sum +60 moved\n"
            "2026-11-01 resolve_bucket[60] -1 before moved\n"
            "2026-11-01 resolve_bucket[60] +1 moved\n");
  EXPECT_TRUE(step.Tallied().moved[v1::DIMENSION_CATEGORY]);
}

TEST(Tally, MovesEveryDimensionThatChanges) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  const Step level = ledger.ChangeLevel(0, At("2026-11-02"), v1::LEVEL_INITIATIVE);
  EXPECT_TRUE(level.Tallied().moved[v1::DIMENSION_LEVEL]);
  EXPECT_EQ(level.Tallied().moved.count(), 1);
  const Step route = ledger.Route(0, At("2026-11-03"),
                                  {"legal", v1::LEVEL_ANALYSIS, "repair.late", "phone", "plain"});
  EXPECT_EQ(route.Tallied().moved.count(), 5);
  EXPECT_FALSE(route.Tallied().moved[v1::DIMENSION_UNSPECIFIED]);
}

TEST(Tally, CountsHandOversThatAnImportedTransferStandsFor) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  const Step step = ledger.Transfer(0, At("2026-11-02"), "legal", 40);
  EXPECT_EQ(PrintTally(step, Counter::kTransferEvents), "2026-11-02 transfer_events +40 before\n");
  EXPECT_EQ(PrintTally(step, Counter::kTransferredOut),
            "2026-11-02 transferred_out +1 before moved\n");
  EXPECT_EQ(PrintTally(step, Counter::kTicketsByTransfers),
            "2026-11-02 tickets_by_transfers[0] -1 before\n"
            "2026-11-02 tickets_by_transfers[20] +1\n");
  EXPECT_EQ(PrintTally(ledger.Transfer(0, At("2026-11-03"), "legal"), Counter::kTicketsByTransfers),
            "");
}

TEST(Tally, CountsPromisesOnTheDayOnWhichTheyAreDue) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place(), At("2026-11-05"), At("2026-11-09"));
  EXPECT_EQ(PrintTally(ledger.Answer(0, At("2026-11-02"), true)),
            "2026-11-05 first_answer_met +1\n");
  EXPECT_EQ(PrintTally(ledger.Answer(0, At("2026-11-03"), false)), "");
  EXPECT_EQ(PrintTally(ledger.Resolve(0, At("2026-11-03")), Counter::kResolutionMet),
            "2026-11-09 resolution_met +1\n");
}

TEST(Tally, CountsABreachOnItsDueDayWheneverItIsRecorded) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place(), At("2026-11-02"), At("2026-11-03"));
  EXPECT_EQ(PrintTally(ledger.Miss(0, At("2026-12-24"), v1::DEADLINE_KIND_FIRST_ANSWER)),
            "2026-11-02 first_answer_missed +1\n");
  EXPECT_EQ(PrintTally(ledger.Miss(0, At("2026-12-24"), v1::DEADLINE_KIND_RESOLUTION)),
            "2026-11-03 resolution_missed +1\n");
  const Step late = ledger.Resolve(0, At("2026-12-25"));
  EXPECT_EQ(PrintTally(late, Counter::kResolutionMet), "");
  EXPECT_EQ(PrintTally(late, Counter::kFirstAnswerMet), "");
}

TEST(Tally, TakesTheDueInstantThatABreachCarries) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place(), At("2026-11-02"));
  Step step = ledger.Miss(0, At("2026-12-24"), v1::DEADLINE_KIND_FIRST_ANSWER);
  step.event.mutable_promise_missed()->mutable_due()->set_seconds(At("2026-11-07"));
  EXPECT_EQ(PrintTally(step), "2026-11-07 first_answer_missed +1\n");
}

TEST(Tally, CountsThePromisesOfEachCycle) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place(), At("2026-11-05"));
  ledger.Resolve(0, At("2026-11-02"));
  const Step reopening = ledger.Reopen(0, At("2026-11-10"), v1::REOPEN_CAUSE_NOT_FIXED);
  EXPECT_EQ(PrintTally(reopening, Counter::kFirstAnswerMet), "");
  EXPECT_EQ(PrintTally(ledger.Answer(0, At("2026-11-10", 1), true)),
            "2026-11-10 first_answer_met +1\n");
}

TEST(Tally, CountsFactsFromBefore1970OnItsFirstDay) {
  TestLedger ledger;
  ledger.Open(-1000, Place());
  EXPECT_EQ(PrintTally(ledger.steps().back(), Counter::kCreated), "1970-01-01 created +1\n");
}

TEST(ForEachScope, GivesEachDeltaToTheScopesThatItReaches) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  const Step step = ledger.Transfer(0, At("2026-11-02"), "legal");
  std::string text;
  ForEachScope(step.Tallied(), [&](v1::Dimension dimension, absl::string_view value,
                                   const TallyDelta& delta) {
    if (delta.counter != Counter::kOpenDelta && delta.counter != Counter::kTransferEvents) return;
    text += v1::Dimension_Name(dimension) + " " + std::string(value) + " " +
            std::string(EntryOf(delta.counter).name) + " " + std::to_string(delta.amount) + "\n";
  });
  EXPECT_EQ(text,
            "DIMENSION_UNSPECIFIED  transfer_events 1\n"
            "DIMENSION_DEPARTMENT billing transfer_events 1\n"
            "DIMENSION_DEPARTMENT billing open -1\n"
            "DIMENSION_DEPARTMENT legal open 1\n"
            "DIMENSION_LEVEL RELAY transfer_events 1\n"
            "DIMENSION_CATEGORY billing.double_charge transfer_events 1\n"
            "DIMENSION_CHANNEL email transfer_events 1\n"
            "DIMENSION_SEGMENT vip transfer_events 1\n");
}

TEST(MemberAmount, FollowsTheBasisOfTheCounter) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  const Step step = ledger.Close(0, At("2026-11-03"));
  const TicketTally tally = step.Tallied();
  const auto amount = [&](Counter counter, absl::string_view from, absl::string_view to) {
    return MemberAmount(tally, counter, v1::DIMENSION_DEPARTMENT, "billing", *ParseDay(from),
                        *ParseDay(to));
  };
  EXPECT_EQ(amount(Counter::kClosed, "2026-11-03", "2026-11-04"), 1);
  EXPECT_EQ(amount(Counter::kClosed, "2026-11-04", "2026-11-09"), 0);
  EXPECT_EQ(amount(Counter::kOpenDelta, "2026-11-04", "2026-11-09"), -1);
  EXPECT_EQ(amount(Counter::kOpenDelta, "2026-11-01", "2026-11-03"), 0);
  EXPECT_EQ(amount(Counter::kCohortClosed, "2026-11-01", "2026-11-04"), 1);
  EXPECT_EQ(amount(Counter::kCohortClosed, "2026-11-01", "2026-11-03"), 0);
  EXPECT_EQ(MemberAmount(tally, Counter::kClosed, v1::DIMENSION_DEPARTMENT, "legal", 0, kDayLast),
            0);
}

}  // namespace
}  // namespace redress::engine::test
