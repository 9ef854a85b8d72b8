#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/rules/route.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

std::string Print(const Explanation& explanation) {
  std::string text;
  for (const v1::RowExplanation& row : explanation.rows) {
    absl::StrAppend(&text, row.table(), " ", row.rule(), ": ", row.matched() ? "matched" : "no");
    if (!row.first_false().empty()) absl::StrAppend(&text, ", ", row.first_false());
    if (!row.error().empty()) absl::StrAppend(&text, ", error");
    for (const v1::OperandValue& operand : row.operands()) {
      absl::StrAppend(&text, "; ", operand.name(), " = ", operand.value());
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string ExplainCondition(const std::string& condition, const v1::Issue& issue) {
  TablesBuilder builder;
  builder.Classify("row", condition, "x");
  const auto tables = builder.Build();
  return Print(Explain(*tables, InputOf(issue)));
}

TEST(Explain, ListsEveryRowUpToTheMatch) {
  TablesBuilder builder;
  builder.Classify("twice", "issue.text.mentions('charged twice')", "billing", v1::SEVERITY_HIGH)
      .Classify("harm", "issue.text.mentions(['injured', '受伤'])", "harm")
      .Route("vip", "ticket.category == 'billing' && customer.segment == 'vip'", "billing")
      .Route("high", "ticket.severity >= HIGH", "billing")
      .Route("below", "true");
  const auto tables = builder.Build();
  const v1::Issue issue = Complaint("I was charged twice");
  const Explanation explanation = Explain(*tables, InputOf(issue));
  EXPECT_EQ(Print(explanation), R"(classify twice: matched
classify harm: no, issue.text.mentions(['injured', '受伤']); issue.text = 'I was charged twice'
route vip: no, customer.segment == 'vip'; customer.segment = ''
route high: matched
)");
  EXPECT_EQ(explanation.decision.SerializeAsString(),
            Route(*tables, InputOf(issue)).SerializeAsString());
}

TEST(Explain, ShowsTheFirstFalsePartOnly) {
  const v1::Issue issue = Complaint("x");
  EXPECT_EQ(ExplainCondition("issue.kind == COMPLAINT && issue.channel == 'app' && false", issue),
            "classify row: no, issue.channel == 'app'; issue.channel = 'phone'\n"
            "route rest: matched\n");
  EXPECT_EQ(ExplainCondition("(true && (issue.kind == PRAISE || false)) && true", issue),
            "classify row: no, (issue.kind == PRAISE || false); issue.kind = COMPLAINT\n"
            "route rest: matched\n");
  EXPECT_EQ(ExplainCondition("((true) && ((issue.kind == PRAISE) || (false)))", issue),
            "classify row: no, ((issue.kind == PRAISE) || (false)); issue.kind = COMPLAINT\n"
            "route rest: matched\n");
  EXPECT_EQ(ExplainCondition("(((false) || (issue.kind == PRAISE)) && true)", issue),
            "classify row: no, ((false) || (issue.kind == PRAISE)); issue.kind = COMPLAINT\n"
            "route rest: matched\n");
}

TEST(Explain, ShowsSeverityAndPresenceInWords) {
  const v1::Issue issue = Complaint("x");
  EXPECT_EQ(ExplainCondition("ticket.severity > LOW", issue),
            "classify row: no, ticket.severity > LOW; ticket.severity = UNSPECIFIED\n"
            "route rest: matched\n");
  EXPECT_EQ(ExplainCondition("has(issue.score) && issue.score.value < 3", issue),
            "classify row: no, has(issue.score); has(issue.score) = false\n"
            "route rest: matched\n");
}

TEST(Explain, CutsLongTexts) {
  const v1::Issue issue = Complaint(std::string(500, 'a'));
  EXPECT_EQ(ExplainCondition("issue.text == ''", issue),
            absl::StrCat("classify row: no, issue.text == ''; issue.text = '", std::string(79, 'a'),
                         "...\nroute rest: matched\n"));
}

TEST(Explain, TellsFailures) {
  EXPECT_EQ(ExplainCondition("1 / ticket.cycle == 1", Complaint("x")),
            "classify row: no, error\nroute rest: matched\n");
}

}  // namespace
}  // namespace redress::engine
