// Evaluation of comprehensions.
#include "absl/container/inlined_vector.h"
#include "engine/cel/map_builder.h"
#include "engine/cel/runner.h"

namespace redress::cel {

// Calls turn() for each element of a list or entry of a map, with the variables set, until it
// returns false. Not absent: an error.
template <typename Turn>
Value Runner::ForEach(const PlanNode& node, const Value& range, Turn&& turn) {
  const PlanFold& fold = program_.folds_[node.index];
  if (range.IsError()) return range;
  CallContext context = Context(node);
  if (range.Is(Kind::kList)) {
    const absl::Span<const Value> elements = range.AsList();
    for (size_t i = 0; i < elements.size(); ++i) {
      if (!context.Charge(fold.steps_per_turn)) return context.OutOfSteps();
      locals_[fold.variable] = fold.has_pairs ? Value::Int(static_cast<int64_t>(i)) : elements[i];
      if (fold.has_pairs) locals_[fold.second_variable] = elements[i];
      if (!turn()) break;
    }
    return Value();
  }
  if (!range.Is(Kind::kMap)) return NoOverload(node);
  for (const MapEntry& entry : range.AsMap()) {
    if (!context.Charge(fold.steps_per_turn)) return context.OutOfSteps();
    locals_[fold.variable] = entry.key;
    if (fold.has_pairs) locals_[fold.second_variable] = entry.value;
    if (!turn()) break;
  }
  return Value();
}

Value Runner::Fold(const PlanNode& node) {
  const PlanFold& fold = program_.folds_[node.index];
  // A comprehension inside the range uses the same locals, so the range comes first.
  const Value range = Eval(Child(node, 0));
  locals_[fold.accumulator] = Eval(Child(node, 1));
  const Value problem = ForEach(node, range, [&] {
    if (Eval(Child(node, 2)).IsFalse()) return false;
    locals_[fold.accumulator] = Eval(Child(node, 3));
    return true;
  });
  return problem.IsError() ? problem : Eval(Child(node, 4));
}

// Whether an element passes; not true or false: an error that ends the comprehension.
Value Runner::Passes(const PlanNode& node) {
  if (Child(node, 1) == kNoChild) return Value::Bool(true);
  const Value passes = Eval(Child(node, 1));
  return passes.Is(Kind::kBool) || passes.IsError() ? passes : NoOverload(node);
}

Value Runner::Collect(const PlanNode& node) {
  absl::InlinedVector<Value, 16> elements;
  Value stopped;
  const Value problem = ForEach(node, Eval(Child(node, 0)), [&] {
    const Value passes = Passes(node);
    if (passes.IsFalse()) return true;
    stopped = passes.IsError() ? passes : Eval(Child(node, 2));
    if (stopped.IsError()) return false;
    elements.push_back(stopped);
    return true;
  });
  if (problem.IsError()) return problem;
  if (stopped.IsError()) return stopped;
  return Context(node).NewList(elements);
}

Value Runner::CollectMap(const PlanNode& node) {
  CallContext context = Context(node);
  MapBuilder builder(context, 0);
  Value stopped;
  const Value problem = ForEach(node, Eval(Child(node, 0)), [&] {
    const Value passes = Passes(node);
    if (passes.IsFalse()) return true;
    stopped = passes.IsError() ? passes : AddEntry(node, builder);
    return !stopped.IsError();
  });
  if (problem.IsError()) return problem;
  return stopped.IsError() ? stopped : builder.Build();
}

// Adds a key and value, or all entries of a map.
Value Runner::AddEntry(const PlanNode& node, MapBuilder& builder) {
  const Value value = Eval(Child(node, 3));
  if (value.IsError()) return value;
  if (Child(node, 2) != kNoChild) {
    const Value key = Eval(Child(node, 2));
    if (!key.IsError()) builder.Add(key, value);
    return key;
  }
  if (!value.Is(Kind::kMap)) return NoOverload(node);
  CallContext context = Context(node);
  if (!context.Charge(value.size())) return context.OutOfSteps();
  for (const MapEntry& entry : value.AsMap()) builder.Add(entry.key, entry.value);
  return value;
}

}  // namespace redress::cel
