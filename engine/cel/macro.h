// Macros: calls that the parser replaces by other expressions.
//
// A macro is a row in a table, so that an extension can bring its own. Its expansion uses each
// argument at most once: a node has one parent.
#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/ast.h"
#include "engine/cel/issue.h"

namespace redress::cel {

// The accumulator of every comprehension that a macro makes. No identifier can be written so.
inline constexpr absl::string_view kAccumulator = "@result";

// A variable that nothing reads.
inline constexpr absl::string_view kUnusedVariable = "#unused";

// Builds the replacement of one call.
class MacroCall {
 public:
  MacroCall(Ast& ast, IssueList& issues, uint32_t offset, ExprId target,
            absl::Span<const ExprId> arguments)
      : ast_(ast), issues_(issues), offset_(offset), target_(target), arguments_(arguments) {}

  ExprId target() const { return target_; }
  absl::Span<const ExprId> arguments() const { return arguments_; }
  const Ast& ast() const { return ast_; }
  uint32_t offset() const { return offset_; }

  // Reports an issue at `at`; the result stands for the call.
  ExprId Fail(ExprId at, std::string message);

  // The name that argument `index` declares, or the empty string after reporting that it is none.
  std::string VariableName(size_t index);

  // New nodes, all at the place of the call.
  ExprId Bool(bool value) { return Add(Literal(value)); }
  ExprId Int(int64_t value) { return Add(Literal(value)); }
  ExprId Name(absl::string_view name) { return Add(Identifier{std::string(name)}); }
  ExprId Accumulator() { return Name(kAccumulator); }
  ExprId Call(absl::string_view function, std::vector<ExprId> arguments);
  ExprId Method(ExprId target, absl::string_view function, std::vector<ExprId> arguments);
  ExprId List(std::vector<ExprId> elements);
  ExprId EmptyMap() { return Add(MapLiteral{}); }
  ExprId Fold(Comprehension fold) { return Add(std::move(fold)); }
  void MakeTest(ExprId select) { ast_.MakeTest(select, offset_); }

 private:
  ExprId Add(ExprNode node) { return ast_.Add(offset_, std::move(node)); }

  Ast& ast_;
  IssueList& issues_;
  uint32_t offset_;
  ExprId target_;
  absl::Span<const ExprId> arguments_;
};

struct Macro {
  absl::string_view name;             // "bind", or "cel.bind" in a namespace
  bool is_method;                     // stands after a dot
  int argument_count;                 // kAnyCount for any number
  ExprId (*expand)(MacroCall& call);  // kNoExpr: this call is no macro after all

  static constexpr int kAnyCount = -1;
};

class MacroTable {
 public:
  // A later macro with the same name, form and count replaces an earlier one.
  void Add(absl::Span<const Macro> macros);

  // The macro for a call, or nullptr.
  const Macro* Find(absl::string_view name, bool is_method, size_t argument_count) const;

  // Whether .?field, [?index] and ?element may be written.
  bool allows_optional_syntax() const { return allows_optional_syntax_; }
  void AllowOptionalSyntax() { allows_optional_syntax_ = true; }

 private:
  absl::btree_map<std::string, std::vector<Macro>> macros_;
  bool allows_optional_syntax_ = false;
};

// has, all, exists, exists_one (existsOne), map, filter.
absl::Span<const Macro> StandardMacros();

// all, exists, existsOne, transformList, transformMap and transformMapEntry with two variables.
absl::Span<const Macro> TwoVariableMacros();

}  // namespace redress::cel
