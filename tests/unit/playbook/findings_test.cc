// Mistakes in playbooks and what is said about them. The table is findings.txt.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/playbook/limits.h"
#include "engine/playbook/playbook.h"
#include "engine/playbook/yaml_tree.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

std::string Good() { return Contents("tests/unit/playbook/good.yaml"); }

// Every finding about a source, as a person sees them.
std::string FindingsIn(absl::string_view source) {
  std::string text;
  for (const Finding& finding : CompilePlaybook(source).findings) {
    absl::StrAppend(&text, Render(finding), "\n");
  }
  return text;
}

// One case of the table.
struct Mistake {
  struct Change {
    std::vector<std::string> from;
    std::vector<std::string> to;
  };
  std::string name;
  std::vector<Change> changes;
  std::string findings;

  std::string Source() const {
    std::string source = Good();
    for (const Change& change : changes) {
      if (change.from.empty()) return absl::StrJoin(change.to, "\n");
      const std::string from = absl::StrJoin(change.from, "\n");
      EXPECT_TRUE(absl::StrContains(source, from)) << from;
      source = absl::StrReplaceAll(source, {{from, absl::StrJoin(change.to, "\n")}});
    }
    return source;
  }
};

// The text behind a mark and a space, if the line has that mark.
std::optional<std::string> Marked(absl::string_view line, absl::string_view mark) {
  if (!absl::ConsumePrefix(&line, mark)) return std::nullopt;
  absl::ConsumePrefix(&line, " ");
  return std::string(line);
}

Mistake ReadMistake(absl::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(text, "\n"), '\n');
  Mistake mistake;
  mistake.name = lines[0];
  size_t i = 1;
  while (i < lines.size() && (Marked(lines[i], "<") || Marked(lines[i], ">"))) {
    Mistake::Change& change = mistake.changes.emplace_back();
    while (i < lines.size() && Marked(lines[i], "<")) {
      change.from.push_back(*Marked(lines[i++], "<"));
    }
    while (i < lines.size() && Marked(lines[i], ">")) {
      change.to.push_back(*Marked(lines[i++], ">"));
    }
  }
  for (; i < lines.size(); ++i) absl::StrAppend(&mistake.findings, lines[i], "\n");
  return mistake;
}

TEST(Findings, AreThoseOfTheTable) {
  const std::string table = Contents("tests/unit/playbook/findings.txt");
  const std::vector<std::string> sections = absl::StrSplit(table, "\n== ");
  ASSERT_GT(sections.size(), 60);
  for (size_t i = 1; i < sections.size(); ++i) {
    const Mistake mistake = ReadMistake(absl::StripSuffix(sections[i], "\n"));
    EXPECT_EQ(FindingsIn(mistake.Source()), mistake.findings) << "== " << mistake.name;
  }
}

TEST(Findings, NoneInAGoodPlaybook) {
  const PlaybookCompilation compilation = CompilePlaybook(Good());
  EXPECT_TRUE(compilation.findings.empty());
  EXPECT_NE(compilation.playbook, nullptr);
  EXPECT_EQ(compilation.examples, 1);
}

// A step that a guard or a clock skips changes nothing, and people move tickets between the steps.
TEST(Findings, NoneOfStepsThatMayFire) {
  constexpr absl::string_view kChains = R"(
clocks:
  - {id: whole, clock: RESOLVE, budget: 1d}
chains:
  - id: moves
    for: {department: desk}
    steps:
      - {id: soon, after: 1h, when: ticket.severity >= HIGH, do: REASSIGN, department: billing}
      - {id: later, after: 1d, do: REASSIGN, department: billing}
      - {id: again, after: 1d, do: REASSIGN, department: billing}
  - id: raises
    for: {level: INITIATIVE}
    steps:
      - {id: up, after: 1h, do: RAISE_LEVEL}
  - id: rest
    steps:
      - {id: vip, after: 1h, when: ticket.segment == "vip", do: SET_SEVERITY, severity: HIGH}
      - {id: late, at: 100% of RESOLVE, do: SET_SEVERITY, severity: HIGH}
      - {id: all, after: 1d, do: SET_SEVERITY, severity: HIGH}
      - {id: one, after: 1h, when: ticket.severity == CRITICAL, do: RAISE_LEVEL}
      - {id: two, after: 1h, when: ticket.severity == HIGH, do: RAISE_LEVEL}
      - {id: three, after: 1h, when: ticket.severity <= MEDIUM, do: RAISE_LEVEL}
)";
  EXPECT_EQ(FindingsIn(absl::StrCat(Good(), kChains)), "");
}

TEST(Findings, EndSomewhere) {
  std::string source = Good();
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&source, "wrong", i, ": x\n");
  EXPECT_EQ(CompilePlaybook(source).findings.size(), cel::kIssuesMax);
}

TEST(Refused, EmptyText) { EXPECT_EQ(FindingsIn(""), "1:1: the text is empty\n | \n | ^\n"); }

