#include "engine/rules/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace redress::engine {
namespace {

bool Mentions(absl::string_view text, absl::string_view phrase) {
  return Phrase(phrase).IsIn(NormalizeText(text));
}

TEST(NormalizeText, FoldsCaseWidthAndWhiteSpace) {
  EXPECT_EQ(NormalizeText("  Charged\t\nTWICE "), "charged twice");
  EXPECT_EQ(NormalizeText("ＡＰＰ　１２３"), "app 123");
  EXPECT_EQ(NormalizeText("Straße"), "strasse");
  EXPECT_EQ(NormalizeText("I can’t"), "i can't");
  EXPECT_EQ(NormalizeText("cafe\u0301"), "café");
  EXPECT_EQ(NormalizeText(" \n"), "");
}

TEST(NormalizeText, DropsLineBreaksInsideChinese) {
  EXPECT_EQ(NormalizeText("我被重复\n扣款 了"), "我被重复扣款了");
  EXPECT_EQ(NormalizeText("用 APP 付款"), "用 app 付款");
}

TEST(NormalizeText, IsItsOwnNormalForm) {
  for (const char* text :
       {"Charged TWICE", "ＡＰＰ　登录", "ÄÖÜ ß", "ﬁre ½", "ｶﾞｽ 料金", "\xff\xfe x"}) {
    const std::string normal = NormalizeText(text);
    EXPECT_EQ(NormalizeText(normal), normal) << text;
  }
}

TEST(Phrase, MatchesWholeWordsOnly) {
  EXPECT_TRUE(Mentions("I was charged twice!", "charged twice"));
  EXPECT_TRUE(Mentions("CHARGED   TWICE", "Charged Twice"));
  EXPECT_TRUE(Mentions("the fee, again", "fee"));
  EXPECT_FALSE(Mentions("a coffee", "fee"));
  EXPECT_FALSE(Mentions("the fees", "fee"));
  EXPECT_TRUE(Mentions("a coffee fee", "fee"));
  EXPECT_FALSE(Mentions("fee_code", "fee"));
  EXPECT_FALSE(Mentions("fee2", "fee"));
  EXPECT_FALSE(Mentions("наезд", "на"));
  EXPECT_TRUE(Mentions("на завод", "на"));
}

TEST(Phrase, EdgesThatAreNoLettersMatchAnywhere) {
  EXPECT_TRUE(Mentions("I paid $50 twice", "$50"));
  EXPECT_TRUE(Mentions("what??", "?"));
  EXPECT_FALSE(Mentions("I paid $500", "$50"));
}

TEST(Phrase, FindsChineseKanaAndThaiInsideRunningText) {
  EXPECT_TRUE(Mentions("你们重复扣款两次", "重复扣款"));
  EXPECT_TRUE(Mentions("アプリが落ちる", "落ち"));
  EXPECT_TRUE(Mentions("ฉันถูกเรียกเก็บเงินซ้ำ", "เก็บเงิน"));
  EXPECT_FALSE(Mentions("你们扣款重复", "重复扣款"));
}

TEST(Phrase, LatinWordEndsAtHan) {
  EXPECT_TRUE(Mentions("打开app就闪退", "app"));
  EXPECT_TRUE(Mentions("打开ＡＰＰ就闪退", "app"));
  EXPECT_FALSE(Mentions("打开apple就闪退", "app"));
}

TEST(Phrase, EmptyPhraseIsNowhere) {
  EXPECT_FALSE(Mentions("text", ""));
  EXPECT_FALSE(Mentions("", ""));
  EXPECT_FALSE(Mentions(" ", " "));
}

TEST(PhraseSet, SharesPhrasesOfOneNormalForm) {
  PhraseSet set;
  EXPECT_EQ(set.Add("refund"), 0);
  EXPECT_EQ(set.Add("ＲＥＦＵＮＤ "), 0);
  EXPECT_EQ(set.Add("退款"), 1);
  EXPECT_EQ(set.size(), 2);
}

TEST(PhraseSet, FindsWhatEachPhraseFindsAlone) {
  const std::vector<std::string> words = {
      "fee", "coffee", "charged twice", "twice", "重复扣款", "扣款", "重复",
      "app", "a.b",    "$50",           "*",     "refunds?", "é"};
  PhraseSet set;
  for (const std::string& word : words) set.Add(word);
  set.Build();
  for (const char* text :
       {"", "I was charged twice for one coffee", "app 重复扣款 $50", "a.b*c refunds", "é fee É"}) {
    const std::vector<bool> found = set.Scan(text);
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(found[i], Mentions(text, words[i])) << words[i] << " in " << text;
    }
  }
}

TEST(PhraseSet, WithoutPhrasesFindsNothing) {
  PhraseSet set;
  set.Build();
  EXPECT_TRUE(set.Scan("text").empty());
}

}  // namespace
}  // namespace redress::engine
