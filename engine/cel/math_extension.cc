// math.greatest, math.least, rounding, signs and bits.
#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

// The first of the greatest (sign 1) or least (sign -1) values.
template <int kSign>
Value Extreme(CallContext& context, Arguments values) {
  if (values.empty()) return context.Error("an empty list has no greatest or least element");
  Value best = values[0];
  for (const Value& value : values) {
    if (!value.IsNumber()) return context.Error("no such overload");
    const std::optional<int> order = Compare(value, best);
    if (order.has_value() && *order * kSign > 0) best = value;
  }
  return best;
}

template <int kSign>
Value ExtremeOfList(CallContext& context, Arguments a) {
  return Extreme<kSign>(context, a[0].AsList());
}

template <double (*kRound)(double)>
Value Rounded(CallContext&, Arguments a) {
  return Value::Double(kRound(a[0].AsDouble()));
}

double Ceil(double value) { return std::ceil(value); }
double Floor(double value) { return std::floor(value); }
double Round(double value) { return std::round(value); }
double Truncate(double value) { return std::trunc(value); }
double Root(double value) { return value < 0 ? std::nan("") : std::sqrt(value); }
double Magnitude(double value) { return std::fabs(value); }
double SignOf(double value) { return value > 0 ? 1 : value < 0 ? -1 : value; }

Value RootOfInt(CallContext&, Arguments a) {
  return Value::Double(Root(static_cast<double>(a[0].AsInt())));
}

Value RootOfUint(CallContext&, Arguments a) {
  return Value::Double(Root(static_cast<double>(a[0].AsUint())));
}

Value AbsInt(CallContext& context, Arguments a) {
  if (a[0].AsInt() == INT64_MIN) return context.Error("the result overflows its type");
  return Value::Int(std::abs(a[0].AsInt()));
}

Value AbsUint(CallContext&, Arguments a) { return a[0]; }

Value SignOfInt(CallContext&, Arguments a) {
  return Value::Int(a[0].AsInt() > 0 ? 1 : a[0].AsInt() < 0 ? -1 : 0);
}

Value SignOfUint(CallContext&, Arguments a) { return Value::Uint(a[0].AsUint() > 0 ? 1 : 0); }

Value IsNan(CallContext&, Arguments a) { return Value::Bool(std::isnan(a[0].AsDouble())); }
Value IsInfinite(CallContext&, Arguments a) { return Value::Bool(std::isinf(a[0].AsDouble())); }
Value IsFinite(CallContext&, Arguments a) { return Value::Bool(std::isfinite(a[0].AsDouble())); }

Value AndInts(CallContext&, Arguments a) { return Value::Int(a[0].AsInt() & a[1].AsInt()); }
Value AndUints(CallContext&, Arguments a) { return Value::Uint(a[0].AsUint() & a[1].AsUint()); }
Value OrInts(CallContext&, Arguments a) { return Value::Int(a[0].AsInt() | a[1].AsInt()); }
Value OrUints(CallContext&, Arguments a) { return Value::Uint(a[0].AsUint() | a[1].AsUint()); }
Value XorInts(CallContext&, Arguments a) { return Value::Int(a[0].AsInt() ^ a[1].AsInt()); }
Value XorUints(CallContext&, Arguments a) { return Value::Uint(a[0].AsUint() ^ a[1].AsUint()); }
Value NotInt(CallContext&, Arguments a) { return Value::Int(~a[0].AsInt()); }
Value NotUint(CallContext&, Arguments a) { return Value::Uint(~a[0].AsUint()); }

// Shifts work on the bits: none comes in from the sign, and beyond 63 places nothing is left.
std::optional<uint64_t> Shift(uint64_t bits, int64_t places, bool to_left) {
  if (places < 0) return std::nullopt;
  if (places > 63) return 0;
  return to_left ? bits << places : bits >> places;
}

template <bool kToLeft>
Value ShiftInt(CallContext& context, Arguments a) {
  const std::optional<uint64_t> bits =
      Shift(static_cast<uint64_t>(a[0].AsInt()), a[1].AsInt(), kToLeft);
  if (!bits.has_value()) return context.Error("a shift cannot be negative");
  return Value::Int(static_cast<int64_t>(*bits));
}

template <bool kToLeft>
Value ShiftUint(CallContext& context, Arguments a) {
  const std::optional<uint64_t> bits = Shift(a[0].AsUint(), a[1].AsInt(), kToLeft);
  if (!bits.has_value()) return context.Error("a shift cannot be negative");
  return Value::Uint(*bits);
}

