// The tables of the grammar: operators, reserved words, and what can begin an expression.
#pragma once

#include <algorithm>
#include <iterator>

#include "absl/strings/string_view.h"
#include "engine/cel/ast.h"
#include "engine/cel/lexer.h"

namespace redress::cel {

struct BinaryOperator {
  TokenKind token;
  int precedence;
  absl::string_view function;
};

inline constexpr int kOrPrecedence = 1;
inline constexpr int kAndPrecedence = 2;

inline constexpr BinaryOperator kBinaryOperators[] = {
    {TokenKind::kOr, kOrPrecedence, operators::kOr},
    {TokenKind::kAnd, kAndPrecedence, operators::kAnd},
    {TokenKind::kEqual, 3, operators::kEqual},
    {TokenKind::kNotEqual, 3, operators::kNotEqual},
    {TokenKind::kLess, 3, operators::kLess},
    {TokenKind::kLessOrEqual, 3, operators::kLessOrEqual},
    {TokenKind::kGreater, 3, operators::kGreater},
    {TokenKind::kGreaterOrEqual, 3, operators::kGreaterOrEqual},
    {TokenKind::kIn, 3, operators::kIn},
    {TokenKind::kPlus, 4, operators::kAdd},
    {TokenKind::kMinus, 4, operators::kSubtract},
    {TokenKind::kStar, 5, operators::kMultiply},
    {TokenKind::kSlash, 5, operators::kDivide},
    {TokenKind::kPercent, 5, operators::kModulo},
};

inline constexpr absl::string_view kReserved[] = {
    "as",  "break", "const",     "continue", "else",   "for", "function", "if",    "import",
    "let", "loop",  "namespace", "package",  "return", "var", "void",     "while",
};

inline const BinaryOperator* FindOperator(TokenKind token) {
  for (const BinaryOperator& candidate : kBinaryOperators) {
    if (candidate.token == token) return &candidate;
  }
  return nullptr;
}

inline bool IsKeyword(TokenKind kind) {
  return kind == TokenKind::kTrue || kind == TokenKind::kFalse || kind == TokenKind::kNull ||
         kind == TokenKind::kIn;
}

inline bool StartsExpression(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kInt:
    case TokenKind::kUint:
    case TokenKind::kDouble:
    case TokenKind::kString:
    case TokenKind::kBytes:
    case TokenKind::kTrue:
    case TokenKind::kFalse:
    case TokenKind::kNull:
    case TokenKind::kMinus:
    case TokenKind::kNot:
    case TokenKind::kDot:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBracket:
    case TokenKind::kLeftBrace:
      return true;
    default:
      return false;
  }
}

// Words that other languages use, kept for later. They may still name fields.
inline bool IsReserved(absl::string_view word) {
  return std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved);
}

}  // namespace redress::cel
