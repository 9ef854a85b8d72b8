// Conversions between types, each refused when the result would not be the same value.
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"
#include "engine/cel/source.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

using Arguments = absl::Span<const Value>;

constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

Value Same(CallContext&, Arguments a) { return a[0]; }

Value OutOfRange(CallContext& context, absl::string_view type) {
  return context.Error(absl::StrCat("the value is out of the range of ", type));
}

Value NotReadable(CallContext& context, absl::string_view text, absl::string_view type) {
  return context.Error(absl::StrCat("'", text.substr(0, 100), "' cannot be read as ", type));
}

// Number parsers skip blanks; the language does not.
bool HasBlanks(absl::string_view text) {
  return text.empty() || absl::ascii_isspace(text.front()) || absl::ascii_isspace(text.back());
}

Value UintToInt(CallContext& context, Arguments a) {
  if (a[0].AsUint() > static_cast<uint64_t>(INT64_MAX)) return OutOfRange(context, "int");
  return Value::Int(static_cast<int64_t>(a[0].AsUint()));
}

Value DoubleToInt(CallContext& context, Arguments a) {
  const double value = a[0].AsDouble();
  // The bounds themselves are refused: they may be the rounding of something beyond.
  if (!(value > -kTwoTo63 && value < kTwoTo63)) return OutOfRange(context, "int");
  return Value::Int(static_cast<int64_t>(value));
}

Value StringToInt(CallContext& context, Arguments a) {
  int64_t value = 0;
  if (HasBlanks(a[0].AsString()) || !absl::SimpleAtoi(a[0].AsString(), &value)) {
    return NotReadable(context, a[0].AsString(), "an int");
  }
  return Value::Int(value);
}

Value TimestampToInt(CallContext&, Arguments a) { return Value::Int(a[0].AsTimestamp().seconds); }

Value IntToUint(CallContext& context, Arguments a) {
  if (a[0].AsInt() < 0) return OutOfRange(context, "uint");
  return Value::Uint(static_cast<uint64_t>(a[0].AsInt()));
}

Value DoubleToUint(CallContext& context, Arguments a) {
  const double value = a[0].AsDouble();
  if (!(value >= 0 && value < kTwoTo64)) return OutOfRange(context, "uint");
  return Value::Uint(static_cast<uint64_t>(value));
}

Value StringToUint(CallContext& context, Arguments a) {
  uint64_t value = 0;
  if (HasBlanks(a[0].AsString()) || !absl::SimpleAtoi(a[0].AsString(), &value)) {
    return NotReadable(context, a[0].AsString(), "a uint");
  }
  return Value::Uint(value);
}

Value IntToDouble(CallContext&, Arguments a) {
  return Value::Double(static_cast<double>(a[0].AsInt()));
}

Value UintToDouble(CallContext&, Arguments a) {
  return Value::Double(static_cast<double>(a[0].AsUint()));
}

Value StringToDouble(CallContext& context, Arguments a) {
  double value = 0;
  if (HasBlanks(a[0].AsString()) || !absl::SimpleAtod(a[0].AsString(), &value)) {
    return NotReadable(context, a[0].AsString(), "a double");
  }
  return Value::Double(value);
}

Value BoolToString(CallContext&, Arguments a) {
  return Value::String(a[0].AsBool() ? "true" : "false");
}

Value IntToString(CallContext& context, Arguments a) {
  return context.NewString(absl::StrCat(a[0].AsInt()));
}

Value UintToString(CallContext& context, Arguments a) {
  return context.NewString(absl::StrCat(a[0].AsUint()));
}

Value DoubleToString(CallContext& context, Arguments a) {
  return context.NewString(FormatDouble(a[0].AsDouble()));
}

Value BytesToString(CallContext& context, Arguments a) {
  const absl::string_view bytes = a[0].AsBytes();
  if (FindInvalidUtf8(bytes) < bytes.size()) return context.Error("the bytes are not valid UTF-8");
  return Value::String(bytes);
}

Value TimestampToString(CallContext& context, Arguments a) {
  return context.NewString(FormatInstant(a[0].AsTimestamp()));
}

Value DurationToString(CallContext& context, Arguments a) {
  return context.NewString(FormatDuration(a[0].AsDuration()));
}