// Any number of arguments: one or two as they are, more as a list.
ExprId ExpandExtreme(MacroCall& call, absl::string_view function) {
  std::vector<ExprId> arguments(call.arguments().begin(), call.arguments().end());
  if (arguments.empty()) return call.Fail(call.target(), "at least one argument is needed");
  for (ExprId argument : arguments) {
    const auto* literal = call.ast()[argument].As<Literal>();
    const bool is_number = literal == nullptr || std::holds_alternative<int64_t>(*literal) ||
                           std::holds_alternative<uint64_t>(*literal) ||
                           std::holds_alternative<double>(*literal);
    if (!is_number) return call.Fail(argument, "a number is needed here");
  }
  if (arguments.size() > 2) arguments = {call.List(std::move(arguments))};
  return call.Call(function, std::move(arguments));
}

ExprId ExpandGreatest(MacroCall& call) { return ExpandExtreme(call, "math.@max"); }
ExprId ExpandLeast(MacroCall& call) { return ExpandExtreme(call, "math.@min"); }

constexpr Macro kMacros[] = {
    {"math.greatest", false, Macro::kAnyCount, ExpandGreatest},
    {"math.least", false, Macro::kAnyCount, ExpandLeast},
};

template <int kSign>
void AddExtreme(OverloadTable& table, absl::string_view function) {
  constexpr absl::string_view kNumbers[] = {"int", "uint", "double"};
  const auto add = [&](const std::string& parameters, absl::string_view result, Native native) {
    const std::string id = absl::StrCat("math_", function, "(", parameters, ")");
    const std::string signature = absl::StrCat("math.", function, "(", parameters, ") -> ", result);
    table.push_back(
        std::make_shared<const Overload>(ReadSignature({id, signature, std::move(native)})));
  };
  add("list(A)", "A", ExtremeOfList<kSign>);
  for (absl::string_view left : kNumbers) {
    add(std::string(left), left, Extreme<kSign>);
    for (absl::string_view right : kNumbers) {
      add(absl::StrCat(left, ", ", right), left == right ? left : "dyn", Extreme<kSign>);
    }
  }
}

OverloadTable MathFunctions() {
  OverloadTable table = ReadSignatures({
      {"math_ceil_double", "math.ceil(double) -> double", Rounded<Ceil>},
      {"math_floor_double", "math.floor(double) -> double", Rounded<Floor>},
      {"math_round_double", "math.round(double) -> double", Rounded<Round>},
      {"math_trunc_double", "math.trunc(double) -> double", Rounded<Truncate>},
      {"math_sqrt_double", "math.sqrt(double) -> double", Rounded<Root>},
      {"math_sqrt_int", "math.sqrt(int) -> double", RootOfInt},
      {"math_sqrt_uint", "math.sqrt(uint) -> double", RootOfUint},
      {"math_abs_double", "math.abs(double) -> double", Rounded<Magnitude>},
      {"math_abs_int", "math.abs(int) -> int", AbsInt},
      {"math_abs_uint", "math.abs(uint) -> uint", AbsUint},
      {"math_sign_double", "math.sign(double) -> double", Rounded<SignOf>},
      {"math_sign_int", "math.sign(int) -> int", SignOfInt},
      {"math_sign_uint", "math.sign(uint) -> uint", SignOfUint},
      {"math_isNaN_double", "math.isNaN(double) -> bool", IsNan},
      {"math_isInf_double", "math.isInf(double) -> bool", IsInfinite},
      {"math_isFinite_double", "math.isFinite(double) -> bool", IsFinite},
      {"math_bitAnd_int_int", "math.bitAnd(int, int) -> int", AndInts},
      {"math_bitAnd_uint_uint", "math.bitAnd(uint, uint) -> uint", AndUints},
      {"math_bitOr_int_int", "math.bitOr(int, int) -> int", OrInts},
      {"math_bitOr_uint_uint", "math.bitOr(uint, uint) -> uint", OrUints},
      {"math_bitXor_int_int", "math.bitXor(int, int) -> int", XorInts},
      {"math_bitXor_uint_uint", "math.bitXor(uint, uint) -> uint", XorUints},
      {"math_bitNot_int_int", "math.bitNot(int) -> int", NotInt},
      {"math_bitNot_uint_uint", "math.bitNot(uint) -> uint", NotUint},
      {"math_bitShiftLeft_int_int", "math.bitShiftLeft(int, int) -> int", ShiftInt<true>},
      {"math_bitShiftLeft_uint_int", "math.bitShiftLeft(uint, int) -> uint", ShiftUint<true>},
      {"math_bitShiftRight_int_int", "math.bitShiftRight(int, int) -> int", ShiftInt<false>},
      {"math_bitShiftRight_uint_int", "math.bitShiftRight(uint, int) -> uint", ShiftUint<false>},
  });
  AddExtreme<1>(table, "@max");
  AddExtreme<-1>(table, "@min");
  return table;
}

}  // namespace

void AddMathExtension(Environment& environment) {
  static const OverloadTable& functions = *new OverloadTable(MathFunctions());
  environment.macros().Add(kMacros);
  environment.AddTable(functions);
}

}  // namespace redress::cel
