#include "engine/rules/derived_facts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/rules/route.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

void AddFact(TablesBuilder& builder, std::string name, std::string is) {
  auto& fact = *builder.playbook().add_facts();
  fact.set_name(std::move(name));
  fact.set_is(std::move(is));
}

std::string RouteOf(TablesBuilder& builder, const std::string& text) {
  const redress::v1::Issue issue = Complaint(text);
  const auto tables = builder.Build();
  return Route(*tables, InputOf(issue)).route_rule();
}

std::string FirstFault(TablesBuilder& builder) {
  builder.Route("rest", "");
  const RuleTablesCompilation compilation = RuleTables::Compile(builder.playbook(), "hash");
  return compilation.faults.empty() ? "" : compilation.faults[0].issue.message;
}

TEST(DerivedFacts, AreSeenByNameWhateverTheirOrder) {
  TablesBuilder builder;
  AddFact(builder, "angry", "fact.shouts + fact.words > 1");
  AddFact(builder, "shouts", "issue.text.endsWith('!') ? 1 : 0");
  AddFact(builder, "words", "issue.text.mentions_count(['never', 'worst'])");
  builder.Route("angry", "fact.angry");
  EXPECT_EQ(RouteOf(builder, "never again!"), "angry");
}

TEST(DerivedFacts, ThatSeeTheTicketAreComputedAgainForTheRoute) {
  TablesBuilder builder;
  AddFact(builder, "billing", "ticket.category.startsWith('billing.')");
  AddFact(builder, "grave", "fact.billing && issue.kind == COMPLAINT");
  builder.Classify("always", "!fact.grave", "billing.fee");
  builder.Route("grave", "fact.grave");
  EXPECT_EQ(RouteOf(builder, "x"), "grave");
}

TEST(DerivedFacts, ThatFailMakeTheirConditionsFail) {
  TablesBuilder builder;
  AddFact(builder, "share", "100 / issue.score.value");
  builder.Route("half", "fact.share > 50");
  const redress::v1::Issue issue = Complaint("x");
  const auto tables = builder.Build();
  const redress::v1::Decision decision = Route(*tables, InputOf(issue));
  EXPECT_EQ(decision.route_rule(), "rest");
  ASSERT_EQ(decision.errors_size(), 1);
  EXPECT_EQ(decision.errors(0).rule(), "half");
}

TEST(DerivedFacts, MustNotUseEachOtherInACircle) {
  TablesBuilder builder;
  AddFact(builder, "a", "fact.b + 1");
  AddFact(builder, "b", "fact.c + 1");
  AddFact(builder, "c", "fact.b + 1");
  EXPECT_EQ(FirstFault(builder), "facts use each other in a circle: b -> c -> b");
}

TEST(DerivedFacts, HaveTypesThatConditionsAreCheckedBy) {
  TablesBuilder builder;
  AddFact(builder, "words", "issue.text.mentions_count(['a'])");
  builder.Route("row", "fact.words == 'a'");
  EXPECT_NE(FirstFault(builder), "");
}

TEST(DerivedFacts, StandInExplanationsWithTheirValues) {
  TablesBuilder builder;
  AddFact(builder, "words", "issue.text.mentions_count(['a', 'b'])");
  builder.Route("row", "issue.kind == COMPLAINT && fact.words > 1");
  const redress::v1::Issue issue = Complaint("a");
  const auto tables = builder.Build();
  const Explanation explanation = Explain(*tables, InputOf(issue));
  EXPECT_EQ(explanation.rows[0].first_false(), "fact.words > 1");
  ASSERT_EQ(explanation.rows[0].operands_size(), 1);
  EXPECT_EQ(explanation.rows[0].operands(0).name(), "fact.words");
  EXPECT_EQ(explanation.rows[0].operands(0).value(), "1");
}

}  // namespace
}  // namespace redress::engine
