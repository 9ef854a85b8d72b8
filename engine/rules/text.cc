#include "engine/rules/text.h"

#include <re2/re2.h>
#include <re2/set.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/check.h"

namespace redress::engine {
namespace {

// Memory that the matcher may use: in proportion to its phrases, so that small playbooks stay
// small. A playbook whose phrases are too many for it is matched phrase by phrase.
constexpr int64_t kMatcherMemoryMin = int64_t{8} << 20;
constexpr int64_t kMatcherMemoryMax = int64_t{96} << 20;
constexpr int64_t kMatcherMemoryPerByte = 96;

constexpr UChar32 kCurlyApostrophe = 0x2019;

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isascii);
}

UChar32 NextCodePoint(absl::string_view text, int32_t& position) {
  UChar32 code_point;
  U8_NEXT(text.data(), position, static_cast<int32_t>(text.size()), code_point);
  return code_point;
}

UChar32 CodePointBefore(absl::string_view text, int32_t position) {
  UChar32 code_point;
  U8_PREV(text.data(), 0, position, code_point);
  return code_point;
}

// Whether a word of its script goes on through this character.
bool ContinuesWord(UChar32 code_point) {
  switch (u_getIntPropertyValue(code_point, UCHAR_WORD_BREAK)) {
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

bool WordContinuesAfter(absl::string_view text, size_t position) {
  if (position >= text.size()) return false;
  const auto byte = static_cast<unsigned char>(text[position]);
  if (absl::ascii_isascii(byte)) return absl::ascii_isalnum(byte) || byte == '_';
  auto at = static_cast<int32_t>(position);
  return ContinuesWord(NextCodePoint(text, at));
}

bool WordContinuesBefore(absl::string_view text, size_t position) {
  if (position == 0) return false;
  const auto byte = static_cast<unsigned char>(text[position - 1]);
  if (absl::ascii_isascii(byte)) return absl::ascii_isalnum(byte) || byte == '_';
  return ContinuesWord(CodePointBefore(text, static_cast<int32_t>(position)));
}

// Written without spaces, so that a space inside comes from a line break.
bool RunsOn(UChar32 code_point) {
  if (code_point < 0x2E80) return false;
  if (u_hasBinaryProperty(code_point, UCHAR_IDEOGRAPHIC)) return true;
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(code_point, &error);
  return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

std::string LowerAndCollapseAscii(absl::string_view text) {
  std::string normal;
  normal.reserve(text.size());
  bool has_space = false;
  for (const char letter : text) {
    if (absl::ascii_isspace(static_cast<unsigned char>(letter))) {
      has_space = true;
      continue;
    }
    if (has_space && !normal.empty()) normal.push_back(' ');
    has_space = false;
    normal.push_back(absl::ascii_tolower(static_cast<unsigned char>(letter)));
  }
  return normal;
}

std::string Collapse(absl::string_view folded) {
  std::string normal;
  normal.reserve(folded.size());
  bool has_space = false;
  bool previous_runs_on = false;
  for (int32_t at = 0; at < static_cast<int32_t>(folded.size());) {
    const int32_t start = at;
    const UChar32 code_point = NextCodePoint(folded, at);
    if (u_isUWhiteSpace(code_point)) {
      has_space = true;
      continue;
    }
    const bool runs_on = RunsOn(code_point);
    if (has_space && !normal.empty() && !(runs_on && previous_runs_on)) normal.push_back(' ');
    has_space = false;
    previous_runs_on = runs_on;
    if (code_point == kCurlyApostrophe) {
      normal.push_back('\'');
    } else {
      normal.append(folded.data() + start, static_cast<size_t>(at - start));
    }
  }
  return normal;
}

}  // namespace

std::string NormalizeText(absl::string_view text) {
  if (IsAscii(text)) return LowerAndCollapseAscii(text);
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  CHECK(U_SUCCESS(error));
  std::string folded;
  folded.reserve(text.size());
  icu::StringByteSink<std::string> sink(&folded);
  normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())),
                            sink, nullptr, error);
  CHECK(U_SUCCESS(error));
  return Collapse(folded);
}

Phrase::Phrase(absl::string_view words) : normal_(NormalizeText(words)) {
  starts_with_word_ = WordContinuesAfter(normal_, 0);
  ends_with_word_ = WordContinuesBefore(normal_, normal_.size());
}

bool Phrase::IsIn(absl::string_view normal_text) const {
  if (normal_.empty()) return false;
  for (size_t at = normal_text.find(normal_); at != absl::string_view::npos;
       at = normal_text.find(normal_, at + 1)) {
    if (starts_with_word_ && WordContinuesBefore(normal_text, at)) continue;
    if (ends_with_word_ && WordContinuesAfter(normal_text, at + normal_.size())) continue;
    return true;
  }
  return false;
}

struct PhraseSet::Matcher {
  // Finds which phrases occur as plain bytes; their edges are looked at afterwards.
  RE2::Set set;
  bool is_usable = false;
};

PhraseSet::PhraseSet() = default;
PhraseSet::~PhraseSet() = default;
PhraseSet::PhraseSet(PhraseSet&&) noexcept = default;
PhraseSet& PhraseSet::operator=(PhraseSet&&) noexcept = default;

int PhraseSet::Add(absl::string_view words) {
  CHECK(matcher_ == nullptr);
  Phrase phrase(words);
  const auto [known, is_new] =
      numbers_.try_emplace(phrase.normal(), static_cast<int>(phrases_.size()));
  if (is_new) phrases_.push_back(std::move(phrase));
  return known->second;
}

void PhraseSet::Build() {
  CHECK(matcher_ == nullptr);
  int64_t bytes = 0;
  for (const Phrase& phrase : phrases_) bytes += static_cast<int64_t>(phrase.normal().size());
  RE2::Options options;
  options.set_literal(true);
  options.set_log_errors(false);
  options.set_encoding(RE2::Options::EncodingLatin1);  // valid UTF-8 matches as its bytes do
  options.set_max_mem(
      std::clamp(bytes * kMatcherMemoryPerByte, kMatcherMemoryMin, kMatcherMemoryMax));
  matcher_ = std::make_unique<Matcher>(Matcher{RE2::Set(options, RE2::UNANCHORED)});
  for (const Phrase& phrase : phrases_) CHECK(matcher_->set.Add(phrase.normal(), nullptr) >= 0);
  matcher_->is_usable = matcher_->set.Compile();
}

std::vector<bool> PhraseSet::Scan(absl::string_view text) const {
  CHECK(matcher_ != nullptr);
  std::vector<bool> found(phrases_.size());
  if (phrases_.empty()) return found;
  const std::string normal = NormalizeText(text);
  std::vector<int> candidates;
  RE2::Set::ErrorInfo error{RE2::Set::kOutOfMemory};
  const bool has_candidates =
      matcher_->is_usable && matcher_->set.Match(normal, &candidates, &error);
  if (has_candidates) {
    for (const int number : candidates) found[number] = phrases_[number].IsIn(normal);
  } else if (error.kind != RE2::Set::kNoError) {
    for (size_t i = 0; i < phrases_.size(); ++i) found[i] = phrases_[i].IsIn(normal);
  }
  return found;
}

}  // namespace redress::engine
