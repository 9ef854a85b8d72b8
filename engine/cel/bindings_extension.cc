// cel.bind(name, value, expression): the expression with a name for a value that is computed once.
#include "engine/cel/environment.h"

namespace redress::cel {
namespace {

ExprId ExpandBind(MacroCall& call) {
  const std::string name = call.VariableName(0);
  if (name.empty()) return call.Bool(true);
  Comprehension fold;
  fold.variable = std::string(kUnusedVariable);
  fold.range = call.List({});
  fold.accumulator = name;
  fold.initial = call.arguments()[1];
  fold.condition = call.Bool(false);
  fold.step = call.Name(name);
  fold.result = call.arguments()[2];
  return call.Fold(std::move(fold));
}

constexpr Macro kMacros[] = {{"cel.bind", false, 3, ExpandBind}};

}  // namespace

void AddBindingsExtension(Environment& environment) { environment.macros().Add(kMacros); }

}  // namespace redress::cel
