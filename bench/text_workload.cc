// What looking for 5,000 phrases in an issue's text costs beside the bare matcher.
//
// Phrases and texts are made of generated words, so that common words, shared beginnings and whole
// phrases occur about as often as in what customers write; half is in Latin letters, half in Han.
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/workload.h"
#include "engine/rules/text.h"

namespace redress::bench {
namespace {

constexpr size_t kPhrases = 5'000;
constexpr size_t kTexts = 2'000;
constexpr size_t kVocabulary = 4'000;
constexpr size_t kWordsPerText = 120;
constexpr uint64_t kWordsPerPhraseMax = 6;  // gives a match in seven bytes, as real phrases do
constexpr int kRounds = 9;
constexpr double kOverheadMax = 1.5;
// Enough for RE2::Set to keep the states of all texts.
constexpr int64_t kRe2Memory = int64_t{1} << 30;

// SplitMix64, as a sequence.
class Dice {
 public:
  uint64_t Throw(uint64_t sides) {
    seed_ += 0x9e3779b97f4a7c15;
    uint64_t number = (seed_ ^ (seed_ >> 30)) * 0xbf58476d1ce4e5b9;
    number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
    return (number ^ (number >> 31)) % sides;
  }

  // Small numbers come up far more often, as common words do.
  uint64_t ThrowLow(uint64_t sides) { return Throw(1 + Throw(1 + Throw(sides))); }

 private:
  uint64_t seed_ = 1;
};

std::string LatinWord(Dice& dice) {
  constexpr absl::string_view kSyllables[] = {"ca", "re", "tion", "pay", "ment", "ing", "de",
                                              "li", "ver", "o",    "un", "ac",   "count", "bo"};
  std::string word;
  const uint64_t syllables = 1 + dice.Throw(4);
  for (uint64_t i = 0; i < syllables; ++i) {
    absl::StrAppend(&word, kSyllables[dice.Throw(std::size(kSyllables))]);
  }
  return word;
}

// Two characters out of the commonest 600 of the block.
std::string HanWord(Dice& dice) {
  std::string word;
  for (int i = 0; i < 2; ++i) {
    const uint64_t code_point = 0x4E00 + 8 * dice.ThrowLow(600);
    word += static_cast<char>(0xE0 | (code_point >> 12));
    word += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    word += static_cast<char>(0x80 | (code_point & 0x3F));
  }
  return word;
}

struct Sample {
  std::vector<std::string> phrases;  // in normal form
  std::vector<std::string> texts;    // as people write
};

Sample MakeSample() {
  Dice dice;
  std::vector<std::string> latin;
  std::vector<std::string> han;
  for (size_t i = 0; i < kVocabulary; ++i) {
    latin.push_back(LatinWord(dice));
    han.push_back(HanWord(dice));
  }
  std::set<std::string> phrases;
  while (phrases.size() < kPhrases) {
    const bool is_latin = phrases.size() % 2 == 0;
    const std::vector<std::string>& words = is_latin ? latin : han;
    std::string phrase = words[dice.Throw(kVocabulary)];
    for (uint64_t more = dice.Throw(kWordsPerPhraseMax); more > 0; --more) {
      absl::StrAppend(&phrase, is_latin ? " " : "", words[dice.ThrowLow(kVocabulary)]);
    }
    phrases.insert(phrase);
  }
  Sample sample;
  sample.phrases.assign(phrases.begin(), phrases.end());
  for (size_t i = 0; i < kTexts; ++i) {
    const bool is_latin = i % 2 == 0;
    std::string text = is_latin ? "Dear Sirs,  " : "您好，";
    for (size_t j = 0; j < kWordsPerText; ++j) {
      absl::StrAppend(&text, (is_latin ? latin : han)[dice.ThrowLow(kVocabulary)],
                      j % 12 == 11 ? (is_latin ? ". " : "。") : (is_latin ? " " : ""));
    }
    sample.texts.push_back(std::move(text));
  }
  return sample;
}

// Nanoseconds for a byte of the texts.
template <typename Look>
double NanosecondsPerByte(const std::vector<std::string>& texts, Look&& look) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  const absl::Time start = absl::Now();
  for (const std::string& text : texts) look(text);
  return absl::ToDoubleNanoseconds(absl::Now() - start) / static_cast<double>(bytes);
}

double NanosecondsOfRe2Set(const Sample& sample, const std::vector<std::string>& normal) {
  RE2::Options options;
  options.set_literal(true);
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_max_mem(kRe2Memory);
  RE2::Set set(options, RE2::UNANCHORED);
  for (const std::string& phrase : sample.phrases) CHECK(set.Add(phrase, nullptr) >= 0);
  CHECK(set.Compile());
  std::vector<int> found;
  const auto look = [&](const std::string& text) { set.Match(text, &found); };
  NanosecondsPerByte(normal, look);  // makes the states
  return NanosecondsPerByte(normal, look);
}

}  // namespace

bool RunText(const Workspace&) {
  const Sample sample = MakeSample();
  engine::PhraseSet set;
  for (const std::string& phrase : sample.phrases) set.Add(phrase);
  set.Build();
  std::vector<std::string> normal;
  for (const std::string& text : sample.texts) normal.push_back(engine::NormalizeText(text));
  const engine::PhraseAutomaton automaton(sample.phrases);
  uint64_t matches = 0;
  std::vector<double> bare;
  std::vector<double> whole;
  std::vector<double> ratios;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(NanosecondsPerByte(normal, [&](const std::string& text) {
      automaton.Scan(text, [&](int, size_t) { ++matches; });
    }));
    whole.push_back(
        NanosecondsPerByte(sample.texts, [&](const std::string& text) { set.Scan(text); }));
    ratios.push_back(whole.back() / bare.back());
  }
  Remark("text: matches of 5,000 phrases in a text",
         static_cast<double>(matches) / (kRounds * static_cast<double>(kTexts)), "");
  Remark("text: RE2::Set over normal texts", NanosecondsOfRe2Set(sample, normal), "ns/byte");
  Remark("text: the bare matcher over normal texts", Median(bare), "ns/byte");
  Remark("text: fold, match and look at the edges", Median(whole), "ns/byte");
  return Report("text: whole scan over bare matcher", Median(ratios), "", Aim::kAtMost,
                kOverheadMax);
}

}  // namespace redress::bench
