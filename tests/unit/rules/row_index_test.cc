#include "engine/rules/row_index.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rule_tables_builder.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// The numbers of the rows with these conditions that may match.
std::vector<uint32_t> Candidates(const std::vector<std::string>& conditions,
                                 const v1::Issue& issue) {
  TablesBuilder builder;
  for (const std::string& condition : conditions)
    builder.Classify(absl::StrCat("c", builder.playbook().classify_size()), condition, "category");
  const auto tables = builder.Build();
  return tables->classify_index().Candidates(issue, CustomerFactsOf(issue.customer(), 0));
}

v1::Issue LampOfVip() {
  v1::Issue issue = Complaint("x");
  issue.set_product("lamp");
  issue.set_channel("app");
  issue.mutable_customer()->set_segment("vip");
  return issue;
}

TEST(RowIndex, LeavesOutRowsThatDemandAnotherText) {
  EXPECT_THAT(Candidates({"issue.product == 'lamp'", "issue.product == 'kettle'",
                          "'lamp' == issue.product", "customer.segment == 'new'",
                          "customer.segment == 'vip' && issue.severity >= HIGH"},
                         LampOfVip()),
              testing::ElementsAre(0, 2, 4));
}

TEST(RowIndex, KeepsRowsThatMayMatchWithoutTheText) {
  EXPECT_THAT(Candidates({"issue.product == 'kettle' || true", "!(issue.product == 'kettle')",
                          "issue.product != 'kettle'", "ticket.category == 'kettle'",
                          "issue.customer.segment == 'new'", "", "true"},
                         LampOfVip()),
              testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(RowIndex, KeepsARowOnlyIfAllItsDemandsAreFulfilled) {
  EXPECT_THAT(Candidates({"issue.product == 'lamp' && issue.channel == 'phone'",
                          "issue.product == 'lamp' && issue.channel == 'app'",
                          "issue.product == 'lamp'",
                          "issue.product == 'lamp' && issue.product == 'kettle'"},
                         LampOfVip()),
              testing::ElementsAre(1, 2));
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
  const std::vector<std::string> terms = {
      "issue.product == 'lamp'",   "issue.product == 'kettle'",   "issue.channel == 'app'",
      "customer.segment == 'vip'", "ticket.category == 'one'",    "issue.product != 'lamp'",
      "ticket.severity >= HIGH",   "1 / int(issue.severity) > 0", "'phone' == issue.channel"};
  for (int round = 0; round < 50; ++round) {
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
    v1::Issue issue = Complaint("x");
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
