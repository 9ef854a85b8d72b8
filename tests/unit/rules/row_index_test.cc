#include "engine/rules/row_index.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

RowIndex::Candidates Find(const RuleTables& tables, const RowIndex& index, const v1::Issue& issue,
                          RowIndex::Wanted wanted = RowIndex::Wanted::kAll) {
  const v1::CustomerFacts customer = CustomerFactsOf(issue.customer(), 0);
  const v1::TicketFacts ticket = NewTicketFacts(issue, customer);
  return index.Find(DecisionFacts(tables.vocabulary(), issue, ticket, customer), wanted);
}

std::vector<uint32_t> RowsOf(const RowIndex::Candidates& candidates) {
  std::vector<uint32_t> rows;
  for (const RowIndex::Candidate& candidate : candidates) rows.push_back(candidate.row);
  return rows;
}

// The numbers of the route rows with these conditions that may match, but for the last, which has
// none.
std::vector<uint32_t> Candidates(const std::vector<std::string>& conditions,
                                 const v1::Issue& issue) {
  TablesBuilder builder;
  for (const std::string& condition : conditions)
    builder.Route(absl::StrCat("r", builder.playbook().route_size()), condition);
  const auto tables = builder.Build();
  std::vector<uint32_t> rows = RowsOf(Find(*tables, tables->route_index(), issue));
  EXPECT_EQ(rows.back(), conditions.size());
  rows.pop_back();
  return rows;
}

v1::Issue LampOfVip() {
  v1::Issue issue = Complaint("x");
  issue.set_product("lamp");
  issue.set_channel("app");
  issue.mutable_customer()->set_segment("vip");
  return issue;
}

// Of each candidate among the route rows, whether it is proved.
std::vector<bool> Proved(const RuleTables& tables, const v1::Issue& issue) {
  std::vector<bool> proved;
  for (const RowIndex::Candidate& candidate : Find(tables, tables.route_index(), issue))
    proved.push_back(candidate.is_proved);
  return proved;
}

TEST(RowIndex, LeavesOutRowsThatDemandAnotherText) {
  EXPECT_THAT(Candidates({"issue.product == 'lamp'", "issue.product == 'kettle'",
                          "'lamp' == issue.product", "customer.segment == 'new'",
                          "customer.segment == 'vip' && issue.severity < HIGH"},
                         LampOfVip()),
              testing::ElementsAre(0, 2, 4));
}

