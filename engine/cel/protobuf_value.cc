#include "engine/cel/protobuf_value.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/cel/environment.h"
#include "engine/cel/map_builder.h"
#include "engine/cel/time_value.h"

namespace redress::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Messages inside Any messages may nest; each level costs stack.
constexpr int kAnyDepthMax = 16;

bool IsWrapper(const Descriptor* descriptor) {
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return true;
    default:
      return false;
  }
}

// Text of a message: a view of the field, or a copy in the arena for a field that is stored
// otherwise.
Value TextValue(const FieldDescriptor& field, const std::string& text, const std::string& scratch,
                CallContext& context) {
  const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES;
  if (&text == &scratch) return is_bytes ? context.NewBytes(text) : context.NewString(text);
  return is_bytes ? Value::Bytes(text) : Value::String(text);
}

Value ReadSingular(const Message& message, const Reflection& reflection,
                   const FieldDescriptor& field, CallContext& context) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return TextValue(field, reflection.GetStringReference(message, &field, &scratch), scratch,
                       context);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const bool is_null =
          !reflection.HasField(message, &field) &&
          (IsWrapper(field.message_type()) ||
           field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_ANY);
      if (is_null) return Value::Null();
      return FromMessage(reflection.GetMessage(message, &field), context);
    }
  }
  return Value::Null();
}

Value ReadElement(const Message& message, const FieldDescriptor& field, int i,
                  CallContext& context) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection.GetRepeatedInt32(message, &field, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection.GetRepeatedInt64(message, &field, i));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection.GetRepeatedUInt32(message, &field, i));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection.GetRepeatedUInt64(message, &field, i));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection.GetRepeatedFloat(message, &field, i));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection.GetRepeatedDouble(message, &field, i));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetRepeatedBool(message, &field, i));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value::Int(reflection.GetRepeatedEnumValue(message, &field, i));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return TextValue(field, reflection.GetRepeatedStringReference(message, &field, i, &scratch),
                       scratch, context);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromMessage(reflection.GetRepeatedMessage(message, &field, i), context);
  }
  return Value::Null();
}

// Whether the elements are messages that are what they are, as most are.
bool HasPlainMessages(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

Value ReadList(const Message& message, const FieldDescriptor& field, CallContext& context) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  if (size == 0) return Value::List({});
  if (!context.Charge(static_cast<uint64_t>(size))) return context.OutOfSteps();
  Value* elements = context.arena().AllocateArray<Value>(static_cast<size_t>(size));
  if (elements == nullptr) return context.OutOfMemory();
  const bool is_plain = HasPlainMessages(field);
  for (int i = 0; i < size; ++i) {
    new (elements + i)
        Value(is_plain ? Value::Message(reflection.GetRepeatedMessage(message, &field, i))
                       : ReadElement(message, field, i, context));
    if (elements[i].IsError()) return elements[i];
  }
  return Value::List(absl::MakeConstSpan(elements, static_cast<size_t>(size)));
}

Value ReadMap(const Message& message, const FieldDescriptor& field, CallContext& context) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  if (!context.Charge(static_cast<uint64_t>(size))) return context.OutOfSteps();
  MapBuilder builder(context, static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    const Reflection& parts = *entry.GetReflection();
    const Value key = ReadSingular(entry, parts, *field.message_type()->map_key(), context);
    const Value value = ReadSingular(entry, parts, *field.message_type()->map_value(), context);
    if (value.IsError()) return value;
    builder.Add(key, value);
  }
  return builder.Build();
}

// The field with this number. Well-known messages may come from another pool, so generated
// accessors will not do.
const FieldDescriptor& FieldNumber(const Message& message, int number) {
  return *message.GetDescriptor()->FindFieldByNumber(number);
}

Value ReadTimestamp(const Message& message, CallContext& context) {
  const Reflection& reflection = *message.GetReflection();
  const Instant instant{reflection.GetInt64(message, &FieldNumber(message, 1)),
                        reflection.GetInt32(message, &FieldNumber(message, 2))};
  if (!IsValid(instant)) return context.Error("the timestamp is out of range");
  return Value::Timestamp(instant);
}

