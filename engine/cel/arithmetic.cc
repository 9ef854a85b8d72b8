// + - * / % and negation, each checked for overflow.
#include <cmath>

#include "engine/cel/environment.h"
#include "engine/cel/text.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

Value Overflow(CallContext& context) { return context.Error("the result overflows its type"); }

Value AddInts(CallContext& context, Arguments a) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a[0].AsInt(), a[1].AsInt(), &sum)) return Overflow(context);
  return Value::Int(sum);
}

Value SubtractInts(CallContext& context, Arguments a) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a[0].AsInt(), a[1].AsInt(), &difference)) return Overflow(context);
  return Value::Int(difference);
}

Value MultiplyInts(CallContext& context, Arguments a) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a[0].AsInt(), a[1].AsInt(), &product)) return Overflow(context);
  return Value::Int(product);
}

Value DivideInts(CallContext& context, Arguments a) {
  if (a[1].AsInt() == 0) return context.Error("division by zero");
  if (a[0].AsInt() == INT64_MIN && a[1].AsInt() == -1) return Overflow(context);
  return Value::Int(a[0].AsInt() / a[1].AsInt());
}

Value ModuloInts(CallContext& context, Arguments a) {
  if (a[1].AsInt() == 0) return context.Error("modulus by zero");
  if (a[1].AsInt() == -1) return Value::Int(0);
  return Value::Int(a[0].AsInt() % a[1].AsInt());
}

Value NegateInt(CallContext& context, Arguments a) {
  if (a[0].AsInt() == INT64_MIN) return Overflow(context);
  return Value::Int(-a[0].AsInt());
}

Value AddUints(CallContext& context, Arguments a) {
  uint64_t sum = 0;
  if (__builtin_add_overflow(a[0].AsUint(), a[1].AsUint(), &sum)) return Overflow(context);
  return Value::Uint(sum);
}

Value SubtractUints(CallContext& context, Arguments a) {
  uint64_t difference = 0;
  if (__builtin_sub_overflow(a[0].AsUint(), a[1].AsUint(), &difference)) return Overflow(context);
  return Value::Uint(difference);
}

Value MultiplyUints(CallContext& context, Arguments a) {
  uint64_t product = 0;
  if (__builtin_mul_overflow(a[0].AsUint(), a[1].AsUint(), &product)) return Overflow(context);
  return Value::Uint(product);
}

Value DivideUints(CallContext& context, Arguments a) {
  if (a[1].AsUint() == 0) return context.Error("division by zero");
  return Value::Uint(a[0].AsUint() / a[1].AsUint());
}

Value ModuloUints(CallContext& context, Arguments a) {
  if (a[1].AsUint() == 0) return context.Error("modulus by zero");
  return Value::Uint(a[0].AsUint() % a[1].AsUint());
}

Value AddDoubles(CallContext&, Arguments a) {
  return Value::Double(a[0].AsDouble() + a[1].AsDouble());
}

Value SubtractDoubles(CallContext&, Arguments a) {
  return Value::Double(a[0].AsDouble() - a[1].AsDouble());
}

Value MultiplyDoubles(CallContext&, Arguments a) {
  return Value::Double(a[0].AsDouble() * a[1].AsDouble());
}

// As IEEE 754 has it: a division by zero is infinite or NaN.
Value DivideDoubles(CallContext&, Arguments a) {
  const double left = a[0].AsDouble();
  const double right = a[1].AsDouble();
  if (right != 0) return Value::Double(left / right);
  if (left == 0 || std::isnan(left)) return Value::Double(std::nan(""));
  const bool negative = std::signbit(left) != std::signbit(right);
  return Value::Double(negative ? -HUGE_VAL : HUGE_VAL);
}

Value NegateDouble(CallContext&, Arguments a) { return Value::Double(-a[0].AsDouble()); }

Value AddStrings(CallContext& context, Arguments a) {
  return Concatenate(context, a[0].AsString(), a[1].AsString());
}

Value AddBytes(CallContext& context, Arguments a) {
  const Value joined = Concatenate(context, a[0].AsBytes(), a[1].AsBytes());
  return joined.IsError() ? joined : Value::Bytes(joined.AsString());
}

