// Rows below rows, rows for some time, rows for one account, and facts, as YAML.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kHead = R"(playbook: nested
departments:
  billing: {title: Billing, head: a}
  fraud: {title: Fraud, head: b}
  desk: {title: Desk, head: c}
)";

constexpr absl::string_view kTree = R"(route:
  - id: money
    when: issue.text.mentions("money")
    to: {level: ANALYSIS, department: billing, first_answer: 4h, resolution: 3d}
    route:
      - id: stolen
        when: issue.text.mentions("stolen")
        to: {department: fraud, first_answer: 1h}
        route:
          - id: stolen-vip
            when: customer.segment == "vip"
            to: {level: INITIATIVE}
      - id: lost
        when: issue.text.mentions("lost")
  - id: rest
    to: {level: RELAY, department: desk}
)";

std::unique_ptr<const Playbook> Compile(const std::string& source) {
  PlaybookCompilation compilation = CompilePlaybook(source);
  for (const Finding& finding : compilation.findings) ADD_FAILURE() << Render(finding);
  return std::move(compilation.playbook);
}

std::string FindingsOf(const std::string& source) {
  std::string text;
  for (const Finding& finding : CompilePlaybook(source).findings) {
    absl::StrAppend(&text, finding.line, ":", finding.column, ": ", finding.message, "\n");
  }
  return text;
}

v1::Decision Decide(const Playbook& playbook, const std::string& text,
                    const std::string& customer_id = "", const std::string& segment = "",
                    absl::Time now = absl::UnixEpoch()) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  issue.set_text(text);
  issue.mutable_customer()->set_id(customer_id);
  issue.mutable_customer()->set_segment(segment);
  const v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), 0);
  v1::TicketFacts ticket = NewTicketFacts(issue, customer);
  ticket.mutable_decide_time()->set_seconds(absl::ToUnixSeconds(now));
  return Route(playbook.rules(), {issue, ticket, customer});
}

std::string Shown(const v1::Decision& decision) {
  return absl::StrCat(decision.route_rule(), ": ", v1::Level_Name(decision.effects().level()), " ",
                      decision.effects().department(), " ",
                      decision.effects().first_answer().seconds() / 3600, "h ",
                      decision.effects().resolution().seconds() / 86400, "d");
}

TEST(NestedRoute, TakesTheDeepestMatchAndInheritsWhatItDoesNotSet) {
  const auto playbook = Compile(absl::StrCat(kHead, kTree));
  ASSERT_NE(playbook, nullptr);
  EXPECT_EQ(Shown(Decide(*playbook, "money")), "money: LEVEL_ANALYSIS billing 4h 3d");
  EXPECT_EQ(Shown(Decide(*playbook, "money lost")), "lost: LEVEL_ANALYSIS billing 4h 3d");
  EXPECT_EQ(Shown(Decide(*playbook, "stolen money")), "stolen: LEVEL_ANALYSIS fraud 1h 3d");
  EXPECT_EQ(Shown(Decide(*playbook, "stolen money", "", "vip")),
            "stolen-vip: LEVEL_INITIATIVE fraud 1h 3d");
  EXPECT_EQ(Shown(Decide(*playbook, "stolen")), "rest: LEVEL_RELAY desk 0h 0d");
}

