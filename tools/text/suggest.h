// "Did you mean": the nearest of some words.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::text {

// Insertions, deletions, changes and swaps of neighbours that turn one into the other, in bytes.
int EditDistance(absl::string_view left, absl::string_view right);

// The nearest candidate, the first among equals. Empty when none is near: more than a third of the
// letters differ, and none starts with the word.
std::string ClosestWord(absl::string_view word, const std::vector<std::string>& candidates);

}  // namespace redress::text
