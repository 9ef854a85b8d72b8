// Traditional Chinese characters and their simplified forms.
#pragma once

#include <array>
#include <cstdint>

namespace redress::engine {

// The block that nearly all Chinese texts are written with.
inline constexpr char32_t kIdeographFirst = 0x4E00;
inline constexpr char32_t kIdeographLast = 0x9FFF;

// The simplified form of each character of the block; 0 for the few that have one outside of it.
extern const std::array<char16_t, kIdeographLast - kIdeographFirst + 1> kSimplifiedIdeographs;

// A fingerprint of the whole table.
extern const uint32_t kSimplifiedHash;

// The simplified form of any character, or the character itself, by a search.
char32_t SimplifiedRare(char32_t character);

// The simplified form of a character, or the character itself. Each character by itself: words that
// keep a traditional form lose it in texts and phrases alike, so that comparing stays right.
inline char32_t Simplified(char32_t character) {
  if (character < kIdeographFirst || character > kIdeographLast) return SimplifiedRare(character);
  const char32_t simplified = kSimplifiedIdeographs[character - kIdeographFirst];
  return simplified != 0 ? simplified : SimplifiedRare(character);
}

}  // namespace redress::engine
