#include "engine/cel/value.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cmath>

namespace redress::cel {
namespace {

int Sign(bool less, bool greater) { return less ? -1 : greater ? 1 : 0; }

int CompareIntToUint(int64_t left, uint64_t right) {
  if (left < 0) return -1;
  const auto positive = static_cast<uint64_t>(left);
  return Sign(positive<right, positive> right);
}

int CompareDoubles(double left, double right) { return Sign(left<right, left> right); }

// As doubles, so that 2^63 - 1 equals 2^63: the language's own rule for numbers of different types.
int CompareIntToDouble(int64_t left, double right) {
  return CompareDoubles(static_cast<double>(left), right);
}

int CompareUintToDouble(uint64_t left, double right) {
  return CompareDoubles(static_cast<double>(left), right);
}

std::optional<int> CompareNumbers(const Value& left, const Value& right) {
  if (left.Is(Kind::kDouble) && std::isnan(left.AsDouble())) return std::nullopt;
  if (right.Is(Kind::kDouble) && std::isnan(right.AsDouble())) return std::nullopt;
  if (left.Is(Kind::kInt)) {
    if (right.Is(Kind::kInt)) {
      return Sign(left.AsInt() < right.AsInt(), left.AsInt() > right.AsInt());
    }
    if (right.Is(Kind::kUint)) return CompareIntToUint(left.AsInt(), right.AsUint());
    return CompareIntToDouble(left.AsInt(), right.AsDouble());
  }
  if (left.Is(Kind::kUint)) {
    if (right.Is(Kind::kInt)) return -CompareIntToUint(right.AsInt(), left.AsUint());
    if (right.Is(Kind::kUint)) {
      return Sign(left.AsUint() < right.AsUint(), left.AsUint() > right.AsUint());
    }
    return CompareUintToDouble(left.AsUint(), right.AsDouble());
  }
  if (right.Is(Kind::kInt)) return -CompareIntToDouble(right.AsInt(), left.AsDouble());
  if (right.Is(Kind::kUint)) return -CompareUintToDouble(right.AsUint(), left.AsDouble());
  return CompareDoubles(left.AsDouble(), right.AsDouble());
}

int CompareInstants(Instant left, Instant right) {
  if (left.seconds != right.seconds) return left.seconds < right.seconds ? -1 : 1;
  return Sign(left.nanos<right.nanos, left.nanos> right.nanos);
}

bool EqualLists(absl::Span<const Value> left, absl::Span<const Value> right, uint64_t& steps) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (!Equal(left[i], right[i], steps)) return false;
  }
  return true;
}

bool EqualMaps(absl::Span<const MapEntry> left, absl::Span<const MapEntry> right, uint64_t& steps) {
  if (left.size() != right.size()) return false;
  for (size_t i = 0; i < left.size(); ++i) {
    if (CompareKeys(left[i].key, right[i].key) != 0) return false;
    if (!Equal(left[i].value, right[i].value, steps)) return false;
  }
  return true;
}

bool EqualOptionals(const Value* left, const Value* right, uint64_t& steps) {
  if (left == nullptr || right == nullptr) return left == right;
  return Equal(*left, *right, steps);
}

bool EqualMessages(const google::protobuf::Message& left, const google::protobuf::Message& right) {
  if (left.GetDescriptor() != right.GetDescriptor()) return false;
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

int KeyRank(const Value& key) { return key.Is(Kind::kBool) ? 0 : key.Is(Kind::kString) ? 2 : 1; }

// Doubles at and above these bounds exceed every int and uint.
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

// A double that is a whole number becomes that int or uint; nothing else can equal a key.
std::optional<Value> KeyOf(const Value& value) {
  if (IsKey(value)) return value;
  if (!value.Is(Kind::kDouble)) return std::nullopt;
  const double number = value.AsDouble();
  if (!(number >= -kTwoTo63 && number < kTwoTo64) || std::trunc(number) != number) {
    return std::nullopt;
  }
  if (number < kTwoTo63) return Value::Int(static_cast<int64_t>(number));
  return Value::Uint(static_cast<uint64_t>(number));
}

}  // namespace

Value Value::List(absl::Span<const Value> elements) {
  CHECK(elements.size() <= UINT32_MAX);
  Value result(Kind::kList);
  result.size_ = static_cast<uint32_t>(elements.size());
  result.value_ = elements.data();
  return result;
}

