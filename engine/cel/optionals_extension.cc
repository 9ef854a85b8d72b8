// Values that may be absent: optional.of, optional.none, x.?field, x[?index], optMap and the rest.
#include <google/protobuf/message.h>

#include <memory>
#include <new>

#include "engine/cel/environment.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

// No user's name can begin so.
constexpr absl::string_view kTarget = "@target";

Value Some(CallContext& context, const Value& value) {
  void* memory = context.arena().Allocate(sizeof(Value));
  if (memory == nullptr) return context.OutOfMemory();
  return Value::OptionalOf(new (memory) Value(value));
}

bool IsZero(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return !value.AsBool();
    case Kind::kInt:
      return value.AsInt() == 0;
    case Kind::kUint:
      return value.AsUint() == 0;
    case Kind::kDouble:
      return value.AsDouble() == 0;
    case Kind::kDuration:
      return value.AsDuration() == 0;
    case Kind::kTimestamp:
      return value.AsTimestamp().seconds == 0 && value.AsTimestamp().nanos == 0;
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
      return value.size() == 0;
    case Kind::kMessage:
      return value.AsMessage().ByteSizeLong() == 0;
    case Kind::kOptional:
      return value.AsOptional() == nullptr;
    default:
      return false;
  }
}

Value Of(CallContext& context, Arguments a) { return Some(context, a[0]); }

Value None(CallContext&, Arguments) { return Value::OptionalNone(); }

Value OfNonZero(CallContext& context, Arguments a) {
  return IsZero(a[0]) ? Value::OptionalNone() : Some(context, a[0]);
}

Value HasValue(CallContext&, Arguments a) { return Value::Bool(a[0].AsOptional() != nullptr); }

Value ValueOf(CallContext& context, Arguments a) {
  if (a[0].AsOptional() == nullptr) return context.Error("the optional has no value");
  return *a[0].AsOptional();
}

// The values of those elements that have one.
Value Unwrap(CallContext& context, Arguments a) {
  const absl::Span<const Value> elements = a[0].AsList();
  Value* values = context.arena().AllocateArray<Value>(elements.size());
  if (values == nullptr) return context.OutOfMemory();
  size_t size = 0;
  for (const Value& element : elements) {
    if (element.AsOptional() != nullptr) new (values + size++) Value(*element.AsOptional());
  }
  return Value::List(absl::MakeConstSpan(values, size));
}

Value First(CallContext& context, Arguments a) {
  const absl::Span<const Value> elements = a[0].AsList();
  return elements.empty() ? Value::OptionalNone() : Some(context, elements.front());
}

Value Last(CallContext& context, Arguments a) {
  const absl::Span<const Value> elements = a[0].AsList();
  return elements.empty() ? Value::OptionalNone() : Some(context, elements.back());
}

// A name for a value in an expression, as cel.bind makes it.
ExprId Bind(MacroCall& call, absl::string_view name, ExprId value, ExprId expression) {
  Comprehension fold;
  fold.variable = std::string(kUnusedVariable);
  fold.range = call.List({});
  fold.accumulator = std::string(name);
  fold.initial = value;
  fold.condition = call.Bool(false);
  fold.step = call.Name(name);
  fold.result = expression;
  return call.Fold(std::move(fold));
}

// target.optMap(x, e): of(e with x as the target's value), or none. optFlatMap: e is an optional
// itself.
template <bool kWraps>
ExprId ExpandOptionalMap(MacroCall& call) {
  const std::string name = call.VariableName(0);
  if (name.empty()) return call.Bool(true);
  ExprId mapped =
      Bind(call, name, call.Method(call.Name(kTarget), "value", {}), call.arguments()[1]);
  if (kWraps) mapped = call.Call("optional.of", {mapped});
  const ExprId has_value = call.Method(call.Name(kTarget), "hasValue", {});
  const ExprId chosen =
      call.Call(operators::kConditional, {has_value, mapped, call.Call("optional.none", {})});
  return Bind(call, kTarget, call.target(), chosen);
}

constexpr Macro kMacros[] = {
    {"optMap", true, 2, ExpandOptionalMap<true>},
    {"optFlatMap", true, 2, ExpandOptionalMap<false>},
};

}  // namespace

void AddOptionalsExtension(Environment& environment) {
  environment.macros().AllowOptionalSyntax();
  environment.macros().Add(kMacros);
  environment.AddConstant("optional_type", Type::TypeOf(Type::Optional(Type::Dyn())),
                          Value::Type("optional_type"));
  environment.AddFunctions({
      {"optional_of", "optional.of(A) -> optional_type(A)", Of},
      {"optional_none", "optional.none() -> optional_type(A)", None},
      {"optional_ofNonZeroValue", "optional.ofNonZeroValue(A) -> optional_type(A)", OfNonZero},
      {"optional_unwrap", "optional.unwrap(list(optional_type(A))) -> list(A)", Unwrap},
      {"optional_unwrapOpt", "list(optional_type(A)).unwrapOpt() -> list(A)", Unwrap},
      {"list_first", "list(A).first() -> optional_type(A)", First},
      {"list_last", "list(A).last() -> optional_type(A)", Last},
      {"optional_hasValue", "optional_type(A).hasValue() -> bool", HasValue},
      {"optional_value", "optional_type(A).value() -> A", ValueOf},
      {"optional_or_optional", "optional_type(A).or(optional_type(A)) -> optional_type(A)",
       nullptr},
      {"optional_or_value", "optional_type(A).orValue(A) -> A", nullptr},
      {"list_optindex_optional_int", "_[?_](list(A), int) -> optional_type(A)", nullptr},
      {"map_optindex_optional_value", "_[?_](map(A, B), A) -> optional_type(B)", nullptr},
      {"optional_list_optindex_int", "_[?_](optional_type(list(A)), int) -> optional_type(A)",
       nullptr},
      {"optional_map_optindex_value", "_[?_](optional_type(map(A, B)), A) -> optional_type(B)",
       nullptr},
      {"optional_list_index_int", "_[_](optional_type(list(A)), int) -> optional_type(A)", nullptr},
      {"optional_map_index_value", "_[_](optional_type(map(A, B)), A) -> optional_type(B)",
       nullptr},
  });
}

}  // namespace redress::cel
