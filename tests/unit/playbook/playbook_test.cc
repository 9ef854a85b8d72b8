#include "engine/playbook/playbook.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "engine/playbook/yaml_reader.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

std::string RenderAll(const PlaybookCompilation& compilation) {
  std::string text;
  for (const Finding& finding : compilation.findings) {
    absl::StrAppend(&text, Render(finding), "\n");
  }
  return text;
}

v1::Decision Decide(const Playbook& playbook, const v1::Issue& issue) {
  v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), 0);
  v1::TicketFacts ticket = NewTicketFacts(issue, customer);
  return Route(playbook.rules(), {issue, ticket, customer});
}

constexpr absl::string_view kSource = R"(playbook: shop-1
touchpoints:
  checkout: {title: Checkout}
taxonomy:
  billing: {title: Billing}
  billing.double_charge: {title: "Charged twice", touchpoint: checkout}
departments:
  desk: {title: 服务台, head: desk-lead}
classify:
  - {id: all, set: {segment: guest}}
  - id: double-charge
    when: 'issue.text.mentions("charged twice")'
    set: {category: billing.double_charge, severity: HIGH, touchpoint: checkout, segment: vip}
route:
  - {id: thanks, when: issue.kind == PRAISE, to: {record: true}}
  - id: rest
    to: {level: INITIATIVE, department: desk, first_answer: 30m, resolution: 1d12h,
         confirmation: 3d, reopen_window: 90s}
expect:
  - issue:
      text: "charged twice"
      kind: SUGGESTION
      channel: app
      title: A title
      severity: LOW
      customer: {id: c-1, segment: vip, value_tier: gold}
      touchpoint: checkout
      category: billing
      language: zh-Hans
      product: card
      attributes: {region: east, plan: "5"}
    route: {level: INITIATIVE, department: desk, rule: rest, category: billing.double_charge,
            severity: HIGH, record: false}
  - issue: {kind: SCORE, score: {type: NPS, value: 10}}
    given: {open_tickets: 3, cycle: 2, reopen_cause: NOT_FIXED, transfers: 1}
    route: {record: false}
  - issue: {kind: ALERT, alert: {source: prom, name: Down, labels: {host: a}}}
    route: {rule: rest}
)";

TEST(CompilePlaybook, ReadsEveryField) {
  const PlaybookCompilation compilation = CompilePlaybook(kSource);
  ASSERT_EQ(RenderAll(compilation), "");
  ASSERT_NE(compilation.playbook, nullptr);
  EXPECT_EQ(compilation.examples, 3);
  EXPECT_EQ(compilation.playbook->message().Utf8DebugString(), R"text(name: "shop-1"
taxonomy {
  id: "billing"
  title: "Billing"
}
taxonomy {
  id: "billing.double_charge"
  title: "Charged twice"
  touchpoint: "checkout"
}
touchpoints {
  id: "checkout"
  title: "Checkout"
}
departments {
  id: "desk"
  title: "服务台"
  head: "desk-lead"
}
classify {
  id: "all"
  segment: "guest"
}
classify {
  id: "double-charge"
  when: "issue.text.mentions(\"charged twice\")"
  category: "billing.double_charge"
  severity: SEVERITY_HIGH
  touchpoint: "checkout"
  segment: "vip"
}
route {
  id: "thanks"
  when: "issue.kind == PRAISE"
  record: true
}
route {
  id: "rest"
  level: LEVEL_INITIATIVE
  department: "desk"
  first_answer {
    seconds: 1800
  }
  resolution {
    seconds: 129600
  }
  confirmation {
    seconds: 259200
  }
  reopen_window {
    seconds: 90
  }
}
examples {
  issue {
    kind: ISSUE_KIND_SUGGESTION
    channel: "app"
    text: "charged twice"
    title: "A title"
    customer {
      id: "c-1"
      segment: "vip"
      value_tier: "gold"
    }
    touchpoint: "checkout"
    category: "billing"
    severity: SEVERITY_LOW
    language: "zh-Hans"
    product: "card"
    attributes {
      name: "region"
      value: "east"
    }
    attributes {
      name: "plan"
      value: "5"
    }
  }
  level: LEVEL_INITIATIVE
  department: "desk"
  rule: "rest"
  category: "billing.double_charge"
  severity: SEVERITY_HIGH
  record: false
}
examples {
  issue {
    kind: ISSUE_KIND_SCORE
    channel: "phone"
    score {
      type: SCORE_TYPE_NPS
      value: 10
    }
  }
  record: false
  history {
    open_tickets: 3
    cycle: 2
    reopen_cause: REOPEN_CAUSE_NOT_FIXED
    transfers: 1
  }
}
examples {
  issue {
    kind: ISSUE_KIND_ALERT
    channel: "phone"
    alert {
      source: "prom"
      name: "Down"
      labels {
        name: "host"
        value: "a"
      }
    }
  }
  rule: "rest"
}
)text");
}

