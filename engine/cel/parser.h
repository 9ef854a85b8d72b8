// Turns text into a syntax tree, with macros already expanded.
#pragma once

#include <string>

#include "engine/cel/ast.h"
#include "engine/cel/issue.h"
#include "engine/cel/macro.h"

namespace redress::cel {

// Parses one expression. Refused, with issues: what is not in the grammar, text that is not UTF-8,
// and what exceeds kSourceBytesMax, kNodesMax or kDepthMax.
Outcome<Ast> Parse(std::string text, const MacroTable& macros);

}  // namespace redress::cel
