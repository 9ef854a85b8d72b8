#include "engine/rules/phrase_automaton.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace redress::engine {
namespace {

std::string Found(const std::vector<std::string>& phrases, const std::string& text) {
  std::string found;
  PhraseAutomaton(phrases).Scan(text, [&](int phrase, size_t end) {
    absl::StrAppend(&found, phrases[phrase], "@", end, " ");
  });
  return found;
}

TEST(PhraseAutomaton, FindsEveryOccurrenceTheLongestFirst) {
  EXPECT_EQ(Found({"he", "she", "his", "hers"}, "ushers"), "she@4 he@4 hers@6 ");
  EXPECT_EQ(Found({"aa", "a"}, "aaa"), "a@1 aa@2 a@2 aa@3 a@3 ");
  EXPECT_EQ(Found({"扣款", "重复扣款"}, "重复扣款"), "重复扣款@12 扣款@12 ");
}

TEST(PhraseAutomaton, FindsNothingWithoutPhrasesOrText) {
  EXPECT_EQ(Found({}, "text"), "");
  EXPECT_EQ(Found({"text"}, ""), "");
}

TEST(PhraseAutomaton, TakesEveryByte) {
  const std::string zero(1, '\0');
  EXPECT_EQ(PhraseAutomaton(std::vector<std::string>{zero, "\xff"}).size(), 2);
  int count = 0;
  PhraseAutomaton(std::vector<std::string>{zero, "\xff"})
      .Scan(absl::StrCat("a", zero, "\xff", "b"), [&](int, size_t) { ++count; });
  EXPECT_EQ(count, 2);
}

std::string RandomWord(std::mt19937& random, absl::string_view letters, size_t size_max) {
  std::string word;
  const size_t size = 1 + random() % size_max;
  while (word.size() < size) word.push_back(letters[random() % letters.size()]);
  return word;
}

// Few letters make deep automata with many fallbacks; many phrases reach beyond the table rows.
void CompareWithPlainSearch(int phrase_count, absl::string_view letters, size_t phrase_size_max) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::set<std::string> unique;
  for (int i = 0; i < phrase_count; ++i) {
    unique.insert(RandomWord(random, letters, phrase_size_max));
  }
  const std::vector<std::string> phrases(unique.begin(), unique.end());
  const PhraseAutomaton automaton(phrases);
  std::string text = RandomWord(random, letters, 500);
  for (int i = 0; i < 100; ++i) text += phrases[random() % phrases.size()];
  std::vector<int> expected(phrases.size());
  for (size_t i = 0; i < phrases.size(); ++i) {
    for (size_t at = text.find(phrases[i]); at != std::string::npos;
         at = text.find(phrases[i], at + 1)) {
      ++expected[i];
    }
  }
  std::vector<int> found(phrases.size());
  automaton.Scan(text, [&](int phrase, size_t end) {
    ++found[phrase];
    ASSERT_EQ(text.substr(end - phrases[phrase].size(), phrases[phrase].size()), phrases[phrase]);
  });
  EXPECT_EQ(found, expected);
}

TEST(PhraseAutomaton, AgreesWithPlainSearchOnFewLetters) {
  for (int i = 0; i < 20; ++i) CompareWithPlainSearch(200, "ab", 12);
}

TEST(PhraseAutomaton, AgreesWithPlainSearchOnManyPhrases) {
  CompareWithPlainSearch(20'000, "abcdefghijklmnopqrstuvwxyz\xe4\xb8\x80\xbf", 24);
}

}  // namespace
}  // namespace redress::engine
