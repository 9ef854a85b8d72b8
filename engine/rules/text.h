// Phrases in what people wrote.
//
// Texts and phrases are compared in one normal form (NormalizeText). Where the edge of a phrase is
// a letter or a digit of a script that writes words apart, the match must end there too: "fee" is
// not in "coffee". Han, kana and Thai run words together, so there a phrase is found anywhere.
// Which scripts those are is Unicode's word break property (UAX 29). No stemming: a playbook lists
// the forms that it means.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace redress::engine {

// Longest phrase that a playbook may ask for, in bytes.
inline constexpr size_t kPhraseBytesMax = 256;
// Most phrases in one mentions().
inline constexpr size_t kPhrasesPerCallMax = 1'000;

// Unicode's NFKC_Casefold, which also makes full-width forms narrow; then runs of white space
// become one space, none at the ends and none between two ideographs or kana, where it comes from
// line breaks; and the curly apostrophe becomes the straight one. Bytes that are not UTF-8 become
// U+FFFD.
std::string NormalizeText(absl::string_view text);

// One phrase, made ready once.
class Phrase {
 public:
  explicit Phrase(absl::string_view words);

  // Whether it occurs in a text that is already normal. An empty phrase occurs nowhere.
  bool IsIn(absl::string_view normal_text) const;

  // The phrase in normal form; empty when it has nothing but white space.
  const std::string& normal() const { return normal_; }

 private:
  std::string normal_;
  bool starts_with_word_ = false;
  bool ends_with_word_ = false;
};

// All phrases of a playbook, looked for in one scan of a text however many there are.
class PhraseSet {
 public:
  PhraseSet();
  ~PhraseSet();
  PhraseSet(PhraseSet&&) noexcept;
  PhraseSet& operator=(PhraseSet&&) noexcept;

  // The number of a phrase. Phrases of the same normal form share one.
  int Add(absl::string_view words);

  // Makes the set ready. REQUIRES: called once, after the last Add.
  void Build();

  size_t size() const { return phrases_.size(); }

  // One flag for each phrase: whether it occurs. The text need not be normal. REQUIRES: Build was
  // called.
  std::vector<bool> Scan(absl::string_view text) const;

 private:
  struct Matcher;

  std::vector<Phrase> phrases_;
  absl::flat_hash_map<std::string, int> numbers_;
  std::unique_ptr<Matcher> matcher_;
};

}  // namespace redress::engine
