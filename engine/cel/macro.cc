#include "engine/cel/macro.h"

#include "absl/strings/str_cat.h"

namespace redress::cel {
namespace {

ExprId ExpandHas(MacroCall& call) {
  const ExprId argument = call.arguments()[0];
  const auto* select = call.ast()[argument].As<Select>();
  if (select == nullptr || select->is_test) {
    return call.Fail(argument, "has() takes a field selection, as in has(message.field)");
  }
  call.MakeTest(argument);
  return argument;
}

// A comprehension over the target with the first one or two arguments as variables; the caller sets
// the rest.
struct Loop {
  bool is_valid = false;
  Comprehension fold;
};

Loop NewLoop(MacroCall& call, size_t variables) {
  Loop loop;
  loop.fold.range = call.target();
  loop.fold.variable = call.VariableName(0);
  if (variables == 2) loop.fold.second_variable = call.VariableName(1);
  loop.fold.accumulator = std::string(kAccumulator);
  loop.is_valid =
      !loop.fold.variable.empty() && (variables == 1 || !loop.fold.second_variable.empty());
  if (loop.is_valid && loop.fold.variable == loop.fold.second_variable) {
    call.Fail(call.arguments()[1], "the two variables need different names");
    loop.is_valid = false;
  }
  return loop;
}

template <size_t kVariables>
ExprId ExpandAll(MacroCall& call) {
  Loop loop = NewLoop(call, kVariables);
  if (!loop.is_valid) return call.Bool(true);
  loop.fold.initial = call.Bool(true);
  loop.fold.condition = call.Call(operators::kNotStrictlyFalse, {call.Accumulator()});
  loop.fold.step = call.Call(operators::kAnd, {call.Accumulator(), call.arguments()[kVariables]});
  loop.fold.result = call.Accumulator();
  return call.Fold(std::move(loop.fold));
}

template <size_t kVariables>
ExprId ExpandExists(MacroCall& call) {
  Loop loop = NewLoop(call, kVariables);
  if (!loop.is_valid) return call.Bool(true);
  const ExprId found_none = call.Call(operators::kNot, {call.Accumulator()});
  loop.fold.initial = call.Bool(false);
  loop.fold.condition = call.Call(operators::kNotStrictlyFalse, {found_none});
  loop.fold.step = call.Call(operators::kOr, {call.Accumulator(), call.arguments()[kVariables]});
  loop.fold.result = call.Accumulator();
  return call.Fold(std::move(loop.fold));
}

template <size_t kVariables>
ExprId ExpandExistsOne(MacroCall& call) {
  Loop loop = NewLoop(call, kVariables);
  if (!loop.is_valid) return call.Bool(true);
  const ExprId one_more = call.Call(operators::kAdd, {call.Accumulator(), call.Int(1)});
  loop.fold.initial = call.Int(0);
  loop.fold.condition = call.Bool(true);
  loop.fold.step = call.Call(operators::kConditional,
                             {call.arguments()[kVariables], one_more, call.Accumulator()});
  loop.fold.result = call.Call(operators::kEqual, {call.Accumulator(), call.Int(1)});
  return call.Fold(std::move(loop.fold));
}

// Collects what `transform` makes of the elements that pass `filter` (all, when it is kNoExpr) into
// a list.
ExprId Collect(MacroCall& call, Loop loop, ExprId filter, ExprId transform) {
  loop.fold.initial = call.List({});
  loop.fold.condition = call.Bool(true);
  loop.fold.step = call.Call(operators::kAdd, {call.Accumulator(), call.List({transform})});
  if (filter != kNoExpr) {
    loop.fold.step =
        call.Call(operators::kConditional, {filter, loop.fold.step, call.Accumulator()});
  }
  loop.fold.result = call.Accumulator();
  return call.Fold(std::move(loop.fold));
}

template <size_t kVariables>
ExprId ExpandMap(MacroCall& call) {
  Loop loop = NewLoop(call, kVariables);
  if (!loop.is_valid) return call.Bool(true);
  const bool filters = call.arguments().size() == kVariables + 2;
  const ExprId filter = filters ? call.arguments()[kVariables] : kNoExpr;
  return Collect(call, std::move(loop), filter, call.arguments().back());
}

ExprId ExpandFilter(MacroCall& call) {
  Loop loop = NewLoop(call, 1);
  if (!loop.is_valid) return call.Bool(true);
  const ExprId element = call.Name(loop.fold.variable);
  return Collect(call, std::move(loop), call.arguments()[1], element);
}

// Collects entries into a map: `insert` is the call that adds one.
ExprId CollectEntries(MacroCall& call, Loop loop, ExprId filter, ExprId insert) {
  loop.fold.initial = call.EmptyMap();
  loop.fold.condition = call.Bool(true);
  loop.fold.step = insert;
  if (filter != kNoExpr) {
    loop.fold.step = call.Call(operators::kConditional, {filter, insert, call.Accumulator()});
  }
  loop.fold.result = call.Accumulator();
  return call.Fold(std::move(loop.fold));
}

ExprId ExpandTransformMap(MacroCall& call) {
  Loop loop = NewLoop(call, 2);
  if (!loop.is_valid) return call.Bool(true);
  const ExprId filter = call.arguments().size() == 4 ? call.arguments()[2] : kNoExpr;
  const ExprId key = call.Name(loop.fold.variable);
  const ExprId insert =
      call.Call("cel.@mapInsert", {call.Accumulator(), key, call.arguments().back()});
  return CollectEntries(call, std::move(loop), filter, insert);
}

ExprId ExpandTransformMapEntry(MacroCall& call) {
  Loop loop = NewLoop(call, 2);
  if (!loop.is_valid) return call.Bool(true);
  const ExprId filter = call.arguments().size() == 4 ? call.arguments()[2] : kNoExpr;
  const ExprId insert = call.Call("cel.@mapInsert", {call.Accumulator(), call.arguments().back()});
  return CollectEntries(call, std::move(loop), filter, insert);
}

constexpr bool kMethod = true;
constexpr bool kFunction = false;

}  // namespace

ExprId MacroCall::Fail(ExprId at, std::string message) {
  // What is wrong with the argument itself was said already.
  if (!issues_.HasIssueAt(ast_[at].offset)) issues_.Add(ast_[at].offset, std::move(message));
  return Bool(true);
}

std::string MacroCall::VariableName(size_t index) {
  const ExprId argument = arguments_[index];
  const auto* identifier = ast_[argument].As<Identifier>();
  if (identifier == nullptr || identifier->name.empty() || identifier->name[0] == '.') {
    Fail(argument, "a plain name is needed here, for the element");
    return "";
  }
  if (identifier->name == "__result__" || identifier->name == kAccumulator) {
    Fail(argument, absl::StrCat("the name ", identifier->name, " is taken"));
    return "";
  }
  return identifier->name;
}

ExprId MacroCall::Call(absl::string_view function, std::vector<ExprId> arguments) {
  return Add(cel::Call{std::string(function), kNoExpr, std::move(arguments)});
}

ExprId MacroCall::Method(ExprId target, absl::string_view function, std::vector<ExprId> arguments) {
  return Add(cel::Call{std::string(function), target, std::move(arguments)});
}

ExprId MacroCall::List(std::vector<ExprId> elements) {
  ListLiteral list;
  for (ExprId element : elements) list.elements.push_back({element, false});
  return Add(std::move(list));
}

void MacroTable::Add(absl::Span<const Macro> macros) {
  for (const Macro& macro : macros) {
    std::vector<Macro>& same_name = macros_[std::string(macro.name)];
    std::erase_if(same_name, [&](const Macro& other) {
      return other.is_method == macro.is_method && other.argument_count == macro.argument_count;
    });
    same_name.push_back(macro);
  }
}

const Macro* MacroTable::Find(absl::string_view name, bool is_method, size_t argument_count) const {
  const auto found = macros_.find(name);
  if (found == macros_.end()) return nullptr;
  for (const Macro& macro : found->second) {
    if (macro.is_method != is_method) continue;
    const bool any = macro.argument_count == Macro::kAnyCount;
    if (any || macro.argument_count == static_cast<int>(argument_count)) return &macro;
  }
  return nullptr;
}

absl::Span<const Macro> StandardMacros() {
  static constexpr Macro kMacros[] = {
      {"has", kFunction, 1, ExpandHas},
      {"all", kMethod, 2, ExpandAll<1>},
      {"exists", kMethod, 2, ExpandExists<1>},
      {"exists_one", kMethod, 2, ExpandExistsOne<1>},
      {"existsOne", kMethod, 2, ExpandExistsOne<1>},
      {"map", kMethod, 2, ExpandMap<1>},
      {"map", kMethod, 3, ExpandMap<1>},
      {"filter", kMethod, 2, ExpandFilter},
  };
  return kMacros;
}

absl::Span<const Macro> TwoVariableMacros() {
  static constexpr Macro kMacros[] = {
      {"all", kMethod, 3, ExpandAll<2>},
      {"exists", kMethod, 3, ExpandExists<2>},
      {"exists_one", kMethod, 3, ExpandExistsOne<2>},
      {"existsOne", kMethod, 3, ExpandExistsOne<2>},
      {"transformList", kMethod, 3, ExpandMap<2>},
      {"transformList", kMethod, 4, ExpandMap<2>},
      {"transformMap", kMethod, 3, ExpandTransformMap},
      {"transformMap", kMethod, 4, ExpandTransformMap},
      {"transformMapEntry", kMethod, 3, ExpandTransformMapEntry},
      {"transformMapEntry", kMethod, 4, ExpandTransformMapEntry},
  };
  return kMacros;
}

}  // namespace redress::cel
