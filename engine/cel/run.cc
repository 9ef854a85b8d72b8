// Evaluation: a walk over the nodes of a program. Errors are values that flow upwards.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>
#include <new>

#include "absl/container/inlined_vector.h"
#include "engine/cel/map_builder.h"
#include "engine/cel/program.h"
#include "engine/cel/protobuf_value.h"
#include "engine/cel/runner.h"

namespace redress::cel {

namespace {

bool AreAll(absl::Span<const Value> elements, Kind kind) {
  return std::all_of(elements.begin(), elements.end(),
                     [&](const Value& element) { return element.Is(kind); });
}

bool Takes(const PlanOverload& overload, absl::Span<const Value> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Kind kind = overload.kinds[i];
    if (kind != Kind::kAbsent && kind != arguments[i].kind()) return false;
    const Kind elements = overload.elements[i];
    if (elements != Kind::kAbsent && !AreAll(arguments[i].AsList(), elements)) return false;
  }
  return true;
}

template <typename Number>
int Sign(Number left, Number right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

// Whether two values in this order are less, greater, and so on.
bool Holds(Op op, int order) {
  switch (op) {
    case Op::kEqual:
      return order == 0;
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessOrEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

// The field of a comparison that is done in one step; absent when it has to take the long way.
inline Value ComparedField(const PlanComparison& comparison, const Activation& activation) {
  Value value = activation.Get(comparison.slot);
  if (!value.Is(Kind::kMessage)) return Value();
  const google::protobuf::Message& variable = value.AsMessage();
  if (typeid(variable) != *comparison.message_class) return Value();
  // What is inside a message of a generated class is of one too.
  value = comparison.path[0](variable);
  for (uint32_t i = 1; i < comparison.depth; ++i) value = comparison.path[i](value.AsMessage());
  return value;
}

// What a comparison comes to in one step; nothing when it has to take the long way.
inline std::optional<bool> InOneStep(const PlanComparison& comparison,
                                     const Activation& activation) {
  const Value field = ComparedField(comparison, activation);
  if (field.kind() != comparison.constant.kind()) return std::nullopt;
  if (field.Is(Kind::kInt))
    return Holds(comparison.op, Sign(field.AsInt(), comparison.constant.AsInt()));
  if (field.Is(Kind::kUint))
    return Holds(comparison.op, Sign(field.AsUint(), comparison.constant.AsUint()));
  return (field.AsString() == comparison.constant.AsString()) == (comparison.op == Op::kEqual);
}

}  // namespace

Value Program::Run(const Activation& activation, Arena& arena, uint64_t steps_max) const {
  return RunCounted(activation, arena, steps_max).value;
}

CountedValue Program::RunCounted(const Activation& activation, Arena& arena,
                                 uint64_t steps_max) const {
  if (is_conjunction_) {
    const std::optional<bool> holds = RunConjunction(activation);
    if (holds.has_value()) return {Value::Bool(*holds)};
  }
  Runner runner(*this, activation, arena, steps_max);
  const Value value = runner.Eval(root_);
  return {value, steps_max - runner.steps_left()};
}

std::optional<bool> Program::RunConjunction(const Activation& activation) const {
  for (const PlanComparison& comparison : comparisons_) {
    const std::optional<bool> holds = InOneStep(comparison, activation);
    if (holds != true) return holds;
  }
  return true;
}

Value Runner::Fail(const PlanNode& node, absl::string_view message) {
  return Context(node).Error(message);
}

Value Runner::NoOverload(const PlanNode& node) { return Fail(node, "no such overload"); }

Value Runner::Eval(uint32_t id) {
  const PlanNode& node = program_.nodes_[id];
  switch (node.op) {
    case Op::kConstant:
      return node.value;
    case Op::kVariable:
      return Variable(node);
    case Op::kLocal:
      return locals_[node.index];
    case Op::kVariableField:
      return FieldOf(node, Variable(node));
    case Op::kField:
      return FieldOf(node, Eval(Child(node, 0)));
    case Op::kSelect:
      return Select(node, Eval(Child(node, 0)));
    case Op::kHas:
      return Has(node, Eval(Child(node, 0)));
    case Op::kOptionalSelect:
      return OptionalSelect(node, Eval(Child(node, 0)));
    case Op::kIndex:
      return Index(node);
    case Op::kOptionalIndex:
      return OptionalIndex(node);
    case Op::kAnd:
      return Logical(node, false);
    case Op::kOr:
      return Logical(node, true);
    case Op::kNot:
      return Not(node);
    case Op::kConditional:
      return Conditional(node);
    case Op::kEqual:
      return Equality(node, true);
    case Op::kNotEqual:
      return Equality(node, false);
    case Op::kLess:
    case Op::kLessOrEqual:
    case Op::kGreater:
    case Op::kGreaterOrEqual:
      return Order(node);
    case Op::kIn:
      return In(node);
    case Op::kNotStrictlyFalse:
      return Value::Bool(!Eval(Child(node, 0)).IsFalse());
    case Op::kCall:
      return Call(node);
    case Op::kList:
      return List(node);
    case Op::kMap:
      return Map(node);
    case Op::kMessage:
      return Message(node);
    case Op::kFold:
      return Fold(node);
    case Op::kCollect:
      return Collect(node);
    case Op::kCollectMap:
      return CollectMap(node);
    case Op::kOptionalOr:
    case Op::kOptionalOrValue:
      return OptionalOr(node);
    case Op::kFail:
      return Fail(node, node.value.AsString());
  }
  return NoOverload(node);
}

Value Runner::Variable(const PlanNode& node) {
  const Value& value = activation_.Get(node.index);
  if (value.Is(Kind::kAbsent)) return Fail(node, "the variable has no value");
  return value;
}

// Fields.

Value Runner::FieldOf(const PlanNode& node, Value operand) {
  if (!operand.Is(Kind::kMessage)) return Select(node, operand);
  const google::protobuf::Message& message = operand.AsMessage();
  const PlanField& known = program_.fields_[node.table];
  if (typeid(message) != *known.message_class) return Select(node, operand);
  if (known.reader != nullptr) {
    const Value value = known.reader(message);
    if (!value.Is(Kind::kAbsent)) return value;
  }
  CallContext context = Context(node);
  return ReadField(message, *known.reflection, *known.field, context);
}

Value Runner::Select(const PlanNode& node, Value operand) {
  const absl::string_view name = node.value.AsString();
  switch (operand.kind()) {
    case Kind::kError:
      return operand;
    case Kind::kMap: {
      const Value* value = FindInMap(operand.AsMap(), node.value);
      if (value == nullptr) return Fail(node, absl::StrCat("no such key: '", name, "'"));
      return *value;
    }
    case Kind::kMessage: {
      const google::protobuf::Message& message = operand.AsMessage();
      const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
      if (field == nullptr) return Fail(node, absl::StrCat("no such field: '", name, "'"));
      CallContext context = Context(node);
      return ReadField(message, *field, context);
    }
    case Kind::kOptional:
      return OptionalSelect(node, operand);
    default:
      return NoOverload(node);
  }
}

// Whether the field or key is there; nothing when the operand has neither.
std::optional<bool> Runner::IsThere(const PlanNode& node, const Value& operand) {
  if (operand.Is(Kind::kMap)) return FindInMap(operand.AsMap(), node.value) != nullptr;
  if (!operand.Is(Kind::kMessage)) return std::nullopt;
  const google::protobuf::Message& message = operand.AsMessage();
  const bool is_known = node.op == Op::kHas && node.table != kNoTable &&
                        typeid(message) == *program_.fields_[node.table].message_class;
  const auto* field =
      is_known ? program_.fields_[node.table].field
               : message.GetDescriptor()->FindFieldByName(std::string(node.value.AsString()));
  if (field == nullptr) return std::nullopt;
  return HasField(message, *field);
}

Value Runner::Has(const PlanNode& node, Value operand) {
  if (operand.IsError()) return operand;
  if (operand.Is(Kind::kOptional)) {
    if (operand.AsOptional() == nullptr) return Value::Bool(false);
    return Has(node, *operand.AsOptional());
  }
  const std::optional<bool> is_there = IsThere(node, operand);
  return is_there.has_value() ? Value::Bool(*is_there) : NoOverload(node);
}

Value Runner::OptionalSelect(const PlanNode& node, Value operand) {
  if (operand.IsError()) return operand;
  if (operand.Is(Kind::kOptional)) {
    if (operand.AsOptional() == nullptr) return operand;
    return OptionalSelect(node, *operand.AsOptional());
  }
  const std::optional<bool> is_there = IsThere(node, operand);
  if (!is_there.has_value()) return NoOverload(node);
  if (!*is_there) return Value::OptionalNone();
  return Some(node, Select(node, operand));
}

Value Runner::Some(const PlanNode& node, Value value) {
  if (value.IsError()) return value;
  void* memory = arena_.Allocate(sizeof(Value));
  if (memory == nullptr) return Context(node).OutOfMemory();
  return Value::OptionalOf(new (memory) Value(value));
}

// Elements.

// The element or entry, or nullptr after setting `error` when the operand has no such thing at all.
const Value* Runner::Find(const PlanNode& node, const Value& operand, const Value& index,
                          Value& error) {
  if (operand.Is(Kind::kMap)) {
    if (!IsKey(index) && !index.Is(Kind::kDouble)) error = NoOverload(node);
    return FindInMap(operand.AsMap(), index);
  }
  if (!operand.Is(Kind::kList) || !index.IsNumber()) {
    error = NoOverload(node);
    return nullptr;
  }
  const absl::Span<const Value> elements = operand.AsList();
  if (index.Is(Kind::kDouble)) {
    const double at = index.AsDouble();
    const bool is_valid = at >= 0 && at < static_cast<double>(elements.size()) &&
                          static_cast<double>(static_cast<size_t>(at)) == at;
    return is_valid ? &elements[static_cast<size_t>(at)] : nullptr;
  }
  const uint64_t at = index.Is(Kind::kInt) ? static_cast<uint64_t>(index.AsInt()) : index.AsUint();
  return at < elements.size() ? &elements[at] : nullptr;
}

Value Runner::Index(const PlanNode& node) {
  const Value operand = Eval(Child(node, 0));
  if (operand.IsError()) return operand;
  if (operand.Is(Kind::kOptional)) return OptionalIndex(node, operand);
  const Value index = Eval(Child(node, 1));
  if (index.IsError()) return index;
  Value error;
  const Value* found = Find(node, operand, index, error);
  if (error.IsError()) return error;
  if (found != nullptr) return *found;
  if (operand.Is(Kind::kMap)) return Fail(node, absl::StrCat("no such key: ", ToString(index)));
  return Fail(node, absl::StrCat("index out of range: ", ToString(index)));
}

Value Runner::OptionalIndex(const PlanNode& node) {
  const Value operand = Eval(Child(node, 0));
  return operand.IsError() ? operand : OptionalIndex(node, operand);
}

Value Runner::OptionalIndex(const PlanNode& node, Value operand) {
  if (operand.Is(Kind::kOptional)) {
    if (operand.AsOptional() == nullptr) return operand;
    operand = *operand.AsOptional();
  }
  const Value index = Eval(Child(node, 1));
  if (index.IsError()) return index;
  Value error;
  const Value* found = Find(node, operand, index, error);
  if (error.IsError()) return error;
  return found == nullptr ? Value::OptionalNone() : Some(node, *found);
}

Value Runner::OptionalOr(const PlanNode& node) {
  const Value operand = Eval(Child(node, 0));
  if (operand.IsError()) return operand;
  if (!operand.Is(Kind::kOptional)) return NoOverload(node);
  if (operand.AsOptional() == nullptr) return Eval(Child(node, 1));
  return node.op == Op::kOptionalOr ? operand : *operand.AsOptional();
}

// Logic.

// && when `decisive` is false, || when it is true: one decisive term settles it, whatever fails in
// the others.
Value Runner::Logical(const PlanNode& node, bool decisive) {
  Value problem;
  for (uint32_t i = 0; i < node.count; ++i) {
    const Value term = Eval(Child(node, i));
    if (term.Is(Kind::kBool)) {
      if (term.AsBool() == decisive) return term;
    } else if (problem.Is(Kind::kAbsent)) {
      problem = term.IsError() ? term : NoOverload(node);
    }
  }
  return problem.Is(Kind::kAbsent) ? Value::Bool(!decisive) : problem;
}

Value Runner::Not(const PlanNode& node) {
  const Value operand = Eval(Child(node, 0));
  if (operand.Is(Kind::kBool)) return Value::Bool(!operand.AsBool());
  return operand.IsError() ? operand : NoOverload(node);
}

Value Runner::Conditional(const PlanNode& node) {
  const Value condition = Eval(Child(node, 0));
  if (condition.Is(Kind::kBool)) return Eval(Child(node, condition.AsBool() ? 1 : 2));
  return condition.IsError() ? condition : NoOverload(node);
}

Value Runner::Equality(const PlanNode& node, bool expected) {
  if (node.table != kNoTable) {
    const std::optional<bool> holds = InOneStep(program_.comparisons_[node.table], activation_);
    if (holds.has_value()) return Value::Bool(*holds);
  }
  const Value left = Eval(Child(node, 0));
  if (left.IsError()) return left;
  const Value right = Eval(Child(node, 1));
  if (right.IsError()) return right;
  const bool equal = Equal(left, right, steps_left_);
  if (steps_left_ == 0) return Context(node).OutOfSteps();
  return Value::Bool(equal == expected);
}

Value Runner::Order(const PlanNode& node) {
  if (node.table != kNoTable) {
    const std::optional<bool> holds = InOneStep(program_.comparisons_[node.table], activation_);
    if (holds.has_value()) return Value::Bool(*holds);
  }
  const Value left = Eval(Child(node, 0));
  if (left.IsError()) return left;
  const Value right = Eval(Child(node, 1));
  if (right.IsError()) return right;
  const std::optional<int> order = Compare(left, right);
  if (!order.has_value()) {
    // Nothing is below or above NaN; other values without an order cannot be compared at all.
    return left.IsNumber() && right.IsNumber() ? Value::Bool(false) : NoOverload(node);
  }
  return Value::Bool(Holds(node.op, *order));
}

Value Runner::In(const PlanNode& node) {
  const Value element = Eval(Child(node, 0));
  if (element.IsError()) return element;
  const Value container = Eval(Child(node, 1));
  if (container.IsError()) return container;
  if (container.Is(Kind::kMap)) {
    return Value::Bool(FindInMap(container.AsMap(), element) != nullptr);
  }
  if (!container.Is(Kind::kList)) return NoOverload(node);
  bool is_found = false;
  for (const Value& candidate : container.AsList()) {
    is_found = Equal(candidate, element, steps_left_);
    if (is_found) break;
  }
  if (steps_left_ == 0) return Context(node).OutOfSteps();
  return Value::Bool(is_found);
}

// Calls.

Value Runner::Call(const PlanNode& node) {
  Value arguments[kParametersMax];
  uint64_t cost = 1;
  for (uint32_t i = 0; i < node.count; ++i) {
    arguments[i] = Eval(Child(node, i));
    if (arguments[i].IsError()) return arguments[i];
    cost += arguments[i].size() >> 4;  // a step is about the work of 16 bytes
  }
  CallContext context = Context(node);
  if (!context.Charge(cost)) return context.OutOfSteps();
  const absl::Span<const Value> given = absl::MakeConstSpan(arguments, node.count);
  for (const PlanOverload& overload : program_.calls_[node.index].overloads) {
    if (Takes(overload, given)) return overload.native(context, given);
  }
  return NoOverload(node);
}

// Literals.

// An element, or nothing when it is an optional without value.
std::optional<Value> Runner::Element(const PlanNode& node, uint32_t child, uint32_t entry) {
  const Value value = Eval(child);
  if (value.IsError() || node.table == kNoTable) return value;
  if (!program_.optional_entries_[node.table][entry]) return value;
  if (!value.Is(Kind::kOptional)) return NoOverload(node);
  if (value.AsOptional() == nullptr) return std::nullopt;
  return *value.AsOptional();
}

Value Runner::List(const PlanNode& node) {
  Value* elements = arena_.AllocateArray<Value>(node.count);
  if (elements == nullptr) return Context(node).OutOfMemory();
  size_t size = 0;
  for (uint32_t i = 0; i < node.count; ++i) {
    const std::optional<Value> element = Element(node, Child(node, i), i);
    if (!element.has_value()) continue;
    if (element->IsError()) return *element;
    new (elements + size++) Value(*element);
  }
  return Value::List(absl::MakeConstSpan(elements, size));
}

Value Runner::Map(const PlanNode& node) {
  CallContext context = Context(node);
  MapBuilder builder(context, node.count / 2);
  for (uint32_t i = 0; i < node.count; i += 2) {
    const Value key = Eval(Child(node, i));
    if (key.IsError()) return key;
    const std::optional<Value> value = Element(node, Child(node, i + 1), i / 2);
    if (!value.has_value()) continue;
    if (value->IsError()) return *value;
    builder.Add(key, *value);
  }
  return builder.Build();
}

Value Runner::Message(const PlanNode& node) {
  const PlanMessage& plan = program_.messages_[node.index];
  std::unique_ptr<google::protobuf::Message> message(plan.prototype->New());
  for (uint32_t i = 0; i < node.count; ++i) {
    const std::optional<Value> value = Element(node, Child(node, i), i);
    if (!value.has_value()) continue;
    if (value->IsError()) return *value;
    if (plan.fields[i] == nullptr) return Fail(node, "no such field");
    const std::string problem = WriteField(*message, *plan.fields[i], *value);
    if (!problem.empty()) return Fail(node, problem);
  }
  CallContext context = Context(node);
  const google::protobuf::Message& built = *message;
  if (!arena_.Own(std::move(message))) return context.OutOfMemory();
  return FromMessage(built, context);
}

}  // namespace redress::cel
