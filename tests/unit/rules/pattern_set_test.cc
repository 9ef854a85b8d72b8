#include "engine/rules/pattern_set.h"

#include <gtest/gtest.h>

#include <string>

namespace redress::engine {
namespace {

std::string Matches(const PatternSet& set, absl::string_view text) {
  std::string flags;
  const auto matches = set.Scan(text);
  if (!matches.has_value()) return "none";
  for (const bool matched : *matches) flags += matched ? '1' : '0';
  return flags;
}

TEST(PatternSet, FindsWhichPatternsMatchSomewhere) {
  PatternSet set;
  EXPECT_EQ(set.Add("order [0-9]+"), 0);
  EXPECT_EQ(set.Add("^order"), 1);
  EXPECT_EQ(set.Add("(?i)REFUND"), 2);
  EXPECT_EQ(set.Add("order [0-9]+"), 0);
  set.Build();
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(Matches(set, "my order 12 wants a refund"), "101");
  EXPECT_EQ(Matches(set, "order of magnitude"), "010");
  EXPECT_EQ(Matches(set, ""), "000");
}

TEST(PatternSet, WithoutPatternsFindsNothing) {
  PatternSet set;
  set.Build();
  EXPECT_EQ(Matches(set, "text"), "");
}

}  // namespace
}  // namespace redress::engine
