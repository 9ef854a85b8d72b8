// The values that expressions compute.
//
// A Value is 16 bytes and a view: the bytes of a string, the elements of a list, the entries of a
// map, a message and the words of an error belong to someone else, who must live as long: the
// variables and messages given to an evaluation, the constants of its Program, or the Arena of the
// evaluation. Copying a value copies the view.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/check.h"
#include "engine/cel/arena.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace redress::cel {

enum class Kind : uint8_t {
  kAbsent,  // a variable that was not given
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kType,
  kList,
  kMap,
  kMessage,
  kOptional,
  kError,
};

class Value;
struct MapEntry;

// Why an evaluation has no result.
struct Failure {
  absl::string_view message;
  uint32_t offset = 0;  // in the text of the expression
};

// An instant in UTC, from year 1 to year 9999.
struct Instant {
  int64_t seconds = 0;  // since 1970
  int32_t nanos = 0;    // from 0 to 999,999,999
};

class Value {
 public:
  constexpr Value() : kind_(Kind::kAbsent), size_(0), int_(0) {}

  static Value Null() { return Value(Kind::kNull); }
  static Value Bool(bool value) { return Value(Kind::kBool, value ? 1 : 0); }
  static Value Int(int64_t value) { return Value(Kind::kInt, value); }
  static Value Uint(uint64_t value) { return Value(Kind::kUint, static_cast<int64_t>(value)); }
  static Value Double(double value);
  static Value String(absl::string_view text) { return Value(Kind::kString, text); }
  static Value Bytes(absl::string_view bytes) { return Value(Kind::kBytes, bytes); }
  static Value Timestamp(Instant instant);
  static Value Duration(int64_t nanos) { return Value(Kind::kDuration, nanos); }
  // A type is its name, such as "int" or a message's full name.
  static Value Type(absl::string_view name) { return Value(Kind::kType, name); }
  static Value List(absl::Span<const Value> elements);
  // REQUIRES: sorted by CompareKeys, without repeats; MapBuilder makes them so.
  static Value Map(absl::Span<const MapEntry> entries);
  // REQUIRES: no well-known message; FromMessage of protobuf_value.h converts those.
  static Value Message(const google::protobuf::Message& message);
  static Value OptionalNone() { return OptionalOf(nullptr); }
  static Value OptionalOf(const Value* value);
  static Value Error(const Failure* failure);

  Kind kind() const { return kind_; }
  bool Is(Kind kind) const { return kind_ == kind; }
  bool IsError() const { return kind_ == Kind::kError; }
  bool IsTrue() const { return kind_ == Kind::kBool && int_ != 0; }
  bool IsFalse() const { return kind_ == Kind::kBool && int_ == 0; }
  bool IsNumber() const {
    return kind_ == Kind::kInt || kind_ == Kind::kUint || kind_ == Kind::kDouble;
  }

  // Bytes of text, elements or entries; 0 for anything else.
  size_t size() const {
    const bool is_sized = kind_ == Kind::kString || kind_ == Kind::kBytes || kind_ == Kind::kList ||
                          kind_ == Kind::kMap;
    return is_sized ? size_ : 0;
  }

  // REQUIRES of each: the value is of that kind.
  bool AsBool() const { return Checked(Kind::kBool).int_ != 0; }
  int64_t AsInt() const { return Checked(Kind::kInt).int_; }
  uint64_t AsUint() const { return static_cast<uint64_t>(Checked(Kind::kUint).int_); }
  double AsDouble() const { return Checked(Kind::kDouble).double_; }
  absl::string_view AsString() const { return Checked(Kind::kString).text(); }
  absl::string_view AsBytes() const { return Checked(Kind::kBytes).text(); }
  absl::string_view AsType() const { return Checked(Kind::kType).text(); }
  Instant AsTimestamp() const;
  int64_t AsDuration() const { return Checked(Kind::kDuration).int_; }  // in nanoseconds
  absl::Span<const Value> AsList() const;
  absl::Span<const MapEntry> AsMap() const;
  const google::protobuf::Message& AsMessage() const { return *Checked(Kind::kMessage).message_; }
  const Value* AsOptional() const { return Checked(Kind::kOptional).value_; }  // nullptr: none
  const Failure& AsError() const { return *Checked(Kind::kError).failure_; }

 private:
  explicit Value(Kind kind) : kind_(kind), size_(0), int_(0) {}
  Value(Kind kind, int64_t value) : kind_(kind), size_(0), int_(value) {}
  Value(Kind kind, absl::string_view text)
      : kind_(kind), size_(static_cast<uint32_t>(text.size())), text_(text.data()) {
    CHECK(text.size() <= UINT32_MAX);
  }

  const Value& Checked(Kind kind) const {
    CHECK(kind_ == kind);
    return *this;
  }
  absl::string_view text() const { return absl::string_view(text_, size_); }

  Kind kind_;
  uint32_t size_;  // bytes, elements, entries, or nanoseconds of an instant
  union {
    int64_t int_;
    double double_;
    const char* text_;
    const Value* value_;
    const MapEntry* entries_;
    const google::protobuf::Message* message_;
    const Failure* failure_;
  };
};

static_assert(sizeof(Value) == 16);

struct MapEntry {
  Value key;
  Value value;
};

inline Value Value::Double(double value) {
  Value result(Kind::kDouble);
  result.double_ = value;
  return result;
}

inline Value Value::Timestamp(Instant instant) {
  Value result(Kind::kTimestamp, instant.seconds);
  result.size_ = static_cast<uint32_t>(instant.nanos);
  return result;
}

inline Instant Value::AsTimestamp() const {
  const Value& value = Checked(Kind::kTimestamp);
  return Instant{value.int_, static_cast<int32_t>(value.size_)};
}

inline absl::Span<const Value> Value::AsList() const {
  const Value& value = Checked(Kind::kList);
  return absl::MakeConstSpan(value.value_, value.size_);
}

inline absl::Span<const MapEntry> Value::AsMap() const {
  const Value& value = Checked(Kind::kMap);
  return absl::MakeConstSpan(value.entries_, value.size_);
}

// CEL's ==: numbers compare by value whatever their type; values of different types are unequal,
// never an error; NaN equals nothing; maps do not depend on order.
bool Equal(const Value& left, const Value& right);

// The same, counting each comparison of a list or map against `steps_left`. When that reaches zero
// the answer is void.
bool Equal(const Value& left, const Value& right, uint64_t& steps_left);

// Less than zero, zero, more than zero; nothing when the two have no order (different types, NaN,
// lists, null).
std::optional<int> Compare(const Value& left, const Value& right);

// Whether a value may be a key of a map: bool, int, uint, string.
bool IsKey(const Value& value);

// The order of entries: bools, then numbers, then strings. REQUIRES: both are keys.
int CompareKeys(const Value& left, const Value& right);

// The value under `key`, where a double finds an equal int or uint; nullptr when there is none.
const Value* FindInMap(absl::Span<const MapEntry> entries, const Value& key);

// The name of the value's type, as type() gives it.
absl::string_view TypeName(const Value& value);

// For people and tests: 'text', [1, 2u], {'a': 1.5}, error("...").
std::string ToString(const Value& value);

}  // namespace redress::cel
