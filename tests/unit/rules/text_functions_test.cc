#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/rules/route.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

// "yes" or "no", or the fault of the condition, or the failure of running it. The condition is
// judged as part of a table and, for its explanation, alone; the two must agree.
std::string Judge(const std::string& condition, const std::string& text) {
  TablesBuilder builder;
  builder.Route("row", condition);
  builder.Route("rest", "");
  RuleTablesCompilation compilation = RuleTables::Compile(builder.playbook(), "hash");
  if (!compilation.faults.empty()) return compilation.faults[0].issue.message;
  const redress::v1::Issue issue = Complaint(text);
  const Explanation explanation = Explain(*compilation.tables, InputOf(issue));
  if (!explanation.rows[0].error().empty()) return explanation.rows[0].error();
  const bool is_match = explanation.decision.route_rule() == "row";
  EXPECT_EQ(explanation.rows[0].first_false().empty(), is_match) << condition;
  return is_match ? "yes" : "no";
}

TEST(TextFunctions, AskForAnyOrAllPhrases) {
  const std::string text = "My CARD was charged twice";
  EXPECT_EQ(Judge("issue.text.mentions('card')", text), "yes");
  EXPECT_EQ(Judge("issue.text.mentions(['loan', 'card'])", text), "yes");
  EXPECT_EQ(Judge("issue.text.mentions(['loan', 'car'])", text), "no");
  EXPECT_EQ(Judge("issue.text.mentions_all(['twice', 'card'])", text), "yes");
  EXPECT_EQ(Judge("issue.text.mentions_all(['loan', 'card'])", text), "no");
}

TEST(TextFunctions, CountEachPhraseOnce) {
  const std::string text = "fee, fee and another fee on my card";
  EXPECT_EQ(Judge("issue.text.mentions_count(['fee', 'card', 'loan']) == 2", text), "yes");
  EXPECT_EQ(Judge("issue.text.mentions_count(['fee', 'FEE', 'ｆｅｅ']) == 1", text), "yes");
}

TEST(TextFunctions, AskForPhrasesWithinSoManyWords) {
  const std::string text = "my card was just stolen";
  EXPECT_EQ(Judge("issue.text.mentions_near(['card', 'stolen'], 4)", text), "yes");
  EXPECT_EQ(Judge("issue.text.mentions_near(['card', 'stolen'], 3)", text), "no");
  EXPECT_EQ(Judge("issue.text.mentions_near(['card', 'lost'], 9)", text), "no");
}

TEST(TextFunctions, WorkOnOtherTextsAndOnPhrasesThatAreComputed) {
  EXPECT_EQ(Judge("(issue.text + ' lost').mentions_near(['card', 'lost'], 2)", "my card"), "yes");
  EXPECT_EQ(Judge("issue.text.mentions_all([issue.channel, 'card'])", "card by phone"), "yes");
  EXPECT_EQ(Judge("issue.text.mentions_near([issue.channel, 'card'], 2)", "card by phone"), "no");
  EXPECT_EQ(Judge("issue.text.mentions_near(['card', 'phone'], ticket.cycle + 3)", "card by phone"),
            "yes");
  EXPECT_EQ(Judge("issue.title.matches('a+') || issue.text.matches('^c.r')", "card"), "yes");
}

TEST(TextFunctions, SayWhatCanNeverWork) {
  EXPECT_EQ(Judge("issue.text.mentions_all([])", "x"), "mentions_all() needs a phrase");
  EXPECT_EQ(Judge("issue.text.mentions_count(['a', ' ']) > 1", "x"),
            "mentions_count() has an empty phrase");
  EXPECT_EQ(Judge("issue.text.mentions_near(['a', 'b'], 0)", "x"),
            "mentions_near() looks within 1 to 1000 words, not 0");
  EXPECT_EQ(Judge("issue.text.mentions_near(['a','b','c','d','e','f','g','h','i'], 5)", "x"),
            "mentions_near() has 9 phrases; 8 are allowed");
  EXPECT_EQ(Judge("issue.text.mentions_near(['a', 'b'], ticket.cycle)", "x"),
            "mentions_near() looks within 1 to 1000 words, not 0");
}

TEST(TextFunctions, MatchPatternsTogetherAsAlone) {
  EXPECT_EQ(Judge("issue.text.matches('order [0-9]+') && issue.text.matches('^my')", "my order 12"),
            "yes");
  EXPECT_EQ(Judge("issue.text.matches('order [0-9]+$') && issue.text.matches('^order')",
                  "my order 12"),
            "no");
}

}  // namespace
}  // namespace redress::engine
