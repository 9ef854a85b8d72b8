#include "engine/rules/route.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

std::string Rules(const v1::Decision& decision) {
  return absl::StrCat(absl::StrJoin(decision.classify_rules(), ","), " -> ", decision.route_rule());
}

bool ReadsWords(const std::string& condition) {
  TablesBuilder builder;
  return builder.Route("row", condition).Build()->reads_words();
}

TEST(RuleTables, KnowWhetherARowLooksAtWhatTheReporterWrote) {
  for (const char* condition :
       {"issue.text.mentions('lamp')", "issue.text == ''", "has(issue.text)", "issue == issue",
        "issue.contact.email.endsWith('.org')", "has(issue.contact)",
        "issue.product == 'lamp' || [issue].exists(i, i.text == '')"})
    EXPECT_TRUE(ReadsWords(condition)) << condition;
  for (const char* condition :
       {"", "issue.product == 'lamp'", "issue.title.mentions('lamp')", "has(issue.score)",
        "issue.attributes.exists(a, a.name == 'text')", "customer.segment == 'vip'",
        "ticket.severity >= HIGH && has(issue.alert) && issue.alert.name == 'x'"})
    EXPECT_FALSE(ReadsWords(condition)) << condition;
}

TEST(RuleTables, KnowWhetherADerivedFactLooksAtWhatTheReporterWrote) {
  TablesBuilder builder;
  auto& fact = *builder.playbook().add_facts();
  fact.set_name("angry");
  fact.set_is("issue.text.mentions('never again')");
  EXPECT_TRUE(builder.Route("row", "fact.angry").Build()->reads_words());
}

TEST(Route, AppliesEveryMatchingClassifyRowInOrder) {
  TablesBuilder builder;
  builder.Classify("a", "true", "first", v1::SEVERITY_LOW)
      .Classify("no", "false", "never")
      .Classify("b", "ticket.category == 'first' && ticket.severity == LOW", "second")
      .Classify("c", "ticket.category == 'first'", "third");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), "a,b -> rest");
  EXPECT_EQ(decision.effects().category(), "second");
  EXPECT_EQ(decision.effects().severity(), v1::SEVERITY_LOW);
  EXPECT_EQ(decision.playbook_hash(), "hash");
}

TEST(Route, TakesTheFirstMatchingRouteRow) {
  TablesBuilder builder;
  builder.Route("no", "issue.kind == PRAISE").Route("one", "true", "d1").Route("two", "true", "d2");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), " -> one");
  EXPECT_EQ(decision.effects().department(), "d1");
}

TEST(Route, RowsMaySetTouchpointAndSegment) {
  TablesBuilder builder;
  builder.Classify("a", "", "");
  builder.last_classify().set_touchpoint("checkout");
  builder.last_classify().set_segment("vip");
  builder.Route("seen", "ticket.touchpoint == 'checkout' && ticket.segment == 'vip'");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), "a -> seen");
  EXPECT_EQ(decision.effects().touchpoint(), "checkout");
  EXPECT_EQ(decision.effects().segment(), "vip");
}

TEST(Route, BeginsWithWhatTheSenderSaid) {
  TablesBuilder builder;
  builder.Route("seen",
                "ticket.category == 'billing' && ticket.severity == HIGH && "
                "ticket.touchpoint == 'app' && ticket.segment == 'vip' && "
                "customer.value_tier == 'gold' && customer.id == 'c-1'");
  const auto tables = builder.Build();
  v1::Issue issue = Complaint("x");
  issue.set_category("billing");
  issue.set_severity(v1::SEVERITY_HIGH);
  issue.set_touchpoint("app");
  issue.mutable_customer()->set_id("c-1");
  issue.mutable_customer()->set_segment("vip");
  issue.mutable_customer()->set_value_tier("gold");
  const v1::Decision decision = Route(*tables, InputOf(issue));
  EXPECT_EQ(decision.route_rule(), "seen");
  EXPECT_EQ(decision.ticket_facts().category(), "billing");
  EXPECT_EQ(decision.customer_facts().value_tier(), "gold");
}

