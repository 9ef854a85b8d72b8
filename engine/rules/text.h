// Phrases in what people wrote.
//
// Texts and phrases are compared in one normal form (normal_text.h). Where the edge of a phrase is
// a letter or a digit of a script that writes words apart, the match must end there too: "fee" is
// not in "coffee". Han, kana and Thai run words together, so there a phrase is found anywhere.
// Which scripts those are is Unicode's word break property (UAX 29). No stemming: a playbook lists
// the forms that it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/rules/normal_text.h"
#include "engine/rules/phrase_automaton.h"

namespace redress::engine {

// Longest phrase that a playbook may ask for, in bytes.
inline constexpr size_t kPhraseBytesMax = 256;
// Most phrases in one mentions().
inline constexpr size_t kPhrasesPerCallMax = 1'000;
// Most phrases in one mentions_near(), and the longest stretch that it may ask for, in words.
inline constexpr size_t kNearPhrasesMax = 8;
inline constexpr int64_t kNearWordsMax = 1'000;
// Places that one scan keeps, of all phrases that are asked for by place; later ones are passed
// over.
inline constexpr size_t kPlacesMax = 100'000;

// One phrase, made ready once.
class Phrase {
 public:
  explicit Phrase(absl::string_view words);

  // Whether it occurs in a text that is already normal. An empty phrase occurs nowhere.
  bool IsIn(absl::string_view normal_text) const;

  // The phrase in normal form; empty when it has nothing but white space.
  const std::string& normal() const { return normal_; }

  // Where words end, occurrences must.
  struct Edges {
    bool starts_with_word = false;
    bool ends_with_word = false;

    // Whether an occurrence from `begin` up to `end` does.
    bool Fit(absl::string_view normal_text, size_t begin, size_t end) const {
      return !(starts_with_word && WordContinuesBefore(normal_text, begin)) &&
             !(ends_with_word && WordContinuesAfter(normal_text, end));
    }
  };
  const Edges& edges() const { return edges_; }

 private:
  std::string normal_;
  Edges edges_;
};

// One occurrence. Words are counted from 0 through the text, see WordStarts.
struct PhrasePlace {
  int phrase;
  int64_t first_word;
  int64_t end_word;  // the one after the last
};

// What a scan found.
struct PhrasesFound {
  std::vector<bool> has;            // of each phrase, whether it occurs
  std::vector<int> phrases;         // those that occur, each once
  std::vector<PhrasePlace> places;  // of phrases that are asked for by place, by their ends
};

// Whether some stretch of at most `words_max` words holds a place of every one of the phrases.
// REQUIRES: kNearPhrasesMax phrases at most, no two the same, all asked for by place.
bool StandNear(const PhrasesFound& found, absl::Span<const int> phrases, int64_t words_max);

// All phrases of a playbook, looked for in one scan of a text however many there are.
class PhraseSet {
 public:
  // The number of a phrase. Phrases of the same normal form share one.
  int Add(absl::string_view words);

  // The number of a phrase that was added; nothing: it was not.
  std::optional<int> NumberOf(absl::string_view words) const;

  // From here on scans keep the places of this phrase too.
  void KeepPlaces(int phrase);

  // Makes the set ready. REQUIRES: called once, after the last Add; no phrase is empty in normal
  // form.
  void Build();

  size_t size() const { return phrases_.size(); }

  // The text need not be normal. REQUIRES: Build was called.
  PhrasesFound Scan(absl::string_view text) const;

 private:
  // What a scan needs to know of a phrase, close together.
  struct Sought {
    uint32_t bytes;
    Phrase::Edges edges;
    bool keeps_places;
  };

  // Takes an occurrence that ends at `end`. Not inlined, so that the loop which finds them stays
  // in the processor's registers.
  ABSL_ATTRIBUTE_NOINLINE void Note(absl::string_view normal, int number, size_t end,
                                    PhrasesFound& found) const;
  void NumberWords(absl::string_view normal_text, std::vector<PhrasePlace>& places) const;

  std::vector<Phrase> phrases_;
  std::vector<Sought> sought_;
  absl::flat_hash_map<std::string, int> numbers_;
  PhraseAutomaton automaton_;
  bool keeps_places_ = false;  // of any phrase
  bool is_built_ = false;
};

}  // namespace redress::engine
