#include "engine/playbook/playbook_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/playbook/row_coverage.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kHead = R"(playbook: checked
departments:
  desk: {title: Desk, head: a}
  billing: {title: Billing, head: b}
taxonomy:
  billing.fee: {title: Fee}
  billing.refund: {title: Refund}
)";

struct Row {
  std::string id;
  std::string when;
  std::string department = "billing";
};

// YAML takes a leading mark for something else.
std::string Quoted(const std::string& when) {
  return absl::StartsWith(when, "!") ? absl::StrCat("'", when, "'") : when;
}

std::string SourceOf(const std::vector<Row>& rows, const std::string& more = "") {
  std::string source = absl::StrCat(kHead, more, "route:\n");
  for (const Row& row : rows)
    absl::StrAppend(&source, "  - id: ", row.id, "\n    when: ", Quoted(row.when),
                    "\n    to: {level: RELAY, department: ", row.department, "}\n");
  absl::StrAppend(&source, "  - {id: rest, to: {level: RELAY, department: desk}}\n");
  return source;
}

struct Checked {
  PlaybookCompilation compilation;
  PlaybookWarnings found;
};

Checked Check(const std::string& source) {
  Checked checked{CompilePlaybook(source), {}};
  for (const Finding& finding : checked.compilation.findings) ADD_FAILURE() << Render(finding);
  if (checked.compilation.playbook != nullptr)
    checked.found = FindWarnings(source, checked.compilation);
  return checked;
}

// Every sample must show what its warning says.
void ExpectShown(const Checked& checked) {
  for (const v1::PlaybookWarning& warning : checked.found.warnings) {
    if (!warning.has_sample()) continue;
    const v1::SampleCase& sample = warning.sample();
    EXPECT_TRUE(Shows(warning, FindMatches(checked.compilation.playbook->rules(),
                                           {sample.issue(), sample.ticket(), sample.customer()})))
        << warning.DebugString();
  }
}

// "line:column KIND rules" of each but of categories, "sample" where there is one.
std::string Warnings(const Checked& checked) {
  ExpectShown(checked);
  std::string text;
  for (const v1::PlaybookWarning& warning : checked.found.warnings) {
    if (warning.kind() == v1::PLAYBOOK_WARNING_KIND_ONLY_CATCH_ALL) continue;
    absl::StrAppend(&text, warning.line(), ":", warning.column(), " ",
                    v1::PlaybookWarningKind_Name(warning.kind()).substr(22), " ",
                    absl::StrJoin(warning.rules(), " "), warning.has_sample() ? " sample" : "",
                    "\n");
  }
  return text;
}

std::string WarningsOf(const std::vector<Row>& rows) { return Warnings(Check(SourceOf(rows))); }

TEST(FindWarnings, SaysNothingAboutAGoodTable) {
  EXPECT_EQ(WarningsOf({{"fee", "ticket.category == \"billing.fee\" && issue.product == \"card\""},
                        {"billing", "ticket.category.startsWith(\"billing.\")"}}),
            "");
}

TEST(FindWarnings, FindsRowsThatNoIssueCanFulfil) {
  EXPECT_EQ(WarningsOf({{"a", "issue.product == \"lamp\" && issue.product == \"kettle\""},
                        {"b", "issue.score.value > 5 && issue.score.value <= 5"},
                        {"c", "ticket.category == \"billing.fees\""},
                        {"d", "issue.product.startsWith(\"la\") && issue.product == \"kettle\""},
                        {"e", "!has(issue.score) && issue.score.value == 3"},
                        {"f", "customer.segment == \"vip\" && issue.customer.segment == \"new\""},
                        {"g",
                         "issue.text.mentions(\"red lamp\") && !issue.text.mentions(\"LAMP\")"},
                        {"h", "issue.kind in [PRAISE, SCORE] && issue.kind == ALERT"},
                        {"ok", "issue.product == \"lamp\""}}),
            "10:11 NEVER_TRUE a\n13:11 NEVER_TRUE b\n16:11 NEVER_TRUE c\n19:11 NEVER_TRUE d\n"
            "22:12 NEVER_TRUE e\n25:11 NEVER_TRUE f\n28:11 NEVER_TRUE g\n31:11 NEVER_TRUE h\n");
}