TEST(Route, FillsTheTouchpointFromTheTaxonomyWhenNobodySaid) {
  TablesBuilder builder;
  builder.Category("billing", "checkout")
      .Classify("a", "", "billing")
      .Route("seen", "ticket.touchpoint == 'checkout'");
  const auto tables = builder.Build();
  v1::Issue issue = Complaint("x");
  EXPECT_EQ(Route(*tables, InputOf(issue)).route_rule(), "seen");
  issue.set_touchpoint("app");
  EXPECT_EQ(Route(*tables, InputOf(issue)).effects().touchpoint(), "app");
}

TEST(Route, SeverityIsMediumForTheRouteTableWhenNobodySaid) {
  TablesBuilder builder;
  builder.Classify("unknown", "ticket.severity == 0", "")
      .Route("seen", "ticket.severity == MEDIUM");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), "unknown -> seen");
  EXPECT_EQ(decision.effects().severity(), v1::SEVERITY_MEDIUM);
  EXPECT_EQ(decision.ticket_facts().severity(), v1::SEVERITY_UNSPECIFIED);
}

TEST(Route, GivesPromisesOrTheirDefaults) {
  TablesBuilder builder;
  builder.Route("own", "issue.text == 'own'");
  builder.last_route().mutable_first_answer()->set_seconds(60);
  builder.last_route().mutable_resolution()->set_seconds(120);
  builder.last_route().mutable_confirmation()->set_seconds(180);
  builder.last_route().mutable_reopen_window()->set_seconds(240);
  const auto tables = builder.Build();
  const v1::Effects own = Route(*tables, InputOf(Complaint("own"))).effects();
  EXPECT_EQ(own.first_answer().seconds(), 60);
  EXPECT_EQ(own.resolution().seconds(), 120);
  EXPECT_EQ(own.confirmation().seconds(), 180);
  EXPECT_EQ(own.reopen_window().seconds(), 240);
  const v1::Effects rest = Route(*tables, InputOf(Complaint("x"))).effects();
  EXPECT_FALSE(rest.has_first_answer());
  EXPECT_FALSE(rest.has_resolution());
  EXPECT_EQ(rest.confirmation().seconds(), kConfirmationDefaultSeconds);
  EXPECT_EQ(rest.reopen_window().seconds(), kReopenWindowDefaultSeconds);
}

TEST(Route, RecordedIssueCountsForTheLastRowsDepartment) {
  TablesBuilder builder;
  builder.Route("thanks", "issue.kind == PRAISE", "");
  builder.last_route().set_record(true);
  builder.last_route().clear_level();
  const auto tables = builder.Build();
  v1::Issue issue = Complaint("thanks");
  issue.set_kind(v1::ISSUE_KIND_PRAISE);
  const v1::Effects effects = Route(*tables, InputOf(issue)).effects();
  EXPECT_TRUE(effects.record_only());
  EXPECT_EQ(effects.level(), v1::LEVEL_RELAY);
  EXPECT_EQ(effects.department(), "desk");
}

TEST(Route, KeepsFailedConditionsAndGoesOn) {
  TablesBuilder builder;
  builder.Classify("bad", "1 / (ticket.cycle) == 1", "never")
      .Classify("good", "true", "yes")
      .Route("bad-too", "issue.attributes[3].name == 'x'");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), "good -> rest");
  ASSERT_EQ(decision.errors_size(), 2);
  EXPECT_EQ(decision.errors(0).rule(), "bad");
  EXPECT_THAT(decision.errors(0).message(), testing::HasSubstr("zero"));
  EXPECT_EQ(decision.errors(1).rule(), "bad-too");
  EXPECT_NE(decision.errors(1).message(), "");
}

