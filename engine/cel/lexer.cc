#include "engine/cel/lexer.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace redress::cel {
namespace {

struct Symbol {
  absl::string_view text;
  TokenKind kind;
};

// Longer symbols before their prefixes.
constexpr Symbol kSymbols[] = {
    {"||", TokenKind::kOr},          {"&&", TokenKind::kAnd},
    {"==", TokenKind::kEqual},       {"!=", TokenKind::kNotEqual},
    {"<=", TokenKind::kLessOrEqual}, {">=", TokenKind::kGreaterOrEqual},
    {"<", TokenKind::kLess},         {">", TokenKind::kGreater},
    {"?", TokenKind::kQuestion},     {":", TokenKind::kColon},
    {"+", TokenKind::kPlus},         {"-", TokenKind::kMinus},
    {"*", TokenKind::kStar},         {"/", TokenKind::kSlash},
    {"%", TokenKind::kPercent},      {"!", TokenKind::kNot},
    {".", TokenKind::kDot},          {",", TokenKind::kComma},
    {"(", TokenKind::kLeftParen},    {")", TokenKind::kRightParen},
    {"[", TokenKind::kLeftBracket},  {"]", TokenKind::kRightBracket},
    {"{", TokenKind::kLeftBrace},    {"}", TokenKind::kRightBrace},
};

constexpr Symbol kKeywords[] = {
    {"true", TokenKind::kTrue},
    {"false", TokenKind::kFalse},
    {"null", TokenKind::kNull},
    {"in", TokenKind::kIn},
};

bool IsIdentifierStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsIdentifierPart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

class Lexer {
 public:
  Lexer(absl::string_view text, IssueList& issues) : text_(text), issues_(issues) {}

  std::vector<Token> Run() {
    for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) Next();
    tokens_.push_back({TokenKind::kEnd, static_cast<uint32_t>(text_.size()), ""});
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void SkipBlanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '/' && Peek(1) == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else {
        return;
      }
    }
  }

  void Emit(TokenKind kind, size_t start) {
    tokens_.push_back({kind, static_cast<uint32_t>(start), text_.substr(start, at_ - start)});
  }

  void Next() {
    const char c = Peek();
    if (absl::ascii_isdigit(c) || (c == '.' && absl::ascii_isdigit(Peek(1)))) return Number();
    if (StringPrefixBytes() > 0 || c == '"' || c == '\'') return String();
    if (IsIdentifierStart(c)) return Word();
    if (c == '`') return QuotedIdentifier();
    for (const Symbol& symbol : kSymbols) {
      if (!absl::StartsWith(text_.substr(at_), symbol.text)) continue;
      at_ += symbol.text.size();
      return Emit(symbol.kind, at_ - symbol.text.size());
    }
    Stray();
  }

  void Stray() {
    const size_t start = at_;
    const absl::string_view character = text_.substr(at_, CodePointBytes(text_, at_));
    at_ += character.size();
    std::string message = absl::StrCat("unexpected character '", character, "'");
    if (character == "&") message += "; 'and' is written &&";
    if (character == "|") message += "; 'or' is written ||";
    if (character == "=") message += "; equality is written ==";
    issues_.Add(static_cast<uint32_t>(start), std::move(message));
  }

  void Word() {
    const size_t start = at_;
    while (IsIdentifierPart(Peek())) ++at_;
    const absl::string_view word = text_.substr(start, at_ - start);
    for (const Symbol& keyword : kKeywords) {
      if (word == keyword.text) return Emit(keyword.kind, start);
    }
    Emit(TokenKind::kIdentifier, start);
  }

  void QuotedIdentifier() {
    const size_t start = at_++;
    while (IsIdentifierPart(Peek()) || absl::StrContains(".-/ ", Peek())) {
      if (at_ >= text_.size()) break;
      ++at_;
    }
    if (Peek() == '`' && at_ > start + 1) {
      ++at_;
      return Emit(TokenKind::kQuotedIdentifier, start);
    }
    issues_.Add(static_cast<uint32_t>(start), "this backquote does not begin a valid quoted name");
    if (at_ < text_.size()) at_ += CodePointBytes(text_, at_);
  }

  void Digits() {
    while (absl::ascii_isdigit(Peek())) ++at_;
  }

  void Number() {
    const size_t start = at_;
    TokenKind kind = TokenKind::kInt;
    if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X') && absl::ascii_isxdigit(Peek(2))) {
      at_ += 2;
      while (absl::ascii_isxdigit(Peek())) ++at_;
    } else {
      Digits();
      if (Peek() == '.' && absl::ascii_isdigit(Peek(1))) {
        kind = TokenKind::kDouble;
        ++at_;
        Digits();
      }
      const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
      if ((Peek() == 'e' || Peek() == 'E') && absl::ascii_isdigit(Peek(1 + sign))) {
        kind = TokenKind::kDouble;
        at_ += 1 + sign;
        Digits();
      }
    }
    if (kind == TokenKind::kInt && (Peek() == 'u' || Peek() == 'U')) {
      kind = TokenKind::kUint;
      ++at_;
    }
    Emit(kind, start);
  }

  // How many of the letters r and b stand before a quote here; 0 when it is no string.
  size_t StringPrefixBytes() const {
    size_t length = 0;
    bool raw = false;
    bool bytes = false;
    for (; length < 2; ++length) {
      const char c = absl::ascii_tolower(Peek(length));
      if (c == 'r' && !raw) {
        raw = true;
      } else if (c == 'b' && !bytes) {
        bytes = true;
      } else {
        break;
      }
    }
    const char quote = Peek(length);
    return quote == '"' || quote == '\'' ? length : 0;
  }

  void String() {
    const size_t start = at_;
    const size_t prefix_bytes = StringPrefixBytes();
    const std::string prefix = absl::AsciiStrToLower(text_.substr(start, prefix_bytes));
    at_ += prefix_bytes;
    const std::string triple(3, Peek());
    const std::string quote =
        absl::StartsWith(text_.substr(at_), triple) ? triple : triple.substr(2);
    at_ += quote.size();
    const bool raw = absl::StrContains(prefix, 'r');
    while (at_ < text_.size() && !absl::StartsWith(text_.substr(at_), quote)) {
      if (quote.size() == 1 && (Peek() == '\n' || Peek() == '\r')) break;
      at_ += Peek() == '\\' && !raw ? 2 : 1;
    }
    if (at_ >= text_.size() || !absl::StartsWith(text_.substr(at_), quote)) {
      at_ = std::min(at_, text_.size());
      issues_.Add(static_cast<uint32_t>(start), absl::StrCat("this text has no closing ", quote));
    } else {
      at_ += quote.size();
    }
    Emit(absl::StrContains(prefix, 'b') ? TokenKind::kBytes : TokenKind::kString, start);
  }

  absl::string_view text_;
  IssueList& issues_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> Tokenize(absl::string_view text, IssueList& issues) {
  return Lexer(text, issues).Run();
}

}  // namespace redress::cel
