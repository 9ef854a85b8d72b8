#include "engine/cel/literal.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace redress::cel {
namespace {

// Digits in base 10, or 16 after "0x", as a magnitude.
std::optional<uint64_t> Magnitude(absl::string_view digits) {
  int base = 10;
  if (absl::StartsWithIgnoreCase(digits, "0x")) {
    base = 16;
    digits.remove_prefix(2);
  }
  uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, magnitude, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return magnitude;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (!absl::ascii_isxdigit(c)) return -1;
  return absl::ascii_tolower(c) - 'a' + 10;
}

char SimpleEscape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '\'':
    case '"':
    case '`':
    case '?':
      return c;
    default:
      return '\0';
  }
}

class TextReader {
 public:
  TextReader(absl::string_view body, bool is_bytes, bool is_raw)
      : body_(body), is_bytes_(is_bytes), is_raw_(is_raw) {}

  std::variant<Literal, BadLiteral> Read() {
    while (at_ < body_.size() && problem_.empty()) {
      const char c = body_[at_];
      if (c == '\r') {  // line ends inside text read the same on every system
        out_ += '\n';
        at_ += absl::StartsWith(body_.substr(at_), "\r\n") ? 2 : 1;
      } else if (c == '\\' && !is_raw_) {
        ++at_;
        Escape();
      } else {
        out_ += c;
        ++at_;
      }
    }
    if (!problem_.empty()) return BadLiteral{problem_};
    if (is_bytes_) return Literal(BytesLiteral{std::move(out_)});
    return Literal(std::move(out_));
  }

 private:
  void Escape() {
    const char c = at_ < body_.size() ? body_[at_] : '\0';
    ++at_;
    if (const char plain = SimpleEscape(c); plain != '\0') {
      out_ += plain;
    } else if (c == 'x' || c == 'X') {
      Number(16, 2, true);
    } else if (c == 'u' && !is_bytes_) {
      Number(16, 4, false);
    } else if (c == 'U' && !is_bytes_) {
      Number(16, 8, false);
    } else if (c >= '0' && c <= '3') {
      --at_;
      Number(8, 3, true);
    } else {
      problem_ = absl::StrCat("unknown escape \\", absl::string_view(&c, c == '\0' ? 0 : 1));
    }
  }

  void Number(uint32_t base, int digits, bool octet_in_bytes) {
    uint32_t value = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < body_.size() ? HexDigit(body_[at_]) : -1;
      if (digit < 0 || digit >= static_cast<int>(base)) {
        problem_ = absl::StrCat("this escape needs ", digits, " digits");
        return;
      }
      value = value * base + static_cast<uint32_t>(digit);
    }
    if (is_bytes_ && octet_in_bytes) {
      out_ += static_cast<char>(value);
      return;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      problem_ = "an escape names no Unicode character";
      return;
    }
    AppendUtf8(value, out_);
  }

  absl::string_view body_;
  bool is_bytes_;
  bool is_raw_;
  size_t at_ = 0;
  std::string out_;
  std::string problem_;
};

}  // namespace

std::variant<Literal, BadLiteral> ParseInt(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  const std::optional<uint64_t> magnitude = Magnitude(text);
  const uint64_t max = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (!magnitude.has_value() || *magnitude > max) {
    return BadLiteral{"this number does not fit an int of 64 bits"};
  }
  return Literal(static_cast<int64_t>(negative ? 0 - *magnitude : *magnitude));
}

std::variant<Literal, BadLiteral> ParseUint(absl::string_view text) {
  const std::optional<uint64_t> magnitude = Magnitude(text.substr(0, text.size() - 1));
  if (!magnitude.has_value()) return BadLiteral{"this number does not fit a uint of 64 bits"};
  return Literal(*magnitude);
}

std::variant<Literal, BadLiteral> ParseDouble(absl::string_view text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
    return BadLiteral{"this number does not fit a double"};
  }
  return Literal(value);
}

std::variant<Literal, BadLiteral> ParseText(absl::string_view text) {
  bool is_bytes = false;
  bool is_raw = false;
  while (!text.empty() && text[0] != '"' && text[0] != '\'') {
    (absl::ascii_tolower(text[0]) == 'b' ? is_bytes : is_raw) = true;
    text.remove_prefix(1);
  }
  const absl::string_view single = text.substr(0, 1);
  const std::string triple = absl::StrCat(single, single, single);
  const absl::string_view quote = absl::StartsWith(text, triple) ? triple : single;
  text.remove_prefix(quote.size());
  absl::ConsumeSuffix(&text, quote);
  return TextReader(text, is_bytes, is_raw).Read();
}

void AppendUtf8(uint32_t code_point, std::string& out) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace redress::cel
