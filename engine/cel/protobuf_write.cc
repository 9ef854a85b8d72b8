// Values into protobuf fields, for messages that expressions build.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/cel/protobuf_value.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kJsonDepthMax = 100;

std::string WrongType(const FieldDescriptor& field, const Value& value) {
  return absl::StrCat("the field '", field.name(), "' does not take a ", TypeName(value));
}

std::string OutOfRange(const FieldDescriptor& field) {
  return absl::StrCat("the value does not fit the field '", field.name(), "'");
}

// Where a scalar goes: into a singular field or to the end of a repeated one.
class Target {
 public:
  Target(Message& message, const FieldDescriptor& field) : message_(message), field_(field) {}

  std::string SetInt(int64_t value) {
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT64:
        Put(&Reflection::SetInt64, &Reflection::AddInt64, value);
        return "";
      case FieldDescriptor::CPPTYPE_INT32:
        if (value != static_cast<int32_t>(value)) return OutOfRange(field_);
        Put(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(value));
        return "";
      case FieldDescriptor::CPPTYPE_ENUM:
        if (value != static_cast<int32_t>(value)) return OutOfRange(field_);
        Put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, static_cast<int>(value));
        return "";
      default:
        return WrongType(field_, Value::Int(value));
    }
  }

  std::string SetUint(uint64_t value) {
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
      Put(&Reflection::SetUInt64, &Reflection::AddUInt64, value);
      return "";
    }
    if (field_.cpp_type() != FieldDescriptor::CPPTYPE_UINT32) {
      return WrongType(field_, Value::Uint(value));
    }
    if (value > std::numeric_limits<uint32_t>::max()) return OutOfRange(field_);
    Put(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(value));
    return "";
  }

  std::string SetDouble(double value) {
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      Put(&Reflection::SetDouble, &Reflection::AddDouble, value);
      return "";
    }
    if (field_.cpp_type() != FieldDescriptor::CPPTYPE_FLOAT) {
      return WrongType(field_, Value::Double(value));
    }
    Put(&Reflection::SetFloat, &Reflection::AddFloat, Narrow(value));
    return "";
  }

  std::string SetBool(bool value) {
    if (field_.cpp_type() != FieldDescriptor::CPPTYPE_BOOL) {
      return WrongType(field_, Value::Bool(value));
    }
    Put(&Reflection::SetBool, &Reflection::AddBool, value);
    return "";
  }

  std::string SetText(absl::string_view text, FieldDescriptor::Type type, const Value& value) {
    if (field_.type() != type) return WrongType(field_, value);
    Put(&Reflection::SetString, &Reflection::AddString, std::string(text));
    return "";
  }

  Message& MutableMessage() {
    const Reflection& reflection = *message_.GetReflection();
    return *(field_.is_repeated() ? reflection.AddMessage(&message_, &field_)
                                  : reflection.MutableMessage(&message_, &field_));
  }

 private:
  // Beyond the range of float is infinity, where a cast alone would be undefined.
  static float Narrow(double value) {
    constexpr float kMax = std::numeric_limits<float>::max();
    if (std::fabs(value) <= kMax || !std::isfinite(value)) return static_cast<float>(value);
    return value > 0 ? std::numeric_limits<float>::infinity()
                     : -std::numeric_limits<float>::infinity();
  }

  template <typename Set, typename Add, typename T>
  void Put(Set set, Add add, T value) {
    const Reflection& reflection = *message_.GetReflection();
    if (field_.is_repeated()) {
      (reflection.*add)(&message_, &field_, std::move(value));
    } else {
      (reflection.*set)(&message_, &field_, std::move(value));
    }
  }

  Message& message_;
  const FieldDescriptor& field_;
};

const FieldDescriptor& FieldNumber(const Message& message, int number) {
  return *message.GetDescriptor()->FindFieldByNumber(number);
}

std::string WriteMessage(Message& message, const FieldDescriptor& field, const Value& value,
                         int depth);

std::string WriteOne(Message& message, const FieldDescriptor& field, const Value& value,
                     int depth) {
  Target target(message, field);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return WriteMessage(target.MutableMessage(), field, value, depth);
  }
  switch (value.kind()) {
    case Kind::kInt:
      return target.SetInt(value.AsInt());
    case Kind::kUint:
      return target.SetUint(value.AsUint());
    case Kind::kDouble:
      return target.SetDouble(value.AsDouble());
    case Kind::kBool:
      return target.SetBool(value.AsBool());
    case Kind::kString:
      return target.SetText(value.AsString(), FieldDescriptor::TYPE_STRING, value);
    case Kind::kBytes:
      return target.SetText(value.AsBytes(), FieldDescriptor::TYPE_BYTES, value);
    default:
      return WrongType(field, value);
  }
}