TEST(FindWarnings, FindsRowsBehindOneThatTakesAll) {
  EXPECT_EQ(WarningsOf({{"all", "issue.product in [\"lamp\", \"kettle\"]"},
                        {"lamp", "issue.product == \"lamp\" && customer.segment == \"vip\"",
                         "desk"}}),
            "13:11 SHADOWED lamp all sample\n");
}

TEST(FindWarnings, FindsRowsBehindSeveralThatTakeAllTogether) {
  EXPECT_EQ(WarningsOf({{"low", "issue.score.value <= 5"},
                        {"high", "issue.score.value > 5"},
                        {"none", "issue.product == \"lamp\""}}),
            "16:11 SHADOWED none low high sample\n");
}

TEST(FindWarnings, TakesTheSeverityForFilledIn) {
  EXPECT_EQ(WarningsOf({{"low", "ticket.severity <= MEDIUM"},
                        {"high", "ticket.severity == HIGH"},
                        {"highest", "ticket.severity == CRITICAL"},
                        {"none", "issue.product == \"lamp\""}}),
            "19:11 SHADOWED none low high highest sample\n");
}

TEST(FindWarnings, DoesNotTakeAPartThatItCannotReadForTrue) {
  EXPECT_EQ(WarningsOf({{"long", "issue.text.size() > 5", "desk"},
                        {"lamp", "issue.product == \"lamp\""}}),
            "10:29 NOT_ANALYSED long\n");
}

TEST(FindWarnings, FindsRowsThatTakeFromEachOtherAndDisagree) {
  EXPECT_EQ(WarningsOf({{"vip", "customer.segment == \"vip\"", "desk"},
                        {"lamp", "issue.product == \"lamp\""}}),
            "13:11 OVERLAP lamp vip sample\n");
}

TEST(FindWarnings, LeavesOutRowsThatAgreeAndExceptionsAndRowsApart) {
  EXPECT_EQ(WarningsOf({{"kettle-fee",
                         "issue.product == \"kettle\" && ticket.category == \"billing.fee\"",
                         "desk"},
                        {"vip", "customer.segment == \"vip\" && issue.product != \"kettle\""},
                        {"lamp", "issue.product == \"lamp\""},
                        {"kettle", "issue.product == \"kettle\""}}),
            "");
}

TEST(FindWarnings, ReadsFactsThatAreTrueOrFalse) {
  EXPECT_EQ(Warnings(Check(SourceOf({{"angry", "fact.is_lamp && !fact.is_lamp"},
                                     {"lamp", "fact.is_lamp"}},
                                    "facts: {is_lamp: issue.product == \"lamp\"}\n"))),
            "11:11 NEVER_TRUE angry\n");
}

TEST(FindWarnings, FindsClassifyRowsThatAreReplacedOrNeverTrue) {
  const std::string classify = R"(classify:
  - {id: lamp, when: issue.product == "lamp", set: {category: billing.fee}}
  - {id: light, when: 'issue.product.startsWith("la")', set: {category: billing.refund}}
  - {id: none, when: issue.kind == PRAISE && issue.kind == ALERT, set: {severity: LOW}}
)";
  EXPECT_EQ(Warnings(Check(SourceOf({{"billing", "ticket.category.startsWith(\"billing.\")"}},
                                    classify))),
            "9:22 REPLACED lamp light sample\n11:22 NEVER_TRUE none\n");
}

// A later row sees what earlier ones set.
TEST(FindWarnings, KnowsThatClassifyRowsChangeTheTicket) {
  const std::string filled = R"(classify:
  - id: lamp
    when: ticket.category == "" && issue.product == "lamp"
    set: {category: billing.fee}
  - id: other
    when: ticket.category == ""
    set: {category: billing.refund}
)";
  const std::string read_between = R"(classify:
  - {id: lamp, when: issue.product == "lamp", set: {severity: CRITICAL}}
  - {id: grave, when: ticket.severity == CRITICAL, set: {category: billing.fee}}
  - {id: all, set: {severity: LOW}}
)";
  const std::string facts = R"(facts: {was_grave: ticket.severity == CRITICAL}
