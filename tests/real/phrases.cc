// Looks for real phrases in real texts and compares with what an independent program found.
//
//     phrases [DIR]
//
// DIR holds patterns.tsv (number, tab, phrase), one *texts.jsonl.gz and one *expected.jsonl.gz with
// the same ids. An expectation is, as "substring" and as "word", the first 16 digits of the SHA-256
// of "number:occurrences" of every phrase that occurs, by number, joined by ";". Capitals of ASCII
// are folded, occurrences may overlap, and a word ends at ASCII letters, digits and underscores.
// Then every phrase set of ours, which folds more, must find in every text what each phrase finds
// alone.
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/sha256.h"
#include "engine/rules/phrase_automaton.h"
#include "engine/rules/text.h"
#include "tests/real/rows.h"

namespace redress::real {
namespace {

constexpr size_t kDigestDigits = 16;
constexpr int kRounds = 5;

using Counts = std::map<int, int>;  // occurrences by the phrase's number in the file

bool IsWordByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_';
}

// Whether a word goes on over an edge between these two bytes.
bool Joins(char left, char right) { return IsWordByte(left) && IsWordByte(right); }

std::string Digest(const Counts& counts) {
  const std::string text =
      absl::StrJoin(counts, ";", [](std::string* out, const auto& phrase_and_count) {
        absl::StrAppend(out, phrase_and_count.first, ":", phrase_and_count.second);
      });
  return absl::BytesToHexString(base::Sha256(text)).substr(0, kDigestDigits);
}

struct Phrases {
  std::vector<int> numbers;
  std::vector<std::string> words;  // with small letters
};

Phrases ReadPhrases(const std::string& path) {
  Phrases phrases;
  for (const std::string& line : ReadLines(path)) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('\t', 1));
    phrases.numbers.push_back(std::stoi(parts.at(0)));
    phrases.words.push_back(absl::AsciiStrToLower(parts.at(1)));
  }
  return phrases;
}

class Comparison {
 public:
  explicit Comparison(const Phrases& phrases) : phrases_(phrases), automaton_(phrases.words) {
    for (const std::string& word : phrases.words) in_set_.push_back(set_.Add(word));
    set_.Build();
  }

  void Look(const google::protobuf::Struct& text, const google::protobuf::Struct& expected) {
    const std::string words = Text(text, "text");
    const std::string lower = absl::AsciiStrToLower(words);
    Counts anywhere;
    Counts whole;
    automaton_.Scan(lower, [&](int phrase, size_t end) {
      const size_t begin = end - phrases_.words[phrase].size();
      const bool cuts_word = (begin > 0 && Joins(lower[begin - 1], lower[begin])) ||
                             (end < lower.size() && Joins(lower[end - 1], lower[end]));
      ++anywhere[phrases_.numbers[phrase]];
      if (!cuts_word) ++whole[phrases_.numbers[phrase]];
    });
    Compare(substrings_, anywhere, expected.fields().at("substring").struct_value());
    Compare(words_, whole, expected.fields().at("word").struct_value());
    CompareSet(words);
  }

  // Prints what a byte of these texts costs the bare automaton over normal texts, and the whole
  // scan.
  void PrintSpeed(const std::vector<std::string>& texts) const {
    std::vector<std::string> normal;
    for (const std::string& text : texts) normal.push_back(engine::NormalizeText(text));
    size_t bytes = 0;
    size_t matches = 0;
    absl::Duration bare = absl::InfiniteDuration();
    absl::Duration whole = absl::InfiniteDuration();
    for (int round = 0; round < kRounds; ++round) {
      absl::Time start = absl::Now();
      for (const std::string& text : normal) {
        automaton_.Scan(text, [&](int, size_t) { ++matches; });
      }
      bare = std::min(bare, absl::Now() - start);
      start = absl::Now();
      bytes = 0;
      for (const std::string& text : texts) {
        bytes += text.size() + set_.Scan(text).places.size();
      }
      whole = std::min(whole, absl::Now() - start);
    }
    std::printf("bare %.2f ns a byte, whole scan %.2f, ratio %.2f, %zu matches\n",
                absl::ToDoubleNanoseconds(bare) / static_cast<double>(bytes),
                absl::ToDoubleNanoseconds(whole) / static_cast<double>(bytes),
                absl::FDivDuration(whole, bare), matches / kRounds);
  }

  // Prints a line per comparison; false when one differs.
  bool Print() const {
    Print("substrings", substrings_);
    Print("whole words", words_);
    Print("the set as each phrase alone", sets_);
    return substrings_.differing + words_.differing + sets_.differing == 0;
  }

 private:
  struct Verdicts {
    int same = 0;
    int differing = 0;
  };

  static void Compare(Verdicts& verdicts, const Counts& counts,
                      const google::protobuf::Struct& expected) {
    const bool is_same = Digest(counts) == Text(expected, "sha256");
    ++(is_same ? verdicts.same : verdicts.differing);
  }

  void CompareSet(const std::string& text) {
    const engine::PhrasesFound found = set_.Scan(text);
    const std::string normal = engine::NormalizeText(text);
    for (size_t i = 0; i < phrases_.words.size(); ++i) {
      if (phrases_alone_.size() <= i) phrases_alone_.emplace_back(phrases_.words[i]);
      const bool is_same = found.has[in_set_[i]] == phrases_alone_[i].IsIn(normal);
      ++(is_same ? sets_.same : sets_.differing);
    }
  }

  static void Print(const char* name, const Verdicts& verdicts) {
    std::printf("%-32s same %10d  differing %6d  %s\n", name, verdicts.same, verdicts.differing,
                verdicts.differing == 0 ? "ok" : "DIFFERS");
  }

  const Phrases& phrases_;
  engine::PhraseAutomaton automaton_;
  engine::PhraseSet set_;
  std::vector<int> in_set_;
  std::vector<engine::Phrase> phrases_alone_;
  Verdicts substrings_;
  Verdicts words_;
  Verdicts sets_;
};

int Main(int argc, char** argv) {
  const std::string folder = FolderOrSkip(argc, argv, "multipattern");
  const Phrases phrases = ReadPhrases(folder + "/patterns.tsv");
  std::map<std::string, google::protobuf::Struct> expectations;
  for (auto& row : ReadObjects(FileEndingWith(folder, "expected.jsonl.gz"))) {
    const std::string id = Text(row, "id");
    expectations[id] = std::move(row);
  }
  Comparison comparison(phrases);
  std::vector<std::string> texts;
  for (const auto& text : ReadObjects(FileEndingWith(folder, "texts.jsonl.gz"))) {
    comparison.Look(text, expectations.at(Text(text, "id")));
    texts.push_back(Text(text, "text"));
  }
  std::printf("%zu phrases in %zu texts\n", phrases.words.size(), texts.size());
  comparison.PrintSpeed(texts);
  return comparison.Print() && !texts.empty() ? 0 : 1;
}

}  // namespace
}  // namespace redress::real

int main(int argc, char** argv) { return redress::real::Main(argc, argv); }