TEST(NestedRoute, ShowsAFaultOnceWhereItWasWritten) {
  EXPECT_EQ(FindingsOf(absl::StrCat(kHead, R"(route:
  - id: money
    when: issue.txt == "a"
    to: {level: ANALYSIS, department: billing}
    route:
      - id: below
        when: customer.sgment == "vip"
        to: {department: fraud}
  - id: rest
    to: {level: RELAY, department: desk}
)")),
            "8:16: redress.v1.Issue has no field 'txt'; did you mean 'text'?\n"
            "12:23: redress.v1.CustomerFacts has no field 'sgment'; did you mean 'segment'?\n");
}

TEST(NestedRoute, AsksForConditionsBelowAndForUniqueIds) {
  EXPECT_EQ(FindingsOf(absl::StrCat(kHead, R"(route:
  - id: money
    when: issue.text.mentions("money")
    to: {level: ANALYSIS, department: billing}
    route:
      - id: money
        to: {department: fraud}
  - id: rest
    to: {level: RELAY, department: desk}
)")),
            "11:9: a row below another needs a condition: without a match below, the row above "
            "decides\n"
            "11:13: the id 'money' is used twice in this table\n");
}

TEST(RowInTime, MatchesFromItsBeginningUntilBeforeItsEnd) {
  const auto playbook = Compile(absl::StrCat(kHead, R"(route:
  - id: sale
    from: 2026-11-01
    until: 2026-11-02T08:00:00+08:00
    to: {level: ANALYSIS, department: billing}
  - id: rest
    to: {level: RELAY, department: desk}
)"));
  ASSERT_NE(playbook, nullptr);
  const auto rule_at = [&](const char* time) {
    absl::Time now;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_sec, time, &now, &error)) << error;
    return Decide(*playbook, "x", "", "", now).route_rule();
  };
  EXPECT_EQ(rule_at("2026-10-31T23:59:59Z"), "rest");
  EXPECT_EQ(rule_at("2026-11-01T00:00:00Z"), "sale");
  EXPECT_EQ(rule_at("2026-11-01T23:59:59Z"), "sale");
  EXPECT_EQ(rule_at("2026-11-02T00:00:00Z"), "rest");
}

TEST(RowInTime, SaysWhatIsNoInstantAndWhatEndsBeforeItBegins) {
  EXPECT_EQ(FindingsOf(absl::StrCat(kHead, R"(route:
  - id: a
    from: tomorrow
    to: {level: ANALYSIS, department: billing}
  - id: b
    from: 2026-11-02
    until: 2026-11-01
    to: {level: ANALYSIS, department: billing}
  - id: rest
    to: {level: RELAY, department: desk}
)")),
            "8:11: 'from' must be an instant such as 2026-11-01 or 2026-11-01T09:00:00+08:00, not "
            "'tomorrow'\n"
            "12:12: 'until' must be after 'from'\n");
}

constexpr absl::string_view kOverride = R"(overrides:
  - id: acme-direct
    account: c-1
    until: 2027-01-01
    reason: Agreed in the contract of 2026
    to: {level: ANALYSIS, department: fraud}
)";

TEST(Override, RoutesOneAccountUntilItExpires) {
  const auto playbook = Compile(absl::StrCat(kHead, kOverride, kTree));
  ASSERT_NE(playbook, nullptr);
  const absl::Time late = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(Decide(*playbook, "money", "c-1").route_rule(), "acme-direct");
  EXPECT_EQ(Decide(*playbook, "money", "c-2").route_rule(), "money");
  EXPECT_EQ(Decide(*playbook, "money", "c-1", "", late).route_rule(), "money");
  EXPECT_EQ(playbook->message().route(0).account(), "c-1");
}

TEST(Override, NeedsAnAccountAReasonAndAnEnd) {
  EXPECT_EQ(FindingsOf(absl::StrCat(kHead, R"(overrides:
  - id: acme-direct
    to: {level: ANALYSIS, department: fraud}
)",
                                    kTree)),
            "7:5: an override needs 'account'\n"
            "7:5: an override needs 'reason'\n"
            "7:5: an override needs 'until'\n");
}

TEST(Facts, AreReadAndTheirFaultsShownInPlace) {
  EXPECT_EQ(FindingsOf(absl::StrCat(kHead, R"(facts:
  words: issue.text.mentions_count(["a", "b"])
  more: fact.words + nothing
  1st: "1"
  a: fact.b
  b: fact.a
)",
                                    kTree)),
            "8:22: unknown name 'nothing'\n"
            "9:3: 'fact' must be letters, digits and underscores, and not begin with a digit; not "
            "'1st'\n"
            "10:6: facts use each other in a circle: a -> b -> a\n");
}

}  // namespace
}  // namespace redress::engine