TEST(Refused, BytesThatAreNoText) {
  EXPECT_EQ(FindingsIn("playbook: sh\xffop\n"),
            "1:13: the text is not valid UTF-8 here\n | playbook: sh\uFFFDop\n | ............^\n");
  EXPECT_EQ(FindingsIn("playbook: sh\x04op\n"),
            "1:13: a control character is not allowed\n"
            " | playbook: sh\uFFFDop\n | ............^\n");
  EXPECT_EQ(FindingsIn("\xEF\xBB\xBFplaybook: shop\n"),
            "1:1: the text starts with a byte order mark; save it as UTF-8 without one\n"
            " | \uFEFFplaybook: shop\n | ^\n");
}

TEST(Refused, AliasBomb) {
  std::string source = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::vector<std::string> aliases(9, absl::StrCat("*a", i - 1));
    absl::StrAppend(&source, "a", i, ": &a", i, " [", absl::StrJoin(aliases, ", "), "]\n");
  }
  EXPECT_TRUE(absl::StartsWith(FindingsIn(source), "1:5: anchors are not allowed in a playbook\n"));
}

TEST(Refused, NestingBombs) {
  const auto bomb = [](absl::string_view part) {
    std::string source;
    while (source.size() < 500'000) absl::StrAppend(&source, part);
    return FindingsIn(source);
  };
  for (const absl::string_view part : {"[", "{", "- ", "? ", "{a: ", "[a, ", "- ? ", "[{"}) {
    EXPECT_TRUE(absl::StrContains(bomb(part), "nested more than 16 deep")) << part;
  }
}

TEST(Refused, TooManyBytes) {
  EXPECT_TRUE(absl::StartsWith(FindingsIn(std::string(kYamlBytesMax + 1, 'a')),
                               "1:1: the text has 1048577 bytes; 1048576 are allowed\n"));
}

TEST(Refused, TooLongCondition) {
  const std::string condition =
      absl::StrCat("ticket.category == \"", std::string(kConditionBytesMax, 'x'), "\"");
  const std::string source =
      absl::StrReplaceAll(Good(), {{"ticket.category.startsWith(\"billing.\")", condition}});
  EXPECT_TRUE(absl::StartsWith(FindingsIn(source),
                               "15:11: 'when' has 8213 characters; 8192 are allowed\n"));
}

// As many as a table may have; each lacks all that a row needs.
TEST(Refused, AHundredThousandRulesOnOneLine) {
  std::string source = "playbook: long\ndepartments: {desk: {title: D, head: h}}\nroute: [";
  for (size_t i = 0; i < kRowsMax; ++i) source += "{},";
  source += "]\n";
  const PlaybookCompilation compilation = CompilePlaybook(source);
  EXPECT_EQ(compilation.findings.size(), cel::kIssuesMax);
  EXPECT_EQ(compilation.findings.front().line, 3);
  EXPECT_LT(compilation.findings.front().excerpt.size(), 1000u);
}

TEST(Refused, OneRuleMoreThanATableMayHave) {
  std::string source = "playbook: long\ndepartments: {desk: {title: D, head: h}}\nroute: [";
  for (size_t i = 0; i <= kRowsMax; ++i) source += "{},";
  source += "]\n";
  EXPECT_TRUE(absl::StrContains(FindingsIn(source), absl::StrCat(kRowsMax)));
}

std::string WithCondition(const std::string& condition) {
  return absl::StrCat("playbook: x\ndepartments: {desk: {title: D, head: h}}\nroute:\n",
                      "  - id: a\n    when: ", condition,
                      "\n    to: {level: RELAY, department: desk}\n",
                      "  - {id: rest, to: {level: RELAY, department: desk}}\n");
}

TEST(Refused, AnInvalidAndAnEnormousRegularExpression) {
  EXPECT_TRUE(absl::StrContains(FindingsIn(WithCondition("issue.text.matches('(a')")), "5:30: "));
  EXPECT_TRUE(absl::StrContains(
      FindingsIn(WithCondition("issue.text.matches('((a{1000}){1000}){1000}')")), "5:30: "));
}

TEST(Refused, AConditionThatNestsAThousandDeep) {
  const std::string deep =
      absl::StrCat(std::string(1000, '('), "true", std::string(1000, ')'));
  EXPECT_TRUE(absl::StrContains(FindingsIn(WithCondition(deep)), "5:"));
}

// It compiles; when it runs it stops at its steps, and the row counts as not matching.
TEST(CompilePlaybook, StopsAComprehensionThatWouldExplode) {
  std::string list = "[0";
  for (int i = 1; i < 60; ++i) absl::StrAppend(&list, ",", i);
  list += "]";
  const std::string source =
      WithCondition(absl::StrCat("'", list, ".all(a, ", list, ".all(b, ", list, ".all(c, ", list,
                                 ".all(d, a + b + c + d >= 0))))'"));
  const PlaybookCompilation compilation = CompilePlaybook(source);
  ASSERT_NE(compilation.playbook, nullptr);
  const redress::v1::Issue issue;
  const redress::v1::Decision decision = Route(compilation.playbook->rules(), {issue, {}, {}});
  EXPECT_EQ(decision.route_rule(), "rest");
  EXPECT_EQ(decision.errors_size(), 1);
}

}  // namespace
}  // namespace redress::engine
