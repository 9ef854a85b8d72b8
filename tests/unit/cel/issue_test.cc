#include "engine/cel/issue.h"

#include <gtest/gtest.h>

namespace redress::cel {
namespace {

TEST(PositionAt, CountsLinesAndCodePoints) {
  const Position position = PositionAt("a\n度x", 5);
  EXPECT_EQ(2, position.line);
  EXPECT_EQ(2, position.column);
}

TEST(CaretExcerpt, CutsALongLineAroundTheCaret) {
  const std::string text = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  EXPECT_EQ(" | " + std::string(50, 'a') + "!" + std::string(49, 'b') + "\n | " +
                std::string(50, '.') + "^",
            CaretExcerpt(text, 1000));
}

TEST(FindInvalidUtf8, AcceptsTextAndRefusesSurrogatesAndLongForms) {
  EXPECT_EQ(8u, FindInvalidUtf8("a度😀"));
  EXPECT_EQ(1u, FindInvalidUtf8("a\xFF"));
  EXPECT_EQ(0u, FindInvalidUtf8("\xC0\x80"));
  EXPECT_EQ(0u, FindInvalidUtf8("\xED\xA0\x80"));
  EXPECT_EQ(2u, FindInvalidUtf8("ab\xE5\xBA"));
}

TEST(IssueList, SortsByPlaceAndDropsRepeats) {
  IssueList issues("abc");
  issues.Add(2, "third");
  issues.Add(0, "first");
  issues.Add(2, "third");
  EXPECT_EQ(
      "1:1: first\n"
      " | abc\n"
      " | ^\n"
      "1:3: third\n"
      " | abc\n"
      " | ..^",
      Render(std::move(issues).Take()));
}

TEST(IssueList, StopsAtItsLimit) {
  IssueList issues("");
  for (int i = 0; i < 1000; ++i) issues.Add(0, std::to_string(i));
  EXPECT_EQ(kIssuesMax, std::move(issues).Take().size());
}

TEST(DidYouMean, SuggestsOnlyWhatIsClose) {
  const std::vector<std::string> names = {"segment", "severity", "id"};
  EXPECT_EQ("; did you mean 'segment'?", DidYouMean("segmnet", names));
  EXPECT_EQ("; did you mean 'severity'?", DidYouMean("Severty", names));
  EXPECT_EQ("", DidYouMean("customer", names));
  EXPECT_EQ("", DidYouMean("x", names));
}

}  // namespace
}  // namespace redress::cel
