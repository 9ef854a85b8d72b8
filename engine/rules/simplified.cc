#include "engine/rules/simplified.h"

#include <algorithm>
#include <iterator>

namespace redress::engine {
namespace {

struct Pair {
  char32_t traditional;
  char32_t simplified;
};

// By the traditional character. The build makes the file from OpenCC's table.
constexpr Pair kPairs[] = {
#include "simplified_table.inc"
};

constexpr auto MakeIdeographs() {
  std::array<char16_t, kIdeographLast - kIdeographFirst + 1> simplified = {};
  for (char32_t i = 0; i < simplified.size(); ++i) {
    simplified[i] = static_cast<char16_t>(kIdeographFirst + i);
  }
  for (const Pair& pair : kPairs) {
    if (pair.traditional < kIdeographFirst || pair.traditional > kIdeographLast) continue;
    const bool is_outside = pair.simplified < kIdeographFirst || pair.simplified > kIdeographLast;
    simplified[pair.traditional - kIdeographFirst] =
        is_outside ? u'\0' : static_cast<char16_t>(pair.simplified);
  }
  return simplified;
}

// FNV-1a over the pairs.
constexpr uint32_t HashPairs() {
  uint32_t hash = 2166136261u;
  for (const Pair& pair : kPairs) {
    hash = (hash ^ pair.traditional) * 16777619u;
    hash = (hash ^ pair.simplified) * 16777619u;
  }
  return hash;
}

}  // namespace

constexpr uint32_t kSimplifiedHash = HashPairs();

constexpr std::array<char16_t, kIdeographLast - kIdeographFirst + 1> kSimplifiedIdeographs =
    MakeIdeographs();

char32_t SimplifiedRare(char32_t character) {
  if (character < kPairs[0].traditional) return character;
  const Pair* pair = std::lower_bound(
      std::begin(kPairs), std::end(kPairs), character,
      [](const Pair& candidate, char32_t wanted) { return candidate.traditional < wanted; });
  const bool is_found = pair != std::end(kPairs) && pair->traditional == character;
  return is_found ? pair->simplified : character;
}

}  // namespace redress::engine
