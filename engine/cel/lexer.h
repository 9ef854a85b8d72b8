// Splits the text of an expression into tokens.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/cel/issue.h"

namespace redress::cel {

enum class TokenKind : uint8_t {
  kEnd,
  kIdentifier,
  kQuotedIdentifier,  // `between backquotes`
  kInt,
  kUint,
  kDouble,
  kString,  // as written, with prefix and quotes
  kBytes,
  kTrue,
  kFalse,
  kNull,
  kIn,
  kQuestion,
  kColon,
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kNot,
  kDot,
  kComma,
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t offset = 0;
  absl::string_view text;
};

// All tokens of `text`, the last one kEnd. What is no token is reported and left out. REQUIRES:
// valid UTF-8.
std::vector<Token> Tokenize(absl::string_view text, IssueList& issues);

}  // namespace redress::cel
