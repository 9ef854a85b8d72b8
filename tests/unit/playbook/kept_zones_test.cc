// Conditions that name time zones: their rules are kept with the playbook.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/cel/arena.h"
#include "engine/cel/planner.h"
#include "engine/playbook/playbook.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

std::string SourceWith(const std::string& condition) {
  return absl::StrCat(R"(playbook: zones
departments: {desk: {title: Desk, head: a}, night: {title: Night, head: b}}
route:
  - id: night
    when: )", condition, R"(
    to: {level: RELAY, department: night}
  - {id: rest, to: {level: RELAY, department: desk}}
)");
}

const std::string kSource = SourceWith("ticket.decide_time.getHours(\"Asia/Shanghai\") >= 22");

// A world whose one zone is ahead of UTC by so much, always.
ZoneSource ZonesAhead(int32_t seconds) {
  return [seconds](const std::string& name) -> std::optional<base::ZoneRules> {
    if (name != "Asia/Shanghai") return std::nullopt;
    return base::ZoneRules{name, "test", {{0, seconds}}};
  };
}

std::string RowAt(const Playbook& playbook, int hour) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  v1::TicketFacts ticket;
  ticket.mutable_decide_time()->set_seconds(1'790'000'000 / 86'400 * 86'400 + hour * 3600);
  return Route(playbook.rules(), {issue, ticket, v1::CustomerFacts()}).route_rule();
}

std::string FindingsOf(const std::string& source) {
  std::string text;
  for (const Finding& finding : CompilePlaybook(source).findings)
    absl::StrAppend(&text, finding.line, ":", finding.column, ": ", finding.message, "\n");
  return text;
}

TEST(KeptZones, DecideByTheRulesThatWerePublished) {
  const PlaybookCompilation published = CompilePlaybook(kSource, ZonesAhead(8 * 3600));
  ASSERT_NE(published.playbook, nullptr);
  EXPECT_EQ(RowAt(*published.playbook, 14), "night");
  EXPECT_EQ(RowAt(*published.playbook, 13), "rest");
  ASSERT_EQ(published.playbook->zones().size(), 1);
  // A law has changed since; the published rules hold.
  const PlaybookCompilation later =
      CompilePlaybook(kSource, PublishedZones(published.playbook->zones()));
  EXPECT_EQ(RowAt(*later.playbook, 14), "night");
  EXPECT_EQ(later.playbook_hash, published.playbook_hash);
  const PlaybookCompilation anew = CompilePlaybook(kSource, ZonesAhead(7 * 3600));
  EXPECT_EQ(RowAt(*anew.playbook, 14), "rest");
  EXPECT_NE(anew.playbook_hash, published.playbook_hash);
}

TEST(KeptZones, ExplainByTheSameRules) {
  const PlaybookCompilation published = CompilePlaybook(kSource, ZonesAhead(8 * 3600));
  v1::Issue issue;
  v1::TicketFacts ticket;
  ticket.mutable_decide_time()->set_seconds(13 * 3600);
  const Explanation explanation =
      Explain(published.playbook->rules(), {issue, ticket, v1::CustomerFacts()});
  EXPECT_EQ(explanation.rows.front().first_false(),
            "ticket.decide_time.getHours(\"Asia/Shanghai\") >= 22");
}

TEST(KeptZones, RefuseZonesThatAreUnknownOrNotWrittenOut) {
  EXPECT_EQ(FindingsOf(SourceWith("ticket.decide_time.getHours(\"Asia/Shanghay\") >= 22")),
            "5:39: no time zone is named 'Asia/Shanghay'\n");
  EXPECT_EQ(FindingsOf(SourceWith("ticket.decide_time.getHours(issue.product) >= 22")),
            "5:44: the zone must be written out, so that its rules can be kept\n");
}

TEST(KeptZones, NeedNoRulesForOffsets) {
  const PlaybookCompilation compilation = CompilePlaybook(
      SourceWith("ticket.decide_time.getHours(\"+08:00\") >= 22"), ZonesAhead(0));
  ASSERT_NE(compilation.playbook, nullptr);
  EXPECT_EQ(RowAt(*compilation.playbook, 14), "night");
  EXPECT_TRUE(compilation.playbook->zones().empty());
}

// The same as CEL's own functions, at random instants of the years for which rules are read.
TEST(KeptZones, AgreeWithCelsOwnFunctions) {
  const std::string zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/St_Johns",
                               "Australia/Lord_Howe", "Africa/Casablanca", "+05:30"};
  const std::string parts[] = {"getFullYear", "getMonth",   "getDate",    "getDayOfMonth",
                               "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
                               "getSeconds",  "getMilliseconds"};
  for (const std::string& zone : zones) {
    for (const std::string& part : parts) {
      const std::string call = absl::StrCat("ticket.decide_time.", part, "(\"", zone, "\")");
      cel::Environment own;
      own.AddVariable("ticket", cel::Type::Message(v1::TicketFacts::descriptor()));
      Vocabulary kept([](const std::string& name) -> const base::ZoneRules* {
        static std::map<std::string, base::ZoneRules> rules;
        return &rules.try_emplace(name, *base::ReadZoneRules(name)).first->second;
      });
      const auto own_program = cel::Compile(call, own);
      const auto kept_program = cel::Compile(call, kept.environment());
      ASSERT_TRUE(own_program.ok() && kept_program.ok()) << call;
      kept.Seal();
      for (int64_t i = 0; i < 300; ++i) {
        v1::TicketFacts ticket;
        ticket.mutable_decide_time()->set_seconds(i * 13'497'217);
        const v1::Issue issue;
        const v1::CustomerFacts customer;
        const DecisionFacts facts(kept, issue, ticket, customer);
        cel::Activation activation(own);
        activation.Set(0, cel::Value::Message(ticket));
        cel::Arena arena;
        EXPECT_EQ(cel::ToString(own_program.value().Run(activation, arena)),
                  cel::ToString(kept_program.value().Run(facts.activation(), arena)))
            << call << " at " << ticket.decide_time().seconds();
      }
    }
  }
}

}  // namespace
}  // namespace redress::engine
