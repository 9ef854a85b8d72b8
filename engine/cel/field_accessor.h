// Field readers made of the generated accessors of messages, which take a fraction of the time of
// reflection.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include "base/check.h"
#include "engine/cel/environment.h"
#include "engine/cel/time_value.h"

namespace redress::cel {

struct KnownField {
  const google::protobuf::FieldDescriptor* field;
  FieldReader reader;
};

// What an accessor gives, as reflection would. Absent for what only reflection can tell: an
// instant or a duration that is out of range.
inline Value AccessedValue(const std::string& text) { return Value::String(text); }
inline Value AccessedValue(const google::protobuf::Message& message) {
  return Value::Message(message);
}
inline Value AccessedValue(bool value) { return Value::Bool(value); }
inline Value AccessedValue(int32_t number) { return Value::Int(number); }
inline Value AccessedValue(int64_t number) { return Value::Int(number); }
inline Value AccessedValue(uint32_t number) { return Value::Uint(number); }
inline Value AccessedValue(uint64_t number) { return Value::Uint(number); }
inline Value AccessedValue(const google::protobuf::Timestamp& time) {
  const Instant instant{time.seconds(), time.nanos()};
  return IsValid(instant) ? Value::Timestamp(instant) : Value();
}
inline Value AccessedValue(const google::protobuf::Duration& duration) {
  int64_t nanos = 0;
  const bool is_out_of_range =
      __builtin_mul_overflow(duration.seconds(), kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, duration.nanos(), &nanos);
  return is_out_of_range ? Value() : Value::Duration(nanos);
}

template <auto kGet>
struct Accessor;

// Of an accessor such as &v1::Issue::product.
template <class Owner, class Result, Result (Owner::*kGet)() const>
struct Accessor<kGet> {
  using Class = Owner;

  // REQUIRES: the message is an Owner.
  static Value Read(const google::protobuf::Message& message) {
    const auto& owner = static_cast<const Owner&>(message);
    if constexpr (std::is_enum_v<Result>)
      return Value::Int((owner.*kGet)());
    else
      return AccessedValue((owner.*kGet)());
  }
};

// REQUIRES: `kGet` is the accessor of the field of this name, which is neither a list nor bytes.
template <auto kGet>
KnownField KnownFieldOf(const char* name) {
  using google::protobuf::FieldDescriptor;
  const FieldDescriptor* field = Accessor<kGet>::Class::descriptor()->FindFieldByName(name);
  CHECK(field != nullptr && !field->is_repeated() && field->type() != FieldDescriptor::TYPE_BYTES);
  return {field, &Accessor<kGet>::Read};
}

}  // namespace redress::cel
