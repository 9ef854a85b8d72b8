// Protobuf messages as values, through reflection.
//
// Well-known messages become what they stand for: timestamps, durations, the content of wrappers,
// lists and maps of google.protobuf.Value, the message inside an Any. Maps are read in the order of
// their keys.
#pragma once

#include <string>

#include "engine/cel/function.h"
#include "engine/cel/value.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
class MessageFactory;
class Reflection;
}  // namespace google::protobuf

namespace redress::cel {

class Environment;

// A message as a value that points into it.
Value FromMessage(const google::protobuf::Message& message, CallContext& context);

// A field of a message. Not set: its default; null for a wrapper. REQUIRES: the field is of the
// message's type.
Value ReadField(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field, CallContext& context);

// The same, with the message's reflection at hand: asking a message for it takes time.
Value ReadField(const google::protobuf::Message& message,
                const google::protobuf::Reflection& reflection,
                const google::protobuf::FieldDescriptor& field, CallContext& context);

// has(): set, for fields that know that; otherwise not zero, not empty.
bool HasField(const google::protobuf::Message& message,
              const google::protobuf::FieldDescriptor& field);

// Sets a field from a value. Not empty: why it cannot be, in words. Null leaves a message field
// unset.
std::string WriteField(google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor& field, const Value& value);

// Adds Timestamp, Duration, Struct, Value, ListValue, Any, the wrappers and NullValue by their full
// names.
void AddWellKnownMessages(Environment& environment);

}  // namespace redress::cel
