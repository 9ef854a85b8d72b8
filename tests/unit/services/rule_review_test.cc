// rule_review.cc and what it leads to: a row that errs is found, and the suggestion mends it.
#include "services/rule_review.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "engine/measure/day.h"
#include "engine/playbook/rule_review.h"
#include "services/backtest.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr services::BacktestDays kAllDays{engine::kDayFirst, engine::kDayLast};

// The row "phone" sends outages to billing.
constexpr char kSource[] = R"(playbook: review
departments:
  desk: {title: Desk, head: a}
  billing: {title: Billing, head: b}
  operations: {title: Operations, head: c}
route:
  - id: web
    when: issue.channel == "web"
    to: {level: RELAY, department: desk, resolution: 3d}
  - id: phone
    when: issue.channel == "phone"
    to: {level: RELAY, department: billing, resolution: 2d}
  - id: fax
    when: issue.channel == "fax"
    to: {level: RELAY, department: billing, resolution: 2d}
  - {id: rest, to: {level: RELAY, department: desk, resolution: 2d}}
)";

v1::Issue By(const std::string& channel, const std::string& text) {
  v1::Issue issue = Complaint(text);
  issue.set_channel(channel);
  return issue;
}

v1::Command Of(uint64_t ticket, v1::Command command) {
  return With(std::move(command), "ticket", absl::StrCat(ticket));
}

// 8 outages and 12 invoices by phone, and 12 issues by web of which one was sent wrongly. Wrong
// owners are found after two hours.
void Fill(Office& office) {
  office.Must(Owner("olga"), Publish(kSource));
  uint64_t ticket = 0;
  for (int i = 0; i < 32; ++i) {
    office.At(office.now() + absl::Hours(1));
    const bool is_phone = i < 20;
    const bool is_outage = is_phone && i % 5 < 2;
    const char* text = is_outage ? "an outage again, number " : "my invoice, number ";
    office.Must(Submit(By(is_phone ? "phone" : "web", absl::StrCat(text, i))));
    ++ticket;
    office.At(office.now() + absl::Hours(2));
    if (is_outage || i == 25) office.Must(Owner("olga"), Of(ticket, Transfer("operations")));
  }
}

v1::RuleReview Review(Office& office, services::BacktestDays days = kAllDays) {
  const services::LedgerView view(office.kv());
  const auto response =
      services::ReviewRules(view.reader(), Office::kTenant, office.playbooks(), days,
                            [](const v1::ReviewRulesResponse&) { return true; });
  EXPECT_TRUE(response.ok()) << response.status();
  return response->review();
}

std::string Rows(const v1::RuleReview& review) {
  std::string text;
  for (const v1::RuleQuality& rule : review.rules())
    absl::StrAppend(&text, rule.rule(), " hits ", rule.hits(), " errors ", rule.errors(),
                    " owner ", rule.wrong_owner(), " level ", rule.wrong_level(), " hops ",
                    rule.hops(), " seconds ", rule.lost_seconds(), "\n");
  return text;
}

TEST(ReviewRules, RanksTheRowFirstThatErrsMost) {
  Office office;
  Fill(office);
  const v1::RuleReview review = Review(office);
  EXPECT_EQ(review.decided(), 32u);
  EXPECT_EQ(review.corrected(), 9u);
  EXPECT_EQ(Rows(review),
            "phone hits 20 errors 8 owner 8 level 0 hops 8 seconds 57600\n"
            "web hits 12 errors 1 owner 1 level 0 hops 1 seconds 7200\n"
            "fax hits 0 errors 0 owner 0 level 0 hops 0 seconds 0\n"
            "rest hits 0 errors 0 owner 0 level 0 hops 0 seconds 0\n");
  EXPECT_EQ(review.rules(0).tickets_size(), 8);
  EXPECT_FALSE(review.rules(2).has_last_hit_time());
  ASSERT_GE(review.confusions_size(), 2);
  EXPECT_EQ(review.confusions(0).sent_department(), "billing");
  EXPECT_EQ(review.confusions(0).right_department(), "operations");
  EXPECT_EQ(review.confusions(0).count(), 8u);
}

TEST(ReviewRules, NamesWhatTheErrorsShare) {
  Office office;
  Fill(office);
  const v1::RuleQuality phone = Review(office).rules(0);
  ASSERT_GE(phone.shared_conditions_size(), 1);
  EXPECT_EQ(phone.shared_conditions(0).errors(), 8u);
  EXPECT_EQ(phone.shared_conditions(0).rights(), 0u);
  EXPECT_EQ(phone.suggestion().line(), 10);
  EXPECT_EQ(phone.suggestion().errors_mended(), 8u);
  EXPECT_EQ(phone.suggestion().rights_broken(), 0u);
  EXPECT_EQ(phone.suggestion().text(),
            "  - {id: phone-mended-1, when: '(issue.channel == \"phone\") && "
            "issue.text.mentions(\"again\")', to: {level: RELAY, department: operations, "
            "resolution: 172800s}}");
}

TEST(ReviewRules, SuggestsAnEditThatABacktestFindsToMendTheErrors) {
  Office office;
  Fill(office);
  const std::string mended = engine::Mended(kSource, Review(office).rules(0).suggestion());
  const engine::PlaybookCompilation candidate = engine::CompilePlaybook(mended);
  ASSERT_NE(candidate.playbook, nullptr) << mended;
  const services::LedgerView view(office.kv());
  const auto response = services::BacktestLedger(
      view.reader(), Office::kTenant, *candidate.playbook, kAllDays, nullptr,
      [](const v1::BacktestPlaybookResponse&) { return true; });
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->backtest().moves_size(), 1);
  const v1::BacktestMove& move = response->backtest().moves(0);
  EXPECT_EQ(move.from_department(), "billing");
  EXPECT_EQ(move.to_department(), "operations");
  EXPECT_EQ(move.count(), 8u);
}

TEST(ReviewRules, BooksWrongLevelsButNotWhatHappensAfterTheResolution) {
  Office office;
  office.Must(Owner("olga"), Publish(kSource));
  office.Must(Submit(By("web", "one")));
  office.Must(Owner("olga"), Escalate());
  const v1::RuleReview review = Review(office);
  EXPECT_EQ(review.rules(0).rule(), "web");
  EXPECT_EQ(review.rules(0).wrong_level(), 1u);
  EXPECT_EQ(review.confusions(0).right_level(), v1::LEVEL_ANALYSIS);
}

TEST(ReviewRules, BooksOnlyDecisionsOfRowsThatReadAsTheyDo) {
  Office office;
  Fill(office);
  office.Must(Owner("olga"), Publish(absl::StrReplaceAll(
                                 kSource, {{"department: billing, resolution: 2d}\n  - id: fax",
                                            "department: operations}\n  - id: fax"}})));
  const v1::RuleReview review = Review(office);
  EXPECT_EQ(review.by_older_rows(), 20u);
  EXPECT_EQ(review.rules(0).rule(), "web");
  EXPECT_EQ(review.rules(0).since_version(), 2u);
  for (const v1::RuleQuality& rule : review.rules())
    if (rule.rule() == "phone") {
      EXPECT_EQ(rule.since_version(), 3u);
      EXPECT_EQ(rule.hits(), 0u);
    }
}

TEST(ReviewRules, TakesOnlyTheAskedDays) {
  Office office;
  Fill(office);
  EXPECT_EQ(Review(office, {0, 1}).decided(), 0u);
}

}  // namespace
}  // namespace redress::test
