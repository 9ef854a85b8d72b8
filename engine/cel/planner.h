// Turns a checked tree into a program: names become slots, constants are computed once, macros'
// loops get plain forms.
#pragma once

#include <string>

#include "engine/cel/checker.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/program.h"

namespace redress::cel {

// Plans a tree, or reports constant arguments that can never work, such as a malformed regular
// expression. The environment is the one that the tree was checked against, and must outlive the
// program.
Outcome<Program> Plan(const CheckedAst& checked, const Environment& environment);

// Parse, Check and Plan in one call.
Outcome<Program> Compile(std::string text, const Environment& environment);

}  // namespace redress::cel
