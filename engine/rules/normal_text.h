// The normal form in which texts and phrases are compared.
//
// Pure, and the same wherever the tables have the same version: those of Unicode come with ICU,
// those of characters from OpenCC when it is built. Every decision that looked for phrases keeps
// the version, so that one that comes out otherwise years later is known to have used other tables.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::engine {

// Unicode's NFKC_Casefold, which also makes full-width forms narrow; traditional Chinese characters
// become simplified ones, each by itself; then runs of white space become one space, none at the
// ends and none between two ideographs or kana, where it comes from line breaks; and the curly
// apostrophe becomes the straight one. Bytes that are not UTF-8 become U+FFFD.
std::string NormalizeText(absl::string_view text);

// The version of the tables behind this file: Unicode's, and a hash of the simplified characters,
// as "15.0-1f2e3d4c".
const std::string& TextTablesVersion();

// Whether a word of its script goes on through this character: a letter, a digit or an underscore
// of a script that writes words apart.
bool ContinuesWord(char32_t character);

// The same of ASCII, by a table; false for all other bytes.
constexpr std::array<bool, 256> AsciiThatContinuesWords() {
  std::array<bool, 256> continues = {};
  for (int byte = 0; byte < 0x80; ++byte) {
    continues[static_cast<size_t>(byte)] =
        (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= 'a' && byte <= 'z') || byte == '_';
  }
  return continues;
}
inline constexpr std::array<bool, 256> kAsciiContinuesWord = AsciiThatContinuesWords();

// The characters before and after a place in a text. REQUIRES: there is one.
char32_t CharacterBefore(absl::string_view text, size_t position);
char32_t CharacterAfter(absl::string_view text, size_t position);

// Whether a word goes on through the character before or after a place in a text. False at the ends
// of the text.
inline bool WordContinuesBefore(absl::string_view text, size_t position) {
  if (position == 0) return false;
  const auto byte = static_cast<unsigned char>(text[position - 1]);
  if (byte >= 0x80) return ContinuesWord(CharacterBefore(text, position));
  return kAsciiContinuesWord[byte];
}
inline bool WordContinuesAfter(absl::string_view text, size_t position) {
  if (position >= text.size()) return false;
  const auto byte = static_cast<unsigned char>(text[position]);
  if (byte >= 0x80) return ContinuesWord(CharacterAfter(text, position));
  return kAsciiContinuesWord[byte];
}

// Whether a word goes on from the character before to the one after, both of ASCII.
inline bool IsInsideAsciiWord(absl::string_view text, size_t position) {
  const auto continues = [&](size_t at) {
    return kAsciiContinuesWord[static_cast<unsigned char>(text[at])];
  };
  return position > 0 && position < text.size() && continues(position - 1) && continues(position);
}

// Where the words of a text start, in bytes: of scripts that write words apart, each word; of Han,
// kana, Thai and their like, each letter. Other characters belong to no word.
std::vector<uint32_t> WordStarts(absl::string_view text);

}  // namespace redress::engine