Value Value::Map(absl::Span<const MapEntry> entries) {
  CHECK(entries.size() <= UINT32_MAX);
  Value result(Kind::kMap);
  result.size_ = static_cast<uint32_t>(entries.size());
  result.entries_ = entries.data();
  return result;
}

Value Value::Message(const google::protobuf::Message& message) {
  Value result(Kind::kMessage);
  result.message_ = &message;
  return result;
}

Value Value::OptionalOf(const Value* value) {
  Value result(Kind::kOptional);
  result.value_ = value;
  return result;
}

Value Value::Error(const Failure* failure) {
  Value result(Kind::kError);
  result.failure_ = failure;
  return result;
}

bool Equal(const Value& left, const Value& right) {
  uint64_t steps = UINT64_MAX;
  return Equal(left, right, steps);
}

bool Equal(const Value& left, const Value& right, uint64_t& steps) {
  if (steps == 0) return false;
  --steps;
  if (left.IsNumber() && right.IsNumber()) {
    const std::optional<int> order = CompareNumbers(left, right);
    return order.has_value() && *order == 0;
  }
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return left.AsBool() == right.AsBool();
    case Kind::kString:
      return left.AsString() == right.AsString();
    case Kind::kBytes:
      return left.AsBytes() == right.AsBytes();
    case Kind::kTimestamp:
      return CompareInstants(left.AsTimestamp(), right.AsTimestamp()) == 0;
    case Kind::kDuration:
      return left.AsDuration() == right.AsDuration();
    case Kind::kType:
      return left.AsType() == right.AsType();
    case Kind::kList:
      return EqualLists(left.AsList(), right.AsList(), steps);
    case Kind::kMap:
      return EqualMaps(left.AsMap(), right.AsMap(), steps);
    case Kind::kMessage:
      return EqualMessages(left.AsMessage(), right.AsMessage());
    case Kind::kOptional:
      return EqualOptionals(left.AsOptional(), right.AsOptional(), steps);
    default:
      return false;
  }
}

std::optional<int> Compare(const Value& left, const Value& right) {
  if (left.IsNumber() && right.IsNumber()) return CompareNumbers(left, right);
  if (left.kind() != right.kind()) return std::nullopt;
  switch (left.kind()) {
    case Kind::kBool:
      return static_cast<int>(left.AsBool()) - static_cast<int>(right.AsBool());
    case Kind::kString:
      return left.AsString().compare(right.AsString());
    case Kind::kBytes:
      return left.AsBytes().compare(right.AsBytes());
    case Kind::kTimestamp:
      return CompareInstants(left.AsTimestamp(), right.AsTimestamp());
    case Kind::kDuration:
      return Sign(left.AsDuration() < right.AsDuration(), left.AsDuration() > right.AsDuration());
    default:
      return std::nullopt;
  }
}

bool IsKey(const Value& value) {
  return value.Is(Kind::kBool) || value.Is(Kind::kInt) || value.Is(Kind::kUint) ||
         value.Is(Kind::kString);
}

int CompareKeys(const Value& left, const Value& right) {
  const int left_rank = KeyRank(left);
  const int right_rank = KeyRank(right);
  if (left_rank != right_rank) return left_rank - right_rank;
  return *Compare(left, right);
}

const Value* FindInMap(absl::Span<const MapEntry> entries, const Value& value) {
  const std::optional<Value> key = KeyOf(value);
  if (!key.has_value()) return nullptr;
  const auto found = std::lower_bound(entries.begin(), entries.end(), *key,
                                      [](const MapEntry& entry, const Value& wanted) {
                                        return CompareKeys(entry.key, wanted) < 0;
                                      });
  if (found == entries.end() || CompareKeys(found->key, *key) != 0) return nullptr;
  return &found->value;
}

absl::string_view TypeName(const Value& value) {
  switch (value.kind()) {
    case Kind::kAbsent:
      return "absent";
    case Kind::kNull:
      return "null_type";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kUint:
      return "uint";
    case Kind::kDouble:
      return "double";
    case Kind::kString:
      return "string";
    case Kind::kBytes:
      return "bytes";
    case Kind::kTimestamp:
      return "google.protobuf.Timestamp";
    case Kind::kDuration:
      return "google.protobuf.Duration";
    case Kind::kType:
      return "type";
    case Kind::kList:
      return "list";
    case Kind::kMap:
      return "map";
    case Kind::kMessage:
      return value.AsMessage().GetDescriptor()->full_name();
    case Kind::kOptional:
      return "optional_type";
    case Kind::kError:
      return "error";
  }
  return "";
}

}  // namespace redress::cel
