#include "engine/cel/lexer.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace redress::cel {
namespace {

std::string Tokens(absl::string_view text) {
  IssueList issues(text);
  std::string out;
  for (const Token& token : Tokenize(text, issues)) {
    if (token.kind != TokenKind::kEnd) absl::StrAppend(&out, "[", token.text, "]");
  }
  if (!issues.empty()) absl::StrAppend(&out, "\n", Render(std::move(issues).Take()));
  return out;
}

TEST(Tokenize, SplitsOperatorsNamesAndNumbers) {
  EXPECT_EQ("[a_1][.][b][>=][-][0x1F][&&][!][c][||][1.5e-3][==][7u]",
            Tokens("a_1.b>=-0x1F&&!c||1.5e-3==7u"));
}

TEST(Tokenize, DropsBlanksAndComments) { EXPECT_EQ("[1][+][2]", Tokens(" 1 + // one\n\t2 //")); }

TEST(Tokenize, KeepsTheDotOfAMethodApartFromANumber) {
  EXPECT_EQ("[1][.][abs][(][)]", Tokens("1.abs()"));
  EXPECT_EQ("[.5][+][1.5]", Tokens(".5+1.5"));
}

TEST(Tokenize, ReadsTextWithPrefixesAndTripleQuotes) {
  EXPECT_EQ(R"(['it\'s'][r'\'][b"x"]['''a'b
c'''])",
            Tokens("'it\\'s' r'\\' b\"x\" '''a'b\nc'''"));
}

TEST(Tokenize, ReportsTextWithoutAnEnd) {
  EXPECT_EQ(
      "['abc]\n"
      "1:1: this text has no closing '\n"
      " | 'abc\n"
      " | ^",
      Tokens("'abc"));
}

TEST(Tokenize, ReportsEachStrayCharacterByCodePoint) {
  EXPECT_EQ(
      "[a][b]\n"
      "1:2: unexpected character '度'\n"
      " | a度$b\n"
      " | .^\n"
      "1:3: unexpected character '$'\n"
      " | a度$b\n"
      " | ..^",
      Tokens("a度$b"));
}

TEST(Tokenize, SaysHowAndIsWritten) {
  EXPECT_EQ(
      "[a][b]\n"
      "1:3: unexpected character '&'; 'and' is written &&\n"
      " | a & b\n"
      " | ..^",
      Tokens("a & b"));
}

}  // namespace
}  // namespace redress::cel