std::string WriteAll(Message& message, const FieldDescriptor& field, const Value& value,
                     int depth) {
  if (field.is_map()) {
    if (!value.Is(Kind::kMap)) return WrongType(field, value);
    for (const MapEntry& entry : value.AsMap()) {
      Message& slot = *message.GetReflection()->AddMessage(&message, &field);
      std::string problem = WriteOne(slot, *field.message_type()->map_key(), entry.key, depth);
      if (problem.empty()) {
        problem = WriteOne(slot, *field.message_type()->map_value(), entry.value, depth);
      }
      if (!problem.empty()) return problem;
    }
    return "";
  }
  if (!value.Is(Kind::kList)) return WrongType(field, value);
  for (const Value& element : value.AsList()) {
    std::string problem = WriteOne(message, field, element, depth);
    if (!problem.empty()) return problem;
  }
  return "";
}

// google.protobuf.Value from anything that JSON has. Numbers beyond the exact range of a double
// become strings.
std::string WriteJson(Message& message, const FieldDescriptor& field, const Value& value,
                      int depth) {
  constexpr int64_t kExactMax = int64_t{1} << 53;
  switch (value.kind()) {
    case Kind::kNull:
      return WriteOne(message, FieldNumber(message, 1), Value::Int(0), depth);
    case Kind::kDouble:
      return WriteOne(message, FieldNumber(message, 2), value, depth);
    case Kind::kInt:
      if (value.AsInt() > kExactMax || value.AsInt() < -kExactMax) {
        return WriteOne(message, FieldNumber(message, 3),
                        Value::String(absl::StrCat(value.AsInt())), depth);
      }
      return WriteOne(message, FieldNumber(message, 2),
                      Value::Double(static_cast<double>(value.AsInt())), depth);
    case Kind::kUint:
      if (value.AsUint() > static_cast<uint64_t>(kExactMax)) {
        return WriteOne(message, FieldNumber(message, 3),
                        Value::String(absl::StrCat(value.AsUint())), depth);
      }
      return WriteOne(message, FieldNumber(message, 2),
                      Value::Double(static_cast<double>(value.AsUint())), depth);
    case Kind::kString:
      return WriteOne(message, FieldNumber(message, 3), value, depth);
    case Kind::kBool:
      return WriteOne(message, FieldNumber(message, 4), value, depth);
    case Kind::kMap:
      return WriteOne(message, FieldNumber(message, 5), value, depth);
    case Kind::kList:
      return WriteOne(message, FieldNumber(message, 6), value, depth);
    default:
      return WrongType(field, value);
  }
}

std::string WriteAny(Message& message, const FieldDescriptor& field, const Value& value) {
  if (!value.Is(Kind::kMessage)) return WrongType(field, value);
  const Message& content = value.AsMessage();
  const Reflection& reflection = *message.GetReflection();
  reflection.SetString(&message, &FieldNumber(message, 1),
                       absl::StrCat("type.googleapis.com/", content.GetDescriptor()->full_name()));
  reflection.SetString(&message, &FieldNumber(message, 2), content.SerializeAsString());
  return "";
}

std::string WriteTime(Message& message, int64_t seconds, int32_t nanos) {
  const Reflection& reflection = *message.GetReflection();
  reflection.SetInt64(&message, &FieldNumber(message, 1), seconds);
  reflection.SetInt32(&message, &FieldNumber(message, 2), nanos);
  return "";
}

// Fills a message, already in place, from a value. `field` is where it is, for errors.
std::string WriteMessage(Message& message, const FieldDescriptor& field, const Value& value,
                         int depth) {
  if (depth >= kJsonDepthMax) return "the value is nested too deep for a message";
  switch (message.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      if (!value.Is(Kind::kTimestamp)) return WrongType(field, value);
      return WriteTime(message, value.AsTimestamp().seconds, value.AsTimestamp().nanos);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      if (!value.Is(Kind::kDuration)) return WrongType(field, value);
      return WriteTime(message, value.AsDuration() / kNanosPerSecond,
                       static_cast<int32_t>(value.AsDuration() % kNanosPerSecond));
    case Descriptor::WELLKNOWNTYPE_ANY:
      return WriteAny(message, field, value);
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return WriteJson(message, field, value, depth + 1);
    case Descriptor::WELLKNOWNTYPE_STRUCT:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return WriteAll(message, FieldNumber(message, 1), value, depth + 1);
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      break;
    default:
      return WriteOne(message, FieldNumber(message, 1), value, depth);  // a wrapper
  }
  if (!value.Is(Kind::kMessage)) return WrongType(field, value);
  const Message& given = value.AsMessage();
  if (given.GetDescriptor() != message.GetDescriptor()) return WrongType(field, value);
  message.CopyFrom(given);
  return "";
}

bool TakesNull(const FieldDescriptor& field) {
  if (field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  return field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
}

}  // namespace

std::string WriteField(Message& message, const FieldDescriptor& field, const Value& value) {
  if (field.is_repeated()) return WriteAll(message, field, value, 0);
  const bool is_enum_null = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
                            field.enum_type()->full_name() == "google.protobuf.NullValue";
  if (value.Is(Kind::kNull) && is_enum_null) return WriteOne(message, field, Value::Int(0), 0);
  if (value.Is(Kind::kNull) && !TakesNull(field)) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? "" : WrongType(field, value);
  }
  return WriteOne(message, field, value, 0);
}

}  // namespace redress::cel