TEST(Route, FailuresKeepNothingOfWhatTheCustomerWrote) {
  TablesBuilder builder;
  builder.Classify("number", "int(issue.text) > 3", "")
      .Classify("key", "{'a': 1}[issue.text] > 3", "")
      .Classify("pattern", "'x'.matches(issue.text)", "");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("(call: John's [mother")));
  std::vector<std::string> messages;
  for (const v1::RuleError& error : decision.errors()) messages.push_back(error.message());
  EXPECT_THAT(messages, testing::ElementsAre("a text cannot be read as an int", "no such key",
                                             "the pattern is not valid"));
}

TEST(Route, KeepsABoundedNumberOfFailures) {
  TablesBuilder builder;
  for (int i = 0; i < kRuleErrorsMax + 10; ++i) {
    builder.Classify(absl::StrCat("bad", i), "1 / ticket.cycle == 1", "never");
  }
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(decision.errors_size(), kRuleErrorsMax);
  EXPECT_EQ(decision.effects().category(), "");
}

TEST(Route, StopsAConditionThatTakesTooLong) {
  TablesBuilder builder;
  std::string digits = "[1";
  for (int i = 0; i < 200; ++i) absl::StrAppend(&digits, ",1");
  absl::StrAppend(&digits, "]");
  builder.Classify("slow",
                   absl::StrCat(digits, ".all(a, ", digits, ".all(b, ", digits,
                                ".all(c, a + b + c + ticket.cycle > 0)))"),
                   "never");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), " -> rest");
  EXPECT_EQ(decision.errors_size(), 1);
}

// True, after half of the steps that a condition may take.
std::string SlowCondition() {
  std::string digits = "[1";
  for (int i = 0; i < 60; ++i) absl::StrAppend(&digits, ",1");
  absl::StrAppend(&digits, "]");
  return absl::StrCat(digits, ".all(a, ", digits, ".all(b, a + b > 0))");
}

void AddSlowRows(int count, TablesBuilder& builder) {
  const std::string condition = absl::StrCat("!", SlowCondition());
  for (int i = 0; i < count; ++i) builder.Classify(absl::StrCat("slow", i), condition, "never");
}

TEST(Route, StopsRowsThatTogetherTakeTooLong) {
  TablesBuilder builder;
  AddSlowRows(400, builder);
  builder.Classify("needs-none", "issue.product == 'lamp'", "cheap");
  builder.Classify("needs-some", "[issue.product].all(p, p == 'lamp')", "dear");
  const auto tables = builder.Build();
  v1::Issue issue = Complaint("x");
  issue.set_product("lamp");
  const v1::Decision decision = Route(*tables, InputOf(issue));
  EXPECT_EQ(Rules(decision), "needs-none -> rest");
  ASSERT_EQ(decision.errors_size(), kRuleErrorsMax);
  EXPECT_EQ(decision.errors(0).message(),
            "the conditions of one decision need more steps than they may take");
  EXPECT_EQ(Explain(*tables, InputOf(issue)).decision.SerializeAsString(),
            decision.SerializeAsString());
}

TEST(Route, LetsManyRowsTakeTheirSteps) {
  TablesBuilder builder;
  AddSlowRows(50, builder);
  builder.Classify("needs-some", "[issue.channel].all(c, c == 'phone')", "dear");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), "needs-some -> rest");
  EXPECT_EQ(decision.errors_size(), 0);
}

TEST(Route, CountsTheStepsOfFactsToo) {
  TablesBuilder builder;
  for (int i = 0; i < 200; ++i) {
    auto& fact = *builder.playbook().add_facts();
    fact.set_name(absl::StrCat("slow", i));
    fact.set_is(SlowCondition());
  }
  builder.Classify("last", "fact.slow199", "never");
  const auto tables = builder.Build();
  const v1::Decision decision = Route(*tables, InputOf(Complaint("x")));
  EXPECT_EQ(Rules(decision), " -> rest");
  EXPECT_EQ(decision.errors_size(), 1);
}

