#include "engine/rules/normal_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/rules/simplified.h"

namespace redress::engine {
namespace {

constexpr UChar32 kCurlyApostrophe = 0x2019;
constexpr UChar32 kIdeographicSpace = 0x3000;
// Full-width forms of ASCII's printing characters, and what is between the two.
constexpr UChar32 kFullWidthFirst = 0xFF01;
constexpr UChar32 kFullWidthLast = 0xFF5E;
constexpr UChar32 kFullWidthOffset = 0xFEE0;

UChar32 NextCodePoint(absl::string_view text, int32_t& position) {
  UChar32 code_point;
  U8_NEXT_OR_FFFD(text.data(), position, static_cast<int32_t>(text.size()), code_point);
  return code_point;
}

bool IsAscii(UChar32 code_point) { return code_point >= 0 && code_point < 0x80; }

// The ideograph at the start of a text, if it is one that no normal form changes, nor its
// neighbours because of it; else 0.
char32_t LeadingIdeograph(absl::string_view text) {
  if (text.size() < 3) return 0;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if ((byte(0) & 0xF0) != 0xE0 || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return 0;
  const char32_t code_point = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
  return code_point >= kIdeographFirst && code_point <= kIdeographLast ? code_point : 0;
}

// Written without spaces, so that a space inside comes from a line break.
bool RunsOn(UChar32 code_point) {
  if (code_point < 0x2E80) return false;
  if (u_hasBinaryProperty(code_point, UCHAR_IDEOGRAPHIC)) return true;
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(code_point, &error);
  return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

// Punctuation that no normal form changes, wherever it stands.
bool IsPlainPunctuation(UChar32 code_point) {
  return (code_point >= 0x3001 && code_point <= 0x3002) ||
         (code_point >= 0x3008 && code_point <= 0x3011) ||
         (code_point >= 0x2012 && code_point <= 0x2014) ||
         (code_point >= 0x2018 && code_point <= 0x201D);
}

constexpr char kNotAscii = '\x80';

// Each byte of ASCII with a small letter for a capital and ' ' for all white space.
constexpr std::array<char, 256> FoldAscii() {
  std::array<char, 256> folded = {};
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_space = byte == ' ' || (byte >= '\t' && byte <= '\r');
    const bool is_capital = byte >= 'A' && byte <= 'Z';
    const int letter = is_space ? ' ' : is_capital ? byte + ('a' - 'A') : byte;
    folded[static_cast<size_t>(byte)] = byte < 0x80 ? static_cast<char>(letter) : kNotAscii;
  }
  return folded;
}
constexpr std::array<char, 256> kFoldedAscii = FoldAscii();

// What is folded in one step, without a branch for each byte.
constexpr size_t kRunBytes = 16;
using Run = std::array<char, kRunBytes>;

// Makes capitals small. False if there is anything that is not ASCII, or white space other than
// single spaces inside.
bool FoldRun(const char* text, Run& run) {
  unsigned char other = 0;
  for (size_t i = 0; i < kRunBytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_capital = byte >= 'A' && byte <= 'Z';
    run[i] = static_cast<char>(byte | (is_capital ? 'a' - 'A' : 0));
    other |= static_cast<unsigned char>(byte >= 0x80) |
             static_cast<unsigned char>(byte >= '\t' && byte <= '\r');
  }
  for (size_t i = 0; i + 1 < kRunBytes; ++i) {
    other |= static_cast<unsigned char>(run[i] == ' ' && run[i + 1] == ' ');
  }
  return other == 0;
}

// Writes characters that are folded already, with white space as it should be.
class Collapser {
 public:
  // REQUIRES: what is added has `bytes_max` bytes at most.
  explicit Collapser(size_t bytes_max) : normal_(bytes_max, '\0') {}

  void AddSpace() { has_space_ = true; }

  // The ASCII at the start of a text, as it was written; returns how many bytes that is.
  int32_t AddAscii(absl::string_view text) {
    size_t at = 0;
    size_t added = 0;
    do {
      at += AddPlainRuns(text.substr(at));
      added = AddAsciiBytes(text.substr(at, kRunBytes));
      at += added;
    } while (added == kRunBytes);
    return static_cast<int32_t>(at);
  }

  void Add(UChar32 code_point, bool runs_on) {
    if (code_point == kCurlyApostrophe) code_point = '\'';
    if (has_space_) WriteSpace(runs_on);
    previous_runs_on_ = runs_on;
    U8_APPEND_UNSAFE(normal_.data(), size_, code_point);
  }

  std::string Take() && {
    CHECK(size_ <= normal_.size());
    normal_.resize(size_);
    return std::move(normal_);
  }

 private:
  // Whole runs at the start of a text, up to the first that has something else than single spaces
  // and characters that are written one by one; returns how many bytes that is.
  size_t AddPlainRuns(absl::string_view text) {
    char* const start = normal_.data();
    char* out = start + size_;
    bool has_space = has_space_;
    size_t at = 0;
    for (; at + kRunBytes <= text.size(); at += kRunBytes) {
      Run run;
      if (!FoldRun(text.data() + at, run)) break;
      if (run.front() == ' ' && (has_space || out == start)) break;
      if (has_space && out != start) *out++ = ' ';
      std::memcpy(out, run.data(), kRunBytes);
      has_space = run.back() == ' ';
      out += has_space ? kRunBytes - 1 : kRunBytes;
    }
    Advance(out, has_space);
    return at;
  }

  size_t AddAsciiBytes(absl::string_view text) {
    char* const start = normal_.data();
    char* out = start + size_;
    bool has_space = has_space_;
    size_t at = 0;
    for (; at < text.size(); ++at) {
      const char letter = kFoldedAscii[static_cast<unsigned char>(text[at])];
      if (letter == kNotAscii) break;
      if (letter == ' ') {
        has_space = true;
        continue;
      }
      if (has_space && out != start) *out++ = ' ';
      has_space = false;
      *out++ = letter;
    }
    Advance(out, has_space);
    return at;
  }

  // To where ASCII was written.
  void Advance(const char* out, bool has_space) {
    const auto size = static_cast<size_t>(out - normal_.data());
    if (size != size_) previous_runs_on_ = false;
    size_ = size;
    has_space_ = has_space;
  }

  void WriteSpace(bool runs_on) {
    if (size_ > 0 && !(runs_on && previous_runs_on_)) normal_[size_++] = ' ';
    has_space_ = false;
  }

  std::string normal_;
  size_t size_ = 0;
  bool has_space_ = false;
  bool previous_runs_on_ = false;
};

// Folds what nearly all texts in English and Chinese consist of. False at the first character that
// needs Unicode's full rules.
bool FoldCommon(absl::string_view text, Collapser& collapser) {
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const absl::string_view rest = text.substr(static_cast<size_t>(at));
    if (const char32_t ideograph = LeadingIdeograph(rest)) {
      collapser.Add(static_cast<UChar32>(Simplified(ideograph)), true);
      at += 3;
      continue;
    }
    if (const int32_t ascii = collapser.AddAscii(rest)) {
      at += ascii;
      continue;
    }
    const UChar32 code_point = NextCodePoint(text, at);
    if (code_point >= kFullWidthFirst && code_point <= kFullWidthLast) {
      const auto narrow = static_cast<char>(code_point - kFullWidthOffset);
      collapser.AddAscii(absl::string_view(&narrow, 1));
    } else if (code_point == kIdeographicSpace) {
      collapser.AddSpace();
    } else if (IsPlainPunctuation(code_point)) {
      collapser.Add(code_point, false);
    } else {
      return false;
    }
  }
  return true;
}

std::string FoldCase(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  CHECK(U_SUCCESS(error));
  std::string folded;
  folded.reserve(text.size());
  icu::StringByteSink<std::string> sink(&folded);
  normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())),
                            sink, nullptr, error);
  CHECK(U_SUCCESS(error));
  return folded;
}

}  // namespace

