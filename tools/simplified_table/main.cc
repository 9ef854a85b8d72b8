// Writes the table by which phrases in traditional characters are found in simplified texts and the
// other way round.
//
//     simplified_table OUTPUT
//
// One line "{0x842C, 0x4E07}," for each character that OpenCC's configuration t2s changes when it
// stands alone, by code point. Characters that change again are followed to the end, so that the
// result is its own simplified form. Run by the build; the server itself needs no OpenCC.
#include <opencc/SimpleConverter.hpp>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_format.h"

namespace {

constexpr char32_t kFirst = 0x3400;  // ideographs from extension A on
constexpr char32_t kLast = 0x323AF;  // to extension H
constexpr int kStepsMax = 4;

std::string Utf8(char32_t code_point) {
  std::string text;
  if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | (code_point >> 12));
  } else {
    text += static_cast<char>(0xF0 | (code_point >> 18));
    text += static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
  }
  text += static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
  text += static_cast<char>(0x80 | (code_point & 0x3F));
  return text;
}

// The only character of a text of three or four bytes, or 0.
char32_t OnlyCharacter(const std::string& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]) & 0x3Fu; };
  if (text.size() == 3) return (byte(0) & 0xFu) << 12 | byte(1) << 6 | byte(2);
  if (text.size() == 4) return (byte(0) & 7u) << 18 | byte(1) << 12 | byte(2) << 6 | byte(3);
  return 0;
}

bool IsSurrogate(char32_t code_point) { return code_point >= 0xD800 && code_point <= 0xDFFF; }

char32_t Simplified(const opencc::SimpleConverter& converter, char32_t code_point) {
  for (int step = 0; step < kStepsMax; ++step) {
    const char32_t next = OnlyCharacter(converter.Convert(Utf8(code_point)));
    if (next == 0 || next == code_point) break;
    code_point = next;
  }
  return code_point;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: simplified_table OUTPUT\n");
    return 64;
  }
  const opencc::SimpleConverter converter("t2s.json");
  std::ofstream output(argv[1]);
  for (char32_t code_point = kFirst; code_point <= kLast; ++code_point) {
    if (IsSurrogate(code_point)) continue;
    const char32_t simplified = Simplified(converter, code_point);
    if (simplified == code_point) continue;
    output << absl::StrFormat("{0x%X, 0x%X},\n", static_cast<uint32_t>(code_point),
                              static_cast<uint32_t>(simplified));
  }
  output.close();
  return output.good() ? 0 : 1;
}