Value ReadDuration(const Message& message, CallContext& context) {
  const Reflection& reflection = *message.GetReflection();
  const int64_t seconds = reflection.GetInt64(message, &FieldNumber(message, 1));
  const int32_t nanos = reflection.GetInt32(message, &FieldNumber(message, 2));
  int64_t total = 0;
  if (__builtin_mul_overflow(seconds, kNanosPerSecond, &total) ||
      __builtin_add_overflow(total, nanos, &total)) {
    return context.Error("the duration is out of range");
  }
  return Value::Duration(total);
}

Value ReadAny(const Message& message, CallContext& context, int depth) {
  const Reflection& reflection = *message.GetReflection();
  const std::string url = reflection.GetString(message, &FieldNumber(message, 1));
  const std::string name = url.substr(url.rfind('/') + 1);
  const Descriptor* descriptor =
      message.GetDescriptor()->file()->pool()->FindMessageTypeByName(name);
  if (descriptor == nullptr || url.empty()) return context.Error("the type of an Any is unknown");
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype == nullptr) return context.Error("the type of an Any is unknown");
  std::unique_ptr<Message> content(prototype->New());
  if (!content->ParseFromString(reflection.GetString(message, &FieldNumber(message, 2)))) {
    return context.Error("the content of an Any is damaged");
  }
  const Message& kept = *content;
  if (!context.arena().Own(std::move(content))) return context.OutOfMemory();
  if (descriptor->well_known_type() != Descriptor::WELLKNOWNTYPE_ANY) {
    return FromMessage(kept, context);
  }
  if (depth >= kAnyDepthMax) return context.Error("too many Any inside each other");
  return ReadAny(kept, context, depth + 1);
}

// google.protobuf.Value: whichever member is set.
Value ReadJson(const Message& message, CallContext& context) {
  const auto* oneof = message.GetDescriptor()->oneof_decl(0);
  const FieldDescriptor* field = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (field == nullptr || field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return Value::Null();
  return ReadSingular(message, *message.GetReflection(), *field, context);
}

}  // namespace

Value FromMessage(const Message& message, CallContext& context) {
  const Descriptor* descriptor = message.GetDescriptor();
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return ReadTimestamp(message, context);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return ReadDuration(message, context);
    case Descriptor::WELLKNOWNTYPE_ANY:
      return ReadAny(message, context, 0);
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return ReadJson(message, context);
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return ReadMap(message, FieldNumber(message, 1), context);
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return ReadList(message, FieldNumber(message, 1), context);
    default:
      break;
  }
  if (IsWrapper(descriptor)) {
    return ReadSingular(message, *message.GetReflection(), FieldNumber(message, 1), context);
  }
  return Value::Message(message);
}

Value ReadField(const Message& message, const FieldDescriptor& field, CallContext& context) {
  return ReadField(message, *message.GetReflection(), field, context);
}

Value ReadField(const Message& message, const Reflection& reflection, const FieldDescriptor& field,
                CallContext& context) {
  if (!field.is_repeated()) return ReadSingular(message, reflection, field, context);
  return field.is_map() ? ReadMap(message, field, context) : ReadList(message, field, context);
}

bool HasField(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) > 0;
  return reflection.HasField(message, &field);
}

void AddWellKnownMessages(Environment& environment) {
  using namespace google::protobuf;  // NOLINT: a dozen names of one kind
  for (const Descriptor* descriptor :
       {google::protobuf::Timestamp::descriptor(), google::protobuf::Duration::descriptor(),
        Struct::descriptor(), google::protobuf::Value::descriptor(), ListValue::descriptor(),
        Any::descriptor(), DoubleValue::descriptor(), FloatValue::descriptor(),
        Int64Value::descriptor(), UInt64Value::descriptor(), Int32Value::descriptor(),
        UInt32Value::descriptor(), BoolValue::descriptor(), StringValue::descriptor(),
        BytesValue::descriptor()}) {
    environment.AddMessageType(descriptor);
  }
  environment.AddEnum(NullValue_descriptor(), "google.protobuf.NullValue.");
}

}  // namespace redress::cel