classify:
  - {id: lamp, when: issue.product == "lamp", set: {severity: CRITICAL}}
  - {id: became, when: ticket.severity == CRITICAL && !fact.was_grave, set: {category: billing.fee}}
)";
  for (const std::string& classify : {filled, read_between, facts})
    EXPECT_THAT(Warnings(Check(SourceOf(
                    {{"billing", "ticket.category.startsWith(\"billing.\")"}}, classify))),
                testing::Not(testing::AnyOf(testing::HasSubstr("REPLACED"),
                                            testing::HasSubstr("NEVER_TRUE"))))
        << classify;
}

// The severity is filled in behind the last row of classify.
TEST(FindWarnings, KnowsWhenATicketHasNoSeverity) {
  const std::string classify = R"(classify:
  - {id: below, when: ticket.severity < LOW, set: {category: billing.fee}}
  - {id: none, when: '!(ticket.severity in [LOW, MEDIUM, HIGH, CRITICAL])', set: {severity: HIGH}}
)";
  EXPECT_EQ(Warnings(Check(SourceOf({{"never", "ticket.severity < LOW"},
                                     {"billing", "ticket.category.startsWith(\"billing.\")"}},
                                    classify))),
            "13:11 NEVER_TRUE never\n");
}

std::string Categories(const Checked& checked) {
  ExpectShown(checked);
  std::string text;
  for (const v1::PlaybookWarning& warning : checked.found.warnings)
    if (warning.kind() == v1::PLAYBOOK_WARNING_KIND_ONLY_CATCH_ALL)
      absl::StrAppend(&text, warning.category(), warning.has_sample() ? " sample\n" : "\n");
  return text;
}

TEST(FindWarnings, FindsCategoriesThatOnlyTheLastRowTakes) {
  EXPECT_EQ(Categories(Check(SourceOf({{"fee", "ticket.category == \"billing.fee\""},
                                       {"vip", "customer.segment == \"vip\""}}))),
            "billing.refund sample\n");
  EXPECT_EQ(Categories(Check(SourceOf({{"fee", "ticket.category.startsWith(\"billing.\")"}}))), "");
}

TEST(FindWarnings, FindsDepartmentsThatNoRowLeadsTo) {
  EXPECT_EQ(WarningsOf({}), "4:3 NO_ROUTE \n");
  EXPECT_EQ(WarningsOf({{"a", "issue.kind == PRAISE && issue.kind == ALERT"}}),
            "4:3 NO_ROUTE a\n10:11 NEVER_TRUE a\n");
}

TEST(FindWarnings, ShowsTheLineAndACaret) {
  const Checked checked =
      Check(SourceOf({{"all", "issue.product != \"x\""}, {"lamp", "issue.product == \"lamp\""}}));
  const v1::PlaybookWarning& last = checked.found.warnings.back();
  EXPECT_EQ(last.message(),
            "row 'lamp' never decides: 'all' above it takes all that it would take");
  EXPECT_EQ(last.excerpt(), " |     when: issue.product == \"lamp\"\n | ..........^");
}

// Samples are what a customer could send.
TEST(FindWarnings, MakesSamplesThatAreMinimal) {
  const Checked checked = Check(SourceOf({{"vip", "customer.segment == \"vip\"", "desk"},
                                          {"fee", "ticket.category == \"billing.fee\""}}));
  for (const v1::PlaybookWarning& warning : checked.found.warnings) {
    if (warning.kind() != v1::PLAYBOOK_WARNING_KIND_OVERLAP) continue;
    EXPECT_EQ(warning.sample().issue().ShortDebugString(),
              "kind: ISSUE_KIND_COMPLAINT channel: \"web\" text: \"Something is wrong\" "
              "customer { segment: \"vip\" } category: \"billing.fee\"");
  }
}

