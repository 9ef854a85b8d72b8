// Why a condition did not hold: the first of its parts, joined by &&, that is false, and what it
// saw.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/rules/vocabulary.h"

namespace redress::engine {

// Longest value shown, in bytes.
inline constexpr size_t kShownValueBytesMax = 80;

struct FirstFalse {
  std::string part;  // as written; empty when no part alone is false
  // Name and value of each fact that it mentions, in the order of the text.
  std::vector<std::pair<std::string, std::string>> operands;
};

// Evaluates the parts one after the other. Slow: the condition is compiled anew for each. REQUIRES:
// it compiled with the vocabulary.
FirstFalse FindFirstFalse(absl::string_view condition, const Vocabulary& vocabulary,
                          const DecisionFacts& facts);

}  // namespace redress::engine
