// Checks a syntax tree against an environment: every name known, every call with types that fit.
//
// dyn fits everything and is checked when it runs. The checked tree is what a planner, or a program
// that takes conditions apart, works on: it has for each expression its type and, for names and
// calls, what they refer to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/type.h"

namespace redress::cel {

// What an identifier, or a selection that is a qualified name as a whole, refers to.
struct VariableReference {
  Slot slot;
};
struct ConstantReference {
  Value value;
};
// A variable of a comprehension around it, by name: the innermost one counts.
struct LocalReference {};
// The overloads that fit a call. More than one: the kinds of the arguments decide when it runs.
struct CallReference {
  std::vector<const Overload*> overloads;
  bool is_method;  // the target is the first argument; otherwise it was a namespace
};
// The message that a literal builds.
struct MessageReference {
  const google::protobuf::Descriptor* descriptor;
};
// Refers to nothing, which was tolerated: an error when it runs.
struct UnknownReference {
  std::string message;
};
using Reference = std::variant<std::monostate, VariableReference, ConstantReference, LocalReference,
                               CallReference, MessageReference, UnknownReference>;

struct CheckedAst {
  Ast ast;
  std::vector<Type> types;            // by ExprId
  std::vector<Reference> references;  // by ExprId

  const Type& type() const { return types[ast.root()]; }
};

enum class Strictness : uint8_t {
  kStrict,    // what does not fit is an issue
  kTolerant,  // it is dyn, and an error when it runs and matters
};

// The environment must outlive the result.
Outcome<CheckedAst> Check(Ast ast, const Environment& environment,
                          Strictness strictness = Strictness::kStrict);

}  // namespace redress::cel
