// Finds every occurrence of many phrases in one pass over a text (Aho and Corasick, 1975).
//
// Compares bytes and knows nothing of words or of capitals. The states nearest to the start, where
// a text spends nearly all of its bytes, have a table row with an answer for every byte; the others
// have only their own edges, so that memory grows with the phrases and not with their product with
// the alphabet. Immutable once built: any number of threads may scan at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace redress::engine {

class PhraseAutomaton {
 public:
  // An automaton without phrases, which finds nothing.
  PhraseAutomaton() : PhraseAutomaton(absl::Span<const std::string>()) {}

  // The number of a phrase is its place in `phrases`. REQUIRES: no phrase is empty, and none is
  // given twice.
  explicit PhraseAutomaton(absl::Span<const std::string> phrases);

  // How many phrases there are.
  size_t size() const { return size_; }

  // Calls on_match(int phrase, size_t end) for each occurrence, where `end` is the byte after it;
  // in the order of the ends, and the longest first of those that end together.
  template <typename OnMatch>
  void Scan(absl::string_view text, OnMatch&& on_match) const {
    Scan(text, [](size_t) { return true; }, on_match);
  }

  // The same of the occurrences whose end may_end(size_t end) accepts, which is asked once for all
  // that end there.
  template <typename MayEnd, typename OnMatch>
  void Scan(absl::string_view text, MayEnd&& may_end, OnMatch&& on_match) const {
    const Walk walk = StartWalk();
    uint32_t target = kStart;
    for (size_t i = 0; i < text.size(); ++i) {
      target = walk.Next(target & kStateMask, letters_[static_cast<unsigned char>(text[i])]);
      if ((target & kHasMatch) == 0 || !may_end(i + 1)) continue;
      for (uint32_t at = states_[target & kStateMask].longest; at != kStart;
           at = states_[at].shorter) {
        on_match(states_[at].phrase, i + 1);
      }
    }
  }

 private:
  static constexpr uint32_t kStart = 0;
  // In a target: whether a phrase ends there, so that the state itself is seldom looked at.
  static constexpr uint32_t kHasMatch = uint32_t{1} << 31;
  static constexpr uint32_t kStateMask = kHasMatch - 1;

  struct State {
    uint32_t first_edge;  // the edges end where those of the next state begin
    uint32_t fallback;    // the state of the longest proper suffix that is a state too
    int32_t phrase;       // the phrase that ends here, or -1
    uint32_t longest;     // this state or the nearest fallback at which a phrase ends; else kStart
    uint32_t shorter;     // the next one after this; else kStart
  };
  struct Edge {
    uint32_t letter;
    uint32_t target;
  };
  struct Trie;

  // What a step reads, apart from the automaton, so that a loop keeps it in registers.
  struct Walk {
    const State* states;
    const Edge* edges;
    const uint32_t* rows;
    size_t letter_count;
    uint32_t row_count;

    // The target of a state by a letter.
    uint32_t Next(uint32_t state, uint32_t letter) const {
      while (state >= row_count) {
        const uint32_t end = states[state + 1].first_edge;
        for (uint32_t edge = states[state].first_edge; edge < end; ++edge) {
          if (edges[edge].letter == letter) return edges[edge].target;
        }
        state = states[state].fallback;
      }
      return rows[state * letter_count + letter];
    }
  };

  Walk StartWalk() const {
    return {states_.data(), edges_.data(), rows_.data(), letter_count_, row_count_};
  }

  void NumberLetters(absl::Span<const std::string> phrases);
  void NumberStates(const Trie& trie);
  void LinkFallbacks();
  void FillRow(uint32_t state);
  void MarkMatches();

  size_t size_ = 0;
  std::array<uint32_t, 256> letters_ = {};  // bytes that no phrase has are letter 0
  uint32_t letter_count_ = 1;
  uint32_t row_count_ = 0;
  std::vector<uint32_t> rows_;  // row_count_ times letter_count_ targets
  std::vector<State> states_;   // by depth; one more than there are, where the edges end
  std::vector<Edge> edges_;
};

}  // namespace redress::engine