// Rows at random: what is said never to happen must not happen in any of many random cases.
TEST(FindWarnings, NeverClaimsWhatACaseRefutes) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 dice(seed);
  const auto pick = [&](const std::vector<std::string>& words) {
    return words[dice() % words.size()];
  };
  const std::vector<std::string> terms = {
      "issue.product == \"lamp\"",         "issue.product != \"lamp\"",
      "issue.product in [\"\", \"kettle\"]", "issue.product.startsWith(\"la\")",
      "issue.score.value < 3",             "issue.score.value >= 2",
      "has(issue.score)",                  "ticket.severity >= HIGH",
      "ticket.category == \"billing.fee\"", "ticket.category.startsWith(\"billing.\")",
      "customer.segment == \"vip\"",       "issue.text.mentions([\"red lamp\", \"cat\"])",
      "issue.text.mentions(\"lamp\")",     "issue.text.size() > 4",
      "issue.text.mentions_all([\"cat\", \"dog\"])", "issue.severity == LOW"};
  int claims = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Row> rows;
    for (int i = 0; i < 6; ++i)
      rows.push_back({absl::StrCat("r", i),
                      absl::StrCat("'", pick({"", "!"}), "(", pick(terms), pick({" && ", " || "}),
                                   pick({"", "!"}), "(", pick(terms), ")) && ", pick(terms), "'"),
                      pick({"desk", "billing"})});
    const Checked checked = Check(SourceOf(rows));
    ExpectShown(checked);
    std::vector<std::string> never;
    for (const v1::PlaybookWarning& warning : checked.found.warnings)
      if (warning.kind() == v1::PLAYBOOK_WARNING_KIND_NEVER_TRUE ||
          warning.kind() == v1::PLAYBOOK_WARNING_KIND_SHADOWED)
        never.push_back(warning.rules(0));
    claims += static_cast<int>(never.size());
    for (int i = 0; i < 200; ++i) {
      v1::Issue issue;
      issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
      issue.set_text(
          pick({"", "a red lamp", "cat", "lamp cat dog", "cat and dog", "abcd", "abcde"}));
      issue.set_product(pick({"", "lamp", "kettle", "la", "box"}));
      issue.set_severity(static_cast<v1::Severity>(dice() % 5));
      issue.set_category(pick({"", "billing.fee", "billing.refund"}));
      issue.mutable_customer()->set_segment(pick({"", "vip"}));
      if (dice() % 2 == 0) issue.mutable_score()->set_value(static_cast<int>(dice() % 5));
      const v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), 0);
      const v1::Decision decision = Route(checked.compilation.playbook->rules(),
                                          {issue, NewTicketFacts(issue, customer), customer});
      for (const std::string& row : never) EXPECT_NE(decision.route_rule(), row);
    }
  }
  EXPECT_GT(claims, 0);
}

TEST(FindWarnings, GivesUpOnATableThatIsTooLarge) {
  std::vector<Row> rows;
  for (int i = 0; i < kRowsAnalysedMax; ++i)
    rows.push_back({absl::StrCat("r", i), absl::StrCat("issue.product == \"p", i, "\"")});
  const Checked checked = Check(SourceOf(rows));
  EXPECT_TRUE(checked.found.is_cut);
  EXPECT_TRUE(checked.found.warnings.empty());
}

// Each row cuts each of the others: without a budget this would take for ever.
TEST(FindWarnings, StaysWithinItsBudget) {
  std::vector<Row> rows;
  for (int i = 0; i < 60; ++i)
    rows.push_back({absl::StrCat("r", i),
                    absl::StrCat("issue.text.mentions(\"w", i, "\") && issue.title.mentions(\"v", i,
                                 "\")"),
                    i % 2 == 0 ? "desk" : "billing"});
  rows.push_back({"last", "!issue.text.mentions(\"w1\") && !issue.text.mentions(\"w2\")"});
  const auto start = std::chrono::steady_clock::now();
  const Checked checked = Check(SourceOf(rows));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  EXPECT_EQ(checked.found.warnings.size(), kPlaybookWarningsMax);
  EXPECT_GT(checked.found.left_out, 0u);
}

TEST(FindWarnings, HoldsForTheWorkedPlaybooks) {
  for (const char* name : {"starter", "retail", "bank", "city-hotline"}) {
    std::ifstream file(absl::StrCat("deploy/playbooks/", name, ".yaml"));
    std::stringstream source;
    source << file.rdbuf();
    const Checked checked = Check(source.str());
    ExpectShown(checked);
    EXPECT_FALSE(checked.found.is_cut) << name;
    for (const v1::PlaybookWarning& warning : checked.found.warnings) {
      EXPECT_NE(warning.kind(), v1::PLAYBOOK_WARNING_KIND_NEVER_TRUE) << name << warning.message();
      EXPECT_NE(warning.kind(), v1::PLAYBOOK_WARNING_KIND_SHADOWED) << name << warning.message();
    }
  }
}

}  // namespace
}  // namespace redress::engine