TEST(Route, SameInputGivesTheSameBytes) {
  TablesBuilder builder;
  builder.Classify("a", "issue.text.mentions('twice')", "x").Route("r", "ticket.category == 'x'");
  const auto tables = builder.Build();
  const v1::Issue issue = Complaint("charged twice");
  EXPECT_EQ(Route(*tables, InputOf(issue)).SerializeAsString(),
            Route(*tables, InputOf(issue)).SerializeAsString());
}

TEST(Mentions, WorksOnLiteralsListsAndOtherFields) {
  TablesBuilder builder;
  builder.Classify("list", R"(issue.text.mentions(["charged twice", "重复扣款"]))", "")
      .Classify("single", "issue.text.mentions('TWICE')", "")
      .Classify("none", "issue.text.mentions('thrice')", "")
      .Classify("title", "issue.title.mentions('refund')", "")
      .Classify("value", "issue.attributes.exists(a, a.value.mentions('vip'))", "")
      .Classify("made", "(issue.title + ' x').mentions('refund x')", "")
      .Classify("unknown", "issue.text.mentions(issue.product)", "")
      .Classify("lower", "issue.title.lowerAscii() == 'refund'", "");
  const auto tables = builder.Build();
  v1::Issue issue = Complaint("I was Charged  Twice");
  issue.set_title("Refund");
  issue.set_product("charged");
  issue.add_attributes()->set_value("a VIP guest");
  EXPECT_EQ(Rules(Route(*tables, InputOf(issue))),
            "list,single,title,value,made,unknown,lower -> rest");
  EXPECT_EQ(Rules(Route(*tables, InputOf(Complaint("被重复扣款了")))), "list -> rest");
  EXPECT_EQ(Route(*tables, InputOf(Complaint("被重复扣款了"))).errors_size(), 1);
}

TEST(Mentions, RefusesPhrasesThatCanNeverWork) {
  v1::Playbook playbook;
  for (const std::string& when :
       {std::string("issue.text.mentions('')"), std::string("issue.text.mentions([])"),
        std::string("issue.text.mentions(['a', ' '])"),
        absl::StrCat("issue.text.mentions('", std::string(kPhraseBytesMax + 1, 'a'), "')"),
        std::string("issue.text.mentions(1)")}) {
    playbook.add_classify()->set_when(when);
  }
  std::vector<std::string> messages;
  for (const ConditionFault& fault : CheckConditions(playbook)) {
    messages.push_back(absl::StrCat(fault.row, ": ", fault.issue.message));
  }
  EXPECT_THAT(messages, testing::ElementsAre("0: mentions() has an empty phrase",
                                             "1: mentions() needs a phrase",
                                             "2: mentions() has an empty phrase",
                                             "3: a phrase has 257 bytes; 256 are allowed",
                                             testing::StartsWith("4: ")));
}

TEST(CheckConditions, WantsTruthValuesOfKnownNames) {
  v1::Playbook playbook;
  playbook.add_classify()->set_when("issue.text");
  playbook.add_classify()->set_when("ticket.severity >= HIHG");
  playbook.add_route()->set_when("customer.segmnt == 'vip'");
  std::vector<std::string> lines;
  for (const ConditionFault& fault : CheckConditions(playbook)) {
    lines.push_back(absl::StrCat(RuleTableName(fault.table), " ", fault.row, " ",
                                 fault.issue.position.column, ": ", fault.issue.message));
  }
  EXPECT_THAT(lines,
              testing::ElementsAre("classify 0 1: a condition is true or false, but this is string",
                                   testing::AllOf(testing::StartsWith("classify 1 20: "),
                                                  testing::HasSubstr("did you mean 'HIGH'?")),
                                   testing::AllOf(testing::StartsWith("route 0 9: "),
                                                  testing::HasSubstr("did you mean 'segment'?"))));
}

}  // namespace
}  // namespace redress::engine