std::string NormalizeText(absl::string_view text) {
  // A simplified form may need four bytes where the traditional one had three.
  Collapser common(text.size() + text.size() / 3);
  if (FoldCommon(text, common)) return std::move(common).Take();
  const std::string folded = FoldCase(text);
  // U+FFFD may stand for a single byte.
  Collapser collapser(3 * folded.size());
  for (int32_t at = 0; at < static_cast<int32_t>(folded.size());) {
    const UChar32 code_point = NextCodePoint(folded, at);
    if (u_isUWhiteSpace(code_point)) {
      collapser.AddSpace();
    } else {
      collapser.Add(static_cast<UChar32>(Simplified(code_point)), RunsOn(code_point));
    }
  }
  return std::move(collapser).Take();
}

const std::string& TextTablesVersion() {
  static const std::string& version = *new std::string([] {
    UVersionInfo unicode;
    u_getUnicodeVersion(unicode);
    return absl::StrCat(static_cast<int>(unicode[0]), ".", static_cast<int>(unicode[1]), "-",
                        absl::Hex(kSimplifiedHash, absl::kZeroPad8));
  }());
  return version;
}

bool ContinuesWord(char32_t character) {
  if (character < 0x80) return kAsciiContinuesWord[character];
  switch (u_getIntPropertyValue(static_cast<UChar32>(character), UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER:
    case U_WB_NUMERIC:
    case U_WB_EXTENDNUMLET:
    case U_WB_EXTEND:
      return true;
    default:
      return false;
  }
}

char32_t CharacterBefore(absl::string_view text, size_t position) {
  auto at = static_cast<int32_t>(position);
  UChar32 code_point;
  U8_PREV_OR_FFFD(text.data(), 0, at, code_point);
  return static_cast<char32_t>(code_point);
}

char32_t CharacterAfter(absl::string_view text, size_t position) {
  auto at = static_cast<int32_t>(position);
  return static_cast<char32_t>(NextCodePoint(text, at));
}

std::vector<uint32_t> WordStarts(absl::string_view text) {
  std::vector<uint32_t> starts;
  bool is_inside = false;
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    const int32_t start = at;
    const UChar32 code_point = NextCodePoint(text, at);
    const bool continues = ContinuesWord(static_cast<char32_t>(code_point));
    const bool is_letter = !continues && !IsAscii(code_point) && u_isUAlphabetic(code_point);
    if (is_letter || (continues && !is_inside)) starts.push_back(static_cast<uint32_t>(start));
    is_inside = continues;
  }
  return starts;
}

}  // namespace redress::engine
