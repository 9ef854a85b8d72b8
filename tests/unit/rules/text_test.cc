#include "engine/rules/text.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
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

TEST(NormalizeText, MakesTraditionalCharactersSimplified) {
  EXPECT_EQ(NormalizeText("重複扣款，無法登錄"), "重复扣款,无法登录");
  EXPECT_EQ(NormalizeText("café 重複"), "café 重复");
  EXPECT_EQ(NormalizeText("乾坤"), NormalizeText("干坤"));
}

// Another letter at the end makes the whole text go through Unicode's full rules.
TEST(NormalizeText, FoldsCommonTextsByTheSameRules) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const char* const pieces[] = {"a",  "Z",  "9",  " ", "\n", "\t", "\v", "\x01", "$",  "'",
                                "’",  "“",  "—",  "。", "、",  "《", "　", "Ａ",   "ｚ", "！",
                                "中", "複", "國", "國", "文"};
  for (int i = 0; i < 2'000; ++i) {
    std::string text = "x";
    for (int j = 0; j < 12; ++j) text += pieces[random() % std::size(pieces)];
    std::string expected = NormalizeText(text + "y");
    expected.pop_back();
    EXPECT_EQ(NormalizeText(text + "é"), expected + "é") << text;
  }
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
    const std::vector<bool> found = set.Scan(text).has;
    for (size_t i = 0; i < words.size(); ++i) {
      EXPECT_EQ(found[i], Mentions(text, words[i])) << words[i] << " in " << text;
    }
  }
}

TEST(Phrase, TraditionalAndSimplifiedFindEachOther) {
  EXPECT_TRUE(Mentions("我被重複扣款了", "重复扣款"));
  EXPECT_TRUE(Mentions("我被重复扣款了", "重複扣款"));
}

TEST(WordStarts, CountsWordsOrLetters) {
  EXPECT_EQ(WordStarts("to be, or 3.5"), (std::vector<uint32_t>{0, 3, 7, 10, 12}));
  EXPECT_EQ(WordStarts("用app付"), (std::vector<uint32_t>{0, 3, 6}));
  EXPECT_EQ(WordStarts("?! "), (std::vector<uint32_t>{}));
}

// The shortest stretch that holds all of the phrases, in words; -1 when there is none.
int64_t Stretch(absl::string_view text, const std::vector<std::string>& words) {
  PhraseSet set;
  std::vector<int> phrases;
  for (const std::string& word : words) {
    phrases.push_back(set.Add(word));
    set.KeepPlaces(phrases.back());
  }
  set.Build();
  const PhrasesFound found = set.Scan(text);
  for (int64_t count = 0; count <= kNearWordsMax; ++count) {
    if (StandNear(found, phrases, count)) return count;
  }
  return -1;
}

TEST(StandNear, CountsTheWordsOfTheStretch) {
  EXPECT_EQ(Stretch("my card was just stolen", {"card", "stolen"}), 4);
  EXPECT_EQ(Stretch("stolen: my card", {"card", "stolen"}), 3);
  EXPECT_EQ(Stretch("card, far away from it all stolen; the card", {"card", "stolen"}), 3);
  EXPECT_EQ(Stretch("my card", {"card", "stolen"}), -1);
  EXPECT_EQ(Stretch("my card", {"card"}), 1);
  EXPECT_EQ(Stretch("a b c a x b y c", {"a", "b", "c"}), 3);
  EXPECT_EQ(Stretch("credit card stolen", {"credit card", "card stolen"}), 3);
}

TEST(StandNear, CountsLettersWhereScriptsRunOn) {
  EXPECT_EQ(Stretch("我的卡昨天被盗", {"卡", "被盗"}), 5);
}

TEST(PhraseSet, KeepsPlacesOnlyWhenAsked) {
  PhraseSet set;
  set.Add("card");
  set.KeepPlaces(set.Add("fee"));
  set.Build();
  EXPECT_EQ(set.Scan("card fee card fee").places.size(), 2);
}

TEST(PhraseSet, WithoutPhrasesFindsNothing) {
  PhraseSet set;
  set.Build();
  EXPECT_TRUE(set.Scan("text").has.empty());
}

}  // namespace
}  // namespace redress::engine