TEST(CompilePlaybook, HashesTheSource) {
  const PlaybookCompilation compilation = CompilePlaybook(kSource);
  EXPECT_EQ(compilation.playbook_hash, absl::BytesToHexString(base::Sha256(kSource)));
  ASSERT_NE(compilation.playbook, nullptr);
  EXPECT_EQ(compilation.playbook->hash(), compilation.playbook_hash);
  EXPECT_EQ(compilation.playbook->name(), "shop-1");
  EXPECT_EQ(CompilePlaybook("x").playbook_hash, absl::BytesToHexString(base::Sha256("x")));
}

TEST(CompilePlaybook, DecidesAfterItsSourceIsGone) {
  auto source = std::make_unique<std::string>(kSource);
  const PlaybookCompilation compilation = CompilePlaybook(*source);
  source.reset();
  ASSERT_NE(compilation.playbook, nullptr);
  v1::Issue issue;
  issue.set_text("I was CHARGED twice");
  const v1::Decision decision = Decide(*compilation.playbook, issue);
  EXPECT_EQ(decision.playbook_hash(), compilation.playbook_hash);
  EXPECT_EQ(decision.route_rule(), "rest");
  EXPECT_EQ(decision.effects().segment(), "vip");
}

TEST(Playbook, FindsDepartments) {
  const PlaybookCompilation compilation = CompilePlaybook(kSource);
  ASSERT_NE(compilation.playbook, nullptr);
  ASSERT_NE(compilation.playbook->FindDepartment("desk"), nullptr);
  EXPECT_EQ(compilation.playbook->FindDepartment("desk")->head(), "desk-lead");
  EXPECT_EQ(compilation.playbook->FindDepartment("billing"), nullptr);
}

TEST(ParseSpan, TakesUnitsFromLargeToSmall) {
  EXPECT_EQ(ParseSpan("90s"), 90);
  EXPECT_EQ(ParseSpan("30m"), 1'800);
  EXPECT_EQ(ParseSpan("4h"), 14'400);
  EXPECT_EQ(ParseSpan("3d"), 259'200);
  EXPECT_EQ(ParseSpan("1d12h"), 129'600);
  EXPECT_EQ(ParseSpan("1d1h1m1s"), 90'061);
  for (const char* text : {"", "0s", "4", "h", "4 h", "4H", "1h1d", "1h1h", "-1h", "1.5h", "+1h",
                           "3651d", "9999999999s", "4h30", "1w"}) {
    EXPECT_EQ(ParseSpan(text), std::nullopt) << text;
  }
}

// Every prefix of a good text is read to its end or refused, and nothing worse.
TEST(CompilePlaybook, SurvivesTextsThatBreakOff) {
  for (size_t size = 0; size < kSource.size(); ++size) {
    const PlaybookCompilation compilation = CompilePlaybook(kSource.substr(0, size));
    EXPECT_NE(compilation.playbook == nullptr, compilation.findings.empty()) << size;
  }
}

TEST(CompilePlaybook, SurvivesMissingAndForeignBytes) {
  for (size_t at = 0; at < kSource.size(); at += 3) {
    for (const absl::string_view other : {"", ":", "\n", "[", "\"", "\xE9"}) {
      const std::string source = absl::StrCat(kSource.substr(0, at), other, kSource.substr(at + 1));
      const PlaybookCompilation compilation = CompilePlaybook(source);
      EXPECT_NE(compilation.playbook == nullptr, compilation.findings.empty()) << at << other;
    }
  }
}

TEST(StarterPlaybook, CompilesAndKeepsItsExamples) {
  std::ifstream file("deploy/playbooks/starter.yaml");
  std::stringstream source;
  source << file.rdbuf();
  const PlaybookCompilation compilation = CompilePlaybook(source.str());
  EXPECT_EQ(RenderAll(compilation), "");
  EXPECT_GE(compilation.examples, 25);
}

}  // namespace
}  // namespace redress::engine
