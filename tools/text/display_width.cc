#include "tools/text/display_width.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace redress::text {
namespace {

constexpr UChar32 kReplacement = 0xFFFD;

// The next character, or U+FFFD for bytes that are not UTF-8. Moves `position` behind it.
UChar32 NextCharacter(absl::string_view utf8, int32_t& position) {
  UChar32 character = 0;
  U8_NEXT_OR_FFFD(reinterpret_cast<const uint8_t*>(utf8.data()), position,
                  static_cast<int32_t>(utf8.size()), character);
  return character;
}

int WidthOf(UChar32 character) {
  if (character < 0x7F) return character < 0x20 ? 0 : 1;
  const int type = u_charType(character);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR ||
      type == U_CONTROL_CHAR) {
    return 0;
  }
  const int width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

void Append(UChar32 character, std::string& out) {
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, character);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

// Line and paragraph separators, zero-width joiners apart, and everything that turns the direction
// of what follows.
bool IsUnsafe(UChar32 character) {
  const int type = u_charType(character);
  if (type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR) {
    return true;
  }
  return u_hasBinaryProperty(character, UCHAR_BIDI_CONTROL) != 0;
}

}  // namespace

int DisplayWidth(absl::string_view utf8) {
  int width = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(utf8.size());) {
    width += WidthOf(NextCharacter(utf8, at));
  }
  return width;
}

std::string Printable(absl::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (int32_t at = 0; at < static_cast<int32_t>(utf8.size());) {
    const UChar32 character = NextCharacter(utf8, at);
    Append(character == kReplacement || !IsUnsafe(character) ? character : U' ', out);
  }
  return out;
}

std::string CutToWidth(absl::string_view utf8, int columns) {
  if (DisplayWidth(utf8) <= columns) return std::string(utf8);
  int width = 0;
  int32_t end = 0;
  for (int32_t at = 0; at < static_cast<int32_t>(utf8.size());) {
    width += WidthOf(NextCharacter(utf8, at));
    if (width > columns - 1) break;
    end = at;
  }
  return std::string(utf8.substr(0, static_cast<size_t>(end))) + "…";
}

}  // namespace redress::text