Value StringToBytes(CallContext&, Arguments a) { return Value::Bytes(a[0].AsString()); }

Value StringToBool(CallContext& context, Arguments a) {
  const absl::string_view text = a[0].AsString();
  for (const absl::string_view yes : {"1", "t", "true", "TRUE", "True"}) {
    if (text == yes) return Value::Bool(true);
  }
  for (const absl::string_view no : {"0", "f", "false", "FALSE", "False"}) {
    if (text == no) return Value::Bool(false);
  }
  return NotReadable(context, text, "a bool");
}

Value StringToTimestamp(CallContext& context, Arguments a) {
  const std::optional<Instant> instant = ParseInstant(a[0].AsString());
  if (!instant.has_value()) return NotReadable(context, a[0].AsString(), "a timestamp");
  return Value::Timestamp(*instant);
}

Value IntToTimestamp(CallContext& context, Arguments a) {
  const Instant instant{a[0].AsInt(), 0};
  return IsValid(instant) ? Value::Timestamp(instant) : OutOfRange(context, "timestamp");
}

Value StringToDuration(CallContext& context, Arguments a) {
  const std::optional<int64_t> nanos = ParseDuration(a[0].AsString());
  if (!nanos.has_value()) return NotReadable(context, a[0].AsString(), "a duration");
  return Value::Duration(*nanos);
}

Value IntToDuration(CallContext& context, Arguments a) {
  int64_t nanos = 0;
  if (__builtin_mul_overflow(a[0].AsInt(), kNanosPerSecond, &nanos)) {
    return OutOfRange(context, "duration");
  }
  return Value::Duration(nanos);
}

Value TypeOf(CallContext&, Arguments a) { return Value::Type(TypeName(a[0])); }

}  // namespace

void AddConversions(Environment& environment) {
  environment.AddFunctions({
      {"bool_to_bool", "bool(bool) -> bool", Same},
      {"string_to_bool", "bool(string) -> bool", StringToBool},
      {"bytes_to_bytes", "bytes(bytes) -> bytes", Same},
      {"string_to_bytes", "bytes(string) -> bytes", StringToBytes},
      {"double_to_double", "double(double) -> double", Same},
      {"int64_to_double", "double(int) -> double", IntToDouble},
      {"string_to_double", "double(string) -> double", StringToDouble},
      {"uint64_to_double", "double(uint) -> double", UintToDouble},
      {"duration_to_duration", "duration(duration) -> duration", Same},
      {"int64_to_duration", "duration(int) -> duration", IntToDuration},
      {"string_to_duration", "duration(string) -> duration", StringToDuration},
      {"double_to_int64", "int(double) -> int", DoubleToInt},
      {"int64_to_int64", "int(int) -> int", Same},
      {"string_to_int64", "int(string) -> int", StringToInt},
      {"timestamp_to_int64", "int(timestamp) -> int", TimestampToInt},
      {"uint64_to_int64", "int(uint) -> int", UintToInt},
      {"bool_to_string", "string(bool) -> string", BoolToString},
      {"bytes_to_string", "string(bytes) -> string", BytesToString},
      {"double_to_string", "string(double) -> string", DoubleToString},
      {"duration_to_string", "string(duration) -> string", DurationToString},
      {"int64_to_string", "string(int) -> string", IntToString},
      {"string_to_string", "string(string) -> string", Same},
      {"timestamp_to_string", "string(timestamp) -> string", TimestampToString},
      {"uint64_to_string", "string(uint) -> string", UintToString},
      {"int64_to_timestamp", "timestamp(int) -> timestamp", IntToTimestamp},
      {"string_to_timestamp", "timestamp(string) -> timestamp", StringToTimestamp},
      {"timestamp_to_timestamp", "timestamp(timestamp) -> timestamp", Same},
      {"double_to_uint64", "uint(double) -> uint", DoubleToUint},
      {"int64_to_uint64", "uint(int) -> uint", IntToUint},
      {"string_to_uint64", "uint(string) -> uint", StringToUint},
      {"uint64_to_uint64", "uint(uint) -> uint", Same},
      {"to_dyn", "dyn(A) -> dyn", Same},
      {"type", "type(A) -> type(A)", TypeOf},
  });
}

}  // namespace redress::cel