Value AddLists(CallContext& context, Arguments a) {
  const absl::Span<const Value> left = a[0].AsList();
  const absl::Span<const Value> right = a[1].AsList();
  Value* joined = context.arena().AllocateArray<Value>(left.size() + right.size());
  if (joined == nullptr) return context.OutOfMemory();
  std::uninitialized_copy(left.begin(), left.end(), joined);
  std::uninitialized_copy(right.begin(), right.end(), joined + left.size());
  return Value::List(absl::MakeConstSpan(joined, left.size() + right.size()));
}

Value Shifted(CallContext& context, Instant instant, int64_t nanos) {
  const std::optional<Instant> sum = Add(instant, nanos);
  return sum.has_value() ? Value::Timestamp(*sum) : Overflow(context);
}

Value AddTimestampDuration(CallContext& context, Arguments a) {
  return Shifted(context, a[0].AsTimestamp(), a[1].AsDuration());
}

Value AddDurationTimestamp(CallContext& context, Arguments a) {
  return Shifted(context, a[1].AsTimestamp(), a[0].AsDuration());
}

Value SubtractTimestampDuration(CallContext& context, Arguments a) {
  if (a[1].AsDuration() == INT64_MIN) return Overflow(context);
  return Shifted(context, a[0].AsTimestamp(), -a[1].AsDuration());
}

Value SubtractTimestamps(CallContext& context, Arguments a) {
  const std::optional<int64_t> nanos = Subtract(a[0].AsTimestamp(), a[1].AsTimestamp());
  return nanos.has_value() ? Value::Duration(*nanos) : Overflow(context);
}

Value AddDurations(CallContext& context, Arguments a) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a[0].AsDuration(), a[1].AsDuration(), &sum)) return Overflow(context);
  return Value::Duration(sum);
}

Value SubtractDurations(CallContext& context, Arguments a) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a[0].AsDuration(), a[1].AsDuration(), &difference)) {
    return Overflow(context);
  }
  return Value::Duration(difference);
}

}  // namespace

void AddArithmetic(Environment& environment) {
  environment.AddFunctions({
      {"add_bytes", "_+_(bytes, bytes) -> bytes", AddBytes},
      {"add_double", "_+_(double, double) -> double", AddDoubles},
      {"add_duration_duration", "_+_(duration, duration) -> duration", AddDurations},
      {"add_duration_timestamp", "_+_(duration, timestamp) -> timestamp", AddDurationTimestamp},
      {"add_int64", "_+_(int, int) -> int", AddInts},
      {"add_list", "_+_(list(A), list(A)) -> list(A)", AddLists},
      {"add_string", "_+_(string, string) -> string", AddStrings},
      {"add_timestamp_duration", "_+_(timestamp, duration) -> timestamp", AddTimestampDuration},
      {"add_uint64", "_+_(uint, uint) -> uint", AddUints},
      {"subtract_double", "_-_(double, double) -> double", SubtractDoubles},
      {"subtract_duration_duration", "_-_(duration, duration) -> duration", SubtractDurations},
      {"subtract_int64", "_-_(int, int) -> int", SubtractInts},
      {"subtract_timestamp_duration", "_-_(timestamp, duration) -> timestamp",
       SubtractTimestampDuration},
      {"subtract_timestamp_timestamp", "_-_(timestamp, timestamp) -> duration", SubtractTimestamps},
      {"subtract_uint64", "_-_(uint, uint) -> uint", SubtractUints},
      {"multiply_double", "_*_(double, double) -> double", MultiplyDoubles},
      {"multiply_int64", "_*_(int, int) -> int", MultiplyInts},
      {"multiply_uint64", "_*_(uint, uint) -> uint", MultiplyUints},
      {"divide_double", "_/_(double, double) -> double", DivideDoubles},
      {"divide_int64", "_/_(int, int) -> int", DivideInts},
      {"divide_uint64", "_/_(uint, uint) -> uint", DivideUints},
      {"modulo_int64", "_%_(int, int) -> int", ModuloInts},
      {"modulo_uint64", "_%_(uint, uint) -> uint", ModuloUints},
      {"negate_double", "-_(double) -> double", NegateDouble},
      {"negate_int64", "-_(int) -> int", NegateInt},
  });
}

}  // namespace redress::cel
