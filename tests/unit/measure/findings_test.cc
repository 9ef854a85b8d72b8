// findings.cc: what should be looked at, event by event.
#include "engine/measure/findings.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

constexpr int32_t kNear = 10;

// A line for each observation: "kind" with "found" and what was left of the promise.
std::string Print(const std::vector<Step>& steps, int32_t near_percent = kNear) {
  FindingWatch watch;
  std::string text;
  for (const Step& step : steps) {
    watch.Take(step.before ? &*step.before : nullptr, step.event, {}, near_percent,
               [&](Observation seen) {
                 const v1::Finding& finding = seen.finding;
                 absl::StrAppend(
                     &text,
                     absl::StripPrefix(v1::FindingKind_Name(finding.kind()), "FINDING_KIND_"),
                     seen.is_found ? " found" : "", seen.is_looked_at ? "" : " again",
                     finding.promised_seconds() == 0
                         ? ""
                         : absl::StrCat(" ", finding.left_seconds(), " of ",
                                        finding.promised_seconds()),
                     "\n");
               });
  }
  return text;
}

// A ticket that is due a hundred hours after it came in.
TestLedger Promised() {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place(), 0, At("2026-11-01", 100));
  return ledger;
}

// As the API makes it: with words, and what they are known by.
Step WithAnswer(Step step, const std::string& digest) {
  step.event.mutable_ticket_resolved()->set_answer_hash("hash");
  step.event.mutable_ticket_resolved()->set_answer_digest(digest);
  return step;
}

TEST(Findings, SeeAHandOverInTheLastTenthOfThePromisedTime) {
  TestLedger ledger = Promised();
  ledger.Transfer(0, At("2026-11-01", 89), "desk");
  ledger.Transfer(0, At("2026-11-01", 90), "legal");
  EXPECT_EQ(Print(ledger.steps()),
            "TRANSFERRED_NEAR_DUE 39600 of 360000\n"
            "TRANSFERRED_NEAR_DUE found 36000 of 360000\n");
  EXPECT_EQ(Print(ledger.steps(), 5),
            "TRANSFERRED_NEAR_DUE 39600 of 360000\n"
            "TRANSFERRED_NEAR_DUE 36000 of 360000\n");
}

TEST(Findings, SeeAPauseInTheLastTenthOfThePromisedTime) {
  TestLedger ledger = Promised();
  ledger.Note(0, At("2026-11-01", 95));
  std::vector<Step> steps = ledger.steps();
  steps.back().event.mutable_ticket_paused()->set_reason(v1::PAUSE_REASON_THIRD_PARTY);
  EXPECT_EQ(Print(steps), "PAUSED_NEAR_DUE found 18000 of 360000\n");
}

TEST(Findings, LookAtNothingThatIsNotPromised) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Transfer(0, At("2026-11-01", 89), "desk");
  EXPECT_EQ(Print(ledger.steps()), "");
}

TEST(Findings, FindAResolvingNearDueOnceItIsOpenedAgain) {
  TestLedger ledger = Promised();
  std::vector<Step> steps = {ledger.steps()[0],
                             WithAnswer(ledger.Resolve(0, At("2026-11-01", 99)), "d")};
  steps.push_back(ledger.Reopen(0, At("2026-11-09"), v1::REOPEN_CAUSE_NOT_FIXED));
  EXPECT_EQ(Print(steps),
            "RESOLVED_NEAR_DUE 3600 of 360000\n"
            "SAME_ANSWER\n"
            "NO_ANSWER\n"
            "RESOLVED_NEAR_DUE found again 3600 of 360000\n");
}

TEST(Findings, HoldNoFlapAgainstWhoResolvedNearDue) {
  TestLedger ledger = Promised();
  std::vector<Step> steps = {ledger.steps()[0],
                             WithAnswer(ledger.Resolve(0, At("2026-11-01", 99)), "")};
  steps.push_back(ledger.Reopen(0, At("2026-11-09"), v1::REOPEN_CAUSE_FLAP));
  EXPECT_EQ(Print(steps), "RESOLVED_NEAR_DUE 3600 of 360000\nNO_ANSWER\n");
}

TEST(Findings, SeeAResolvingOfWhichTheCustomerWasToldNothing) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Resolve(0, At("2026-11-01", 5));
  EXPECT_EQ(Print(ledger.steps()), "NO_ANSWER found\n");
}

TEST(Findings, TakeAnAnswerBeforeTheResolvingForOne) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Answer(0, At("2026-11-01", 2), false);
  std::vector<Step> steps = ledger.steps();
  steps.back().event.mutable_ticket_answered()->set_substantive(true);
  steps.push_back(ledger.Resolve(0, At("2026-11-01", 5)));
  EXPECT_EQ(Print(steps), "NO_ANSWER\n");
}

}  // namespace
}  // namespace redress::engine::test