TEST(RowIndex, KeepsRowsThatMayMatchWithoutTheText) {
  EXPECT_THAT(Candidates({"issue.product == 'kettle' || true", "!(issue.product == 'kettle')",
                          "issue.product != 'kettle'", "issue.customer.segment != 'vip'", "",
                          "true", "issue.product.startsWith('')"},
                         LampOfVip()),
              testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(RowIndex, KnowsWhatTheTicketSaysOnlyWhereNoRowChangesIt) {
  TablesBuilder builder;
  builder.Classify("c", "ticket.segment == 'new'", "one").Route("r", "ticket.segment == 'new'");
  const auto tables = builder.Build();
  EXPECT_THAT(RowsOf(Find(*tables, tables->classify_index(), LampOfVip())),
              testing::ElementsAre(0));
  EXPECT_THAT(RowsOf(Find(*tables, tables->route_index(), LampOfVip())), testing::ElementsAre(1));
}

TEST(RowIndex, FilesARowUnderEachValueThatWillDo) {
  EXPECT_THAT(
      Candidates({"issue.product in ['lamp', 'lamp', 'shade']", "issue.product in ['kettle']",
                  "issue.product in []", "issue.product in ['lamp'] && issue.channel in ['web']",
                  "issue.product in ['lamp', 'x'] && issue.channel in ['web', 'app']"},
                 LampOfVip()),
      testing::ElementsAre(0, 4));
}

TEST(RowIndex, KnowsEnumsAndNumbers) {
  EXPECT_THAT(Candidates({"issue.kind == COMPLAINT", "issue.kind == PRAISE",
                          "issue.kind in [PRAISE, COMPLAINT]", "customer.open_tickets == 0",
                          "1 == customer.open_tickets"},
                         LampOfVip()),
              testing::ElementsAre(0, 2, 3));
}

TEST(RowIndex, KnowsBounds) {
  v1::Issue issue = LampOfVip();
  issue.mutable_score()->set_value(3);
  EXPECT_THAT(
      Candidates({"issue.score.value < 3", "issue.score.value <= 3", "issue.score.value > 3",
                  "issue.score.value >= 3", "3 < issue.score.value", "4 > issue.score.value",
                  "issue.product == 'lamp' && issue.score.value < 3",
                  "issue.product == 'lamp' && issue.score.value < 4",
                  "issue.score.value < -9223372036854775807 - 1",
                  "issue.score.value == 3 && issue.score.value >= 3"},
                 issue),
      testing::ElementsAre(1, 3, 5, 7, 8, 9));
}

TEST(RowIndex, KnowsBeginningsOfTexts) {
  EXPECT_THAT(Candidates({"issue.product.startsWith('la')", "issue.product.startsWith('lamp')",
                          "issue.product.startsWith('lamps')", "issue.product.startsWith('ke')",
                          "issue.product.startsWith(issue.channel)"},
                         LampOfVip()),
              testing::ElementsAre(0, 1, 4));
}

TEST(RowIndex, FilesARowUnderEachOfItsAlternatives) {
  EXPECT_THAT(Candidates({"issue.product == 'kettle' || issue.channel == 'app'",
                          "issue.product == 'lamp' || issue.channel == 'app'",
                          "issue.product == 'kettle' || issue.channel == 'web' && true"},
                         LampOfVip()),
              testing::ElementsAre(0, 1));
}

// More lists than a row has places, and more sets of fields than an index has shapes.
TEST(RowIndex, StaysSmallAndStillFindsWhatMatches) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 40; ++i) numbers.push_back(absl::StrCat("'", i, "'"));
  const std::string list = absl::StrCat("[", absl::StrJoin(numbers, ", "), ", 'lamp', 'app']");
  std::vector<std::string> conditions = {
      absl::StrCat("issue.product in ", list, " && issue.channel in ", list)};
  const std::vector<std::string> fields = {
      "issue.product", "issue.channel",       "issue.language",   "issue.category",
      "issue.key",     "issue.touchpoint",    "issue.follows",    "issue.title",
      "customer.id",   "customer.value_tier", "customer.segment", "ticket.department"};
  for (size_t i = 0; i < fields.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      conditions.push_back(absl::StrCat(fields[i], " == 'lamp' && ", fields[j], " == 'app'"));
  EXPECT_GT(conditions.size(), kShapesMax);
  const std::vector<uint32_t> few = Candidates(conditions, LampOfVip());
  EXPECT_THAT(few, testing::Contains(0));
  EXPECT_LT(few.size(), conditions.size() / 10);
  v1::Issue issue = LampOfVip();
  issue.set_product("app");
  issue.set_channel("lamp");
  issue.set_title("lamp");
  issue.set_follows("lamp");
  const std::vector<uint32_t> found = Candidates(conditions, issue);
  for (const uint32_t row : {0, 1, 16, 22}) EXPECT_THAT(found, testing::Contains(row));
}

TEST(RowIndex, KeepsARowOnlyIfAllItsDemandsAreFulfilled) {
  EXPECT_THAT(
      Candidates({"issue.product == 'lamp' && issue.channel == 'phone'",
                  "issue.product == 'lamp' && issue.channel == 'app'", "issue.product == 'lamp'",
                  "issue.product == 'lamp' && issue.product == 'kettle'"},
                 LampOfVip()),
      testing::ElementsAre(1, 2));
}

// Only a row all of whose demands are filed needs no evaluation.
TEST(RowIndex, ProvesRowsThatAskForNothingElse) {
  TablesBuilder builder;
  const std::vector<std::string> conditions = {
      "issue.product == 'lamp' && issue.severity < HIGH",
      "issue.product.startsWith('la') || issue.title.size() > 5",
      "issue.product == 'lamp' && issue.title == ''",
      "issue.product == 'lamp' && issue.title.size() == 0",
      "issue.product == 'lamp' && issue.severity < HIGH && issue.score.value < 3",
      "issue.severity < HIGH",
      "issue.product == 'lamp' && issue.channel == 'app' && issue.title == '' && "
      "issue.key == '' && customer.segment == 'vip'",
      "issue.product == 'lamp' && issue.product == 'lamp'"};
  for (const std::string& condition : conditions)
    builder.Route(absl::StrCat("r", builder.playbook().route_size()), condition);
  const auto tables = builder.Build();
  EXPECT_THAT(Proved(*tables, LampOfVip()), testing::ElementsAre(true, true, true, false, false, true, false, true,
                                           /*the last one*/ false));
}

TEST(RowIndex, KnowsWhatATextMentions) {
  v1::Issue issue = LampOfVip();
  issue.set_text("The lamp broke, I want a refund");
  issue.set_title("Broken");
  EXPECT_THAT(Candidates({"issue.text.mentions('refund')", "issue.text.mentions('Lamp')",
                          "issue.text.mentions(['kettle', 'broke'])", "issue.text.mentions('lam')",
                          "issue.text.mentions_all(['lamp', 'refund'])",
                          "issue.text.mentions_all(['kettle', 'toaster'])",
                          "issue.text.mentions('toaster') && issue.text.mentions('kettle')",
                          "issue.product == 'kettle' && issue.text.mentions('lamp')",
                          "issue.product == 'lamp' && issue.text.mentions('lamp')",
                          "issue.title.mentions('broken')", "issue.title.mentions('lamp')",
                          "issue.product.mentions('kettle')",
                          "issue.text.mentions_count(['kettle']) > 0"},
                         issue),
              testing::ElementsAre(0, 1, 2, 4, 8, 9, 11, 12));
}

TEST(RowIndex, KnowsPatternsOfATextAndWhatIsThere) {
  v1::Issue issue = LampOfVip();
  issue.set_text("order 4711 is late");
  issue.mutable_score()->set_value(3);
  EXPECT_THAT(Candidates({"issue.text.matches('order [0-9]+')", "issue.text.matches('^late')",
                          "issue.title.matches('order')", "has(issue.score)", "has(issue.alert)",
                          "has(issue.language)", "has(issue.customer.segment)",
                          "has(issue.score) && issue.text.matches('late')",
                          "has(issue.alert) && issue.text.matches('late')",
                          "has(issue.attributes) || has(issue.alert)", "!has(issue.score)"},
                         issue),
              testing::ElementsAre(0, 3, 6, 7, 10));
}

TEST(RowIndex, ProvesWhatIsFoundInATextUnlessMoreIsAskedForThere) {
  TablesBuilder builder;
  builder.Route("one", "issue.text.mentions(['lamp', 'kettle']) && issue.product == 'lamp'")
      .Route("two", "issue.text.mentions('lamp') && issue.text.mentions('broke')")
      .Route("all", "issue.text.mentions_all(['lamp', 'broke'])")
      .Route("pattern", "issue.text.matches('l.mp')")
      .Route("there", "has(issue.channel)");
  v1::Issue issue = LampOfVip();
  issue.set_text("My lamp broke");
  EXPECT_THAT(Proved(*builder.Build(), issue),
              testing::ElementsAre(true, false, false, true, true, /*the last one*/ false));
}

// However many rows look for a phrase, those that look for another are not touched.
TEST(RowIndex, FilesARowUnderTheRarerOfTwoPhrases) {
  std::vector<std::string> conditions;
  for (int i = 0; i < 50; ++i)
    conditions.push_back(
        absl::StrCat("issue.text.mentions('lamp') && issue.text.mentions('rare", i, "')"));
  v1::Issue issue = LampOfVip();
  issue.set_text("A lamp, rare7 and rare9");
  EXPECT_THAT(Candidates(conditions, issue), testing::ElementsAre(7, 9));
}

TEST(RowIndex, LeavesOutWhatIsBehindAProvedRowWhereItIsNotWanted) {
  TablesBuilder builder;
  builder.Route("other", "issue.product == 'kettle'")
      .Route("asks more", "issue.channel == 'app' && issue.title.size() == 0")
      .Route("proved", "issue.product == 'lamp'")
      .Route("behind", "issue.product == 'lamp' && issue.channel == 'app'");
  const auto tables = builder.Build();
  EXPECT_THAT(RowsOf(Find(*tables, tables->route_index(), LampOfVip())),
              testing::ElementsAre(1, 2, 3, 4));
  const auto wanted = RowsOf(Find(*tables, tables->route_index(), LampOfVip(),
                                  RowIndex::Wanted::kUntilProved));
  EXPECT_THAT(wanted, testing::IsSupersetOf({1u, 2u}));
  EXPECT_THAT(wanted, testing::Not(testing::Contains(4u)));
}

TEST(RowIndex, TakesAnUnsetTextForAnEmptyOne) {
  EXPECT_THAT(Candidates({"issue.product == ''", "customer.segment == ''"}, Complaint("x")),
              testing::ElementsAre(0, 1));
}

// A condition within `? :` demands nothing that the index could see.
TEST(RowIndex, NeverChangesADecision) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 dice(seed);
  const auto pick = [&](const std::vector<std::string>& words) {
    return words[dice() % words.size()];
  };
  const std::vector<std::string> terms = {"issue.product == 'lamp'",
                                          "issue.product == 'kettle'",
                                          "issue.channel == 'app'",
                                          "customer.segment == 'vip'",
                                          "ticket.category == 'one'",
                                          "issue.product != 'lamp'",
                                          "ticket.severity >= HIGH",
                                          "1 / int(issue.severity) > 0",
                                          "'phone' == issue.channel",
                                          "issue.severity == HIGH",
                                          "issue.product in ['', 'lamp']",
                                          "issue.severity in [LOW, HIGH]",
                                          "ticket.category.startsWith('o')",
                                          "issue.product.startsWith('ket')",
                                          "ticket.severity == MEDIUM",
                                          "issue.severity < HIGH",
                                          "LOW < issue.severity",
                                          "issue.score.value == 0",
                                          "issue.score.value > 0",
                                          "customer.open_tickets == 0",
                                          "issue.channel in []",
                                          "issue.text.mentions('lamp')",
                                          "issue.text.mentions(['kettle', 'late'])",
                                          "issue.text.mentions_all(['lamp', 'late'])",
                                          "issue.text.mentions_count(['lamp', 'late']) > 1",
                                          "issue.text.mentions_near(['lamp', 'late'], 3)",
                                          "issue.text.mentions_near(['lamp'], "
                                          "int(issue.severity))",
                                          "issue.title.mentions('lamp')",
                                          "issue.channel.mentions('phone')",
                                          "issue.text.matches('la(mp|te)')",
                                          "issue.title.matches('^lamp')",
                                          "issue.text.matches(issue.product)",
                                          "has(issue.score)",
                                          "has(issue.alert) ",
                                          "has(issue.language)",
                                          "!has(issue.title)",
                                          "has(issue.customer.segment)"};
  for (int round = 0; round < 200; ++round) {
    TablesBuilder indexed, plain;
    for (int row = 0; row < 20; ++row) {
      const std::string when = absl::StrCat(pick(terms), pick({" && ", " && ", " || "}),
                                            pick(terms), " && ", pick(terms));
      const std::string id = absl::StrCat("row", row);
      const std::string category = pick({"one", "two"});
      indexed.Classify(id, when, category).Route(id, when);
      plain.Classify(id, absl::StrCat("(", when, ") ? true : false"), category)
          .Route(id, absl::StrCat("(", when, ") ? true : false"));
    }
    const auto indexed_tables = indexed.Build();
    const auto plain_tables = plain.Build();
    v1::Issue issue = Complaint(pick({"x", "lamp is late", "late lamp", "Kettle", "LAMP"}));
    issue.set_title(pick({"", "lamp", "a lamp"}));
    if (dice() % 2 == 0) issue.mutable_score()->set_value(static_cast<int>(dice() % 2));
    issue.set_product(pick({"lamp", "kettle", ""}));
    issue.set_channel(pick({"app", "phone"}));
    issue.set_severity(static_cast<v1::Severity>(dice() % 5));
    issue.mutable_customer()->set_segment(pick({"vip", "new"}));
    v1::Decision quick = Route(*indexed_tables, InputOf(issue));
    v1::Decision slow = Route(*plain_tables, InputOf(issue));
    // Where an error stands in the text differs; which rows failed must not.
    for (v1::Decision* decision : {&quick, &slow})
      for (v1::RuleError& error : *decision->mutable_errors()) error.clear_message();
    EXPECT_EQ(quick.DebugString(), slow.DebugString());
    EXPECT_EQ(Explain(*indexed_tables, InputOf(issue)).decision.route_rule(), quick.route_rule());
  }
}

}  // namespace
}  // namespace redress::engine
