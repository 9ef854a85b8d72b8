#include "tools/history/mapping.h"

#include <gtest/gtest.h>

namespace redress::history {
namespace {

constexpr char kSmall[] = R"(mapping: desk
case: id
time: at
state: {column: state, table: {new: open, hold: waiting customer_info, done: resolved}}
)";

TEST(ParseMapping, TakesTheSmallestOne) {
  const auto mapping = ParseMapping(kSmall);
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->name, "desk");
  EXPECT_EQ(mapping->Columns(), (std::vector<std::string>{"id", "at", "state"}));
  EXPECT_EQ(mapping->states.at("hold").reason, v1::PAUSE_REASON_CUSTOMER_INFO);
  EXPECT_TRUE(mapping->states.at("done").IsDone());
}

TEST(ParseMapping, ListsAllFaultsWithTheirPlaces) {
  const auto mapping = ParseMapping(R"(mapping: desk
casse: id
time: at
zone: Asia/Nowhere
state: {column: state, table: {new: opened}}
level: {column: tier, table: {L1: relay, L9: heaven}}
issue: {kind: {value: gossip}, colour: red}
)");
  EXPECT_EQ(mapping.status().message(),
            "line 2, column 1: \"casse\" is not known here; did you mean \"case\"?\n"
            "line 1, column 1: \"case\" is missing\n"
            "line 4, column 7: \"Asia/Nowhere\" is not a time zone\n"
            "line 5, column 37: a state means open, resolved, closed, same or \"waiting REASON\" "
            "with one of customer-info, third-party, legal, appointment\n"
            "line 6, column 30: \"heaven\" is none of relay, analysis, initiative\n"
            "line 7, column 32: \"colour\" is not known here\n"
            "line 7, column 15: \"gossip\" is none of complaint, suggestion, praise, question, "
            "score, alert");
}

TEST(ParseMapping, RefusesWhatIsNoYaml) {
  EXPECT_EQ(ParseMapping("mapping: [desk").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseMapping("- a list").status().message(),
            "line 1, column 1: a mapping is a table of \"key: value\"");
  EXPECT_EQ(ParseMapping(std::string(2 << 20, ' ')).status().message(),
            "the mapping is longer than 1 MiB");
}

TEST(ParseMapping, WantsEitherAColumnOrAValue) {
  EXPECT_EQ(
      ParseMapping(std::string(kSmall) + "department: {column: a, value: b}\n").status().message(),
      "line 5, column 13: give either a column or a value");
  EXPECT_EQ(ParseMapping(std::string(kSmall) + "department: {missing: b}\n").status().message(),
            "line 5, column 13: \"column\" is missing");
}

}  // namespace
}  // namespace redress::history
