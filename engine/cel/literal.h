// The values of literals as they are written.
#pragma once

#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "engine/cel/ast.h"

namespace redress::cel {

// What is wrong with a literal, in words.
struct BadLiteral {
  std::string message;
};

// `text` is the token, with a '-' in front for a negative number.
std::variant<Literal, BadLiteral> ParseInt(absl::string_view text);
std::variant<Literal, BadLiteral> ParseUint(absl::string_view text);
std::variant<Literal, BadLiteral> ParseDouble(absl::string_view text);

// A string or bytes literal with its prefix and quotes; an unterminated one reads to its end.
std::variant<Literal, BadLiteral> ParseText(absl::string_view text);

// Appends the UTF-8 of a code point. REQUIRES: it is one, and no surrogate.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace redress::cel
