#include "engine/rules/phrase_automaton.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace redress::engine {
namespace {

// Targets in all table rows together: 2 MiB, which stays in a processor's cache.
constexpr size_t kRowCellsMax = size_t{1} << 19;

}  // namespace

// The phrases as a tree of bytes. Node 0 is the root.
struct PhraseAutomaton::Trie {
  struct Node {
    unsigned char byte;
    uint32_t first_child = 0;  // 0: none
    uint32_t next_sibling = 0;
    int32_t phrase = -1;
  };

  explicit Trie(absl::Span<const std::string> phrases) : nodes(1, Node{0}) {
    for (size_t i = 0; i < phrases.size(); ++i) {
      uint32_t node = 0;
      for (const char byte : phrases[i]) node = Child(node, static_cast<unsigned char>(byte));
      CHECK(node != 0 && nodes[node].phrase < 0);
      nodes[node].phrase = static_cast<int32_t>(i);
    }
  }

  // Makes it when it is new.
  uint32_t Child(uint32_t node, unsigned char byte) {
    for (uint32_t child = nodes[node].first_child; child != 0;
         child = nodes[child].next_sibling) {
      if (nodes[child].byte == byte) return child;
    }
    const auto child = static_cast<uint32_t>(nodes.size());
    nodes.push_back(Node{byte, 0, nodes[node].first_child});
    nodes[node].first_child = child;
    return child;
  }

  std::vector<Node> nodes;
};

PhraseAutomaton::PhraseAutomaton(absl::Span<const std::string> phrases) : size_(phrases.size()) {
  NumberLetters(phrases);
  NumberStates(Trie(phrases));
  const size_t state_count = states_.size() - 1;
  row_count_ = static_cast<uint32_t>(
      std::clamp<size_t>(kRowCellsMax / letter_count_, 1, state_count));
  rows_.resize(static_cast<size_t>(row_count_) * letter_count_);
  LinkFallbacks();
  MarkMatches();
}

// The commonest first, so that what is read of a row lies close together.
void PhraseAutomaton::NumberLetters(absl::Span<const std::string> phrases) {
  std::array<size_t, 256> counts = {};
  for (const std::string& phrase : phrases) {
    for (const char byte : phrase) ++counts[static_cast<unsigned char>(byte)];
  }
  std::array<uint8_t, 256> bytes = {};
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  std::sort(bytes.begin(), bytes.end(), [&](uint8_t a, uint8_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  for (const uint8_t byte : bytes) {
    if (counts[byte] > 0) letters_[byte] = letter_count_++;
  }
}

// States are numbered by their depth, so that a fallback has a smaller number than its state.
void PhraseAutomaton::NumberStates(const Trie& trie) {
  std::vector<uint32_t> nodes = {0};  // of the states, in their order
  nodes.reserve(trie.nodes.size());
  edges_.reserve(trie.nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Trie::Node& node = trie.nodes[nodes[i]];
    states_.push_back({static_cast<uint32_t>(edges_.size()), kStart, node.phrase, kStart, kStart});
    for (uint32_t child = node.first_child; child != 0; child = trie.nodes[child].next_sibling) {
      edges_.push_back({letters_[trie.nodes[child].byte], static_cast<uint32_t>(nodes.size())});
      nodes.push_back(child);
    }
  }
  states_.push_back({static_cast<uint32_t>(edges_.size()), kStart, -1, kStart, kStart});
}

// By depth: what a state refers to is linked, and its row filled, before the state itself.
void PhraseAutomaton::LinkFallbacks() {
  for (uint32_t i = 0; i + 1 < states_.size(); ++i) {
    State& state = states_[i];
    state.shorter = states_[state.fallback].longest;
    state.longest = state.phrase >= 0 ? i : state.shorter;
    if (i < row_count_) FillRow(i);
    for (uint32_t edge = state.first_edge; edge < states_[i + 1].first_edge; ++edge) {
      const uint32_t target =
          i == kStart ? kStart : StartWalk().Next(state.fallback, edges_[edge].letter);
      states_[edges_[edge].target].fallback = target;
    }
  }
}

// The row of the fallback, with the state's own edges over it.
void PhraseAutomaton::FillRow(uint32_t state) {
  const auto row = rows_.begin() + static_cast<ptrdiff_t>(state) * letter_count_;
  if (state != kStart) {
    const auto fallback =
        rows_.begin() + static_cast<ptrdiff_t>(states_[state].fallback) * letter_count_;
    std::copy(fallback, fallback + letter_count_, row);
  }
  for (uint32_t edge = states_[state].first_edge; edge < states_[state + 1].first_edge; ++edge) {
    row[edges_[edge].letter] = edges_[edge].target;
  }
}

void PhraseAutomaton::MarkMatches() {
  const auto mark = [&](uint32_t& target) {
    if (states_[target].longest != kStart) target |= kHasMatch;
  };
  for (uint32_t& target : rows_) mark(target);
  for (Edge& edge : edges_) mark(edge.target);
}

}  // namespace redress::engine
