#include "tests/conformance/cel_rows/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "engine/cel/map_builder.h"
#include "engine/cel/protobuf_value.h"

namespace redress::conformance {
namespace {

using cel::CallContext;
using cel::Kind;
using cel::Type;
using cel::Value;

Type PrimitiveType(const std::string& name) {
  if (name == "BOOL") return Type::Bool();
  if (name == "INT64") return Type::Int();
  if (name == "UINT64") return Type::Uint();
  if (name == "DOUBLE") return Type::Double();
  if (name == "STRING") return Type::String();
  CHECK(name == "BYTES");
  return Type::Bytes();
}

std::vector<Type> TypesFromJson(const Json& list) {
  std::vector<Type> types;
  for (const Json& json : list.list_value().values()) types.push_back(TypeFromJson(json));
  return types;
}

Type MessageType(const std::string& name) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  CHECK(descriptor != nullptr);
  return Type::Message(descriptor);
}

// Numbers beyond the range of JSON are strings.
double NumberFromJson(const Json& json) {
  if (json.kind_case() == Json::kNumberValue) return json.number_value();
  if (json.string_value() == "NaN") return std::nan("");
  return json.string_value() == "-Infinity" ? -HUGE_VAL : HUGE_VAL;
}

// {"@type": ".../google.protobuf.Int32Value", "value": 5}: rows in scope have well-known messages
// only.
Value ObjectFromJson(const Json& json, CallContext& context) {
  const std::string& url = Text(json, "@type");
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          url.substr(url.rfind('/') + 1));
  CHECK(descriptor != nullptr);
  std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  std::string text;
  CHECK_OK(google::protobuf::util::MessageToJsonString(Member(json, "value"), &text));
  CHECK_OK(google::protobuf::util::JsonStringToMessage(text, message.get()));
  const google::protobuf::Message& kept = *message;
  CHECK(context.arena().Own(std::move(message)));
  return cel::FromMessage(kept, context);
}

Value ListFromJson(const Json& json, CallContext& context) {
  std::vector<Value> elements;
  for (const Json& element : Member(json, "values").list_value().values()) {
    elements.push_back(ValueFromJson(element, context));
  }
  return context.NewList(elements);
}

Value MapFromJson(const Json& json, CallContext& context) {
  cel::MapBuilder builder(context, 0);
  for (const Json& entry : Member(json, "entries").list_value().values()) {
    builder.Add(ValueFromJson(Member(entry, "key"), context),
                ValueFromJson(Member(entry, "value"), context));
  }
  return builder.Build();
}

}  // namespace

Type TypeFromJson(const Json& json) {
  if (HasMember(json, "primitive")) return PrimitiveType(Text(json, "primitive"));
  if (HasMember(json, "wrapper")) return Type::Wrapper(PrimitiveType(Text(json, "wrapper")));
  if (HasMember(json, "null")) return Type::Null();
  if (HasMember(json, "messageType")) return MessageType(Text(json, "messageType"));
  if (HasMember(json, "typeParam")) return Type::Generic(Text(json, "typeParam"));
  if (HasMember(json, "listType")) {
    return Type::List(TypeFromJson(Member(Member(json, "listType"), "elemType")));
  }
  if (HasMember(json, "mapType")) {
    return Type::Map(TypeFromJson(Member(Member(json, "mapType"), "keyType")),
                     TypeFromJson(Member(Member(json, "mapType"), "valueType")));
  }
  if (HasMember(json, "type")) return Type::TypeOf(TypeFromJson(Member(json, "type")));
  if (HasMember(json, "abstractType")) {
    const Json& abstract = Member(json, "abstractType");
    return Type::Opaque(Text(abstract, "name"), TypesFromJson(Member(abstract, "parameterTypes")));
  }
  const std::string& well_known = Text(json, "wellKnown");
  if (well_known == "TIMESTAMP") return Type::Timestamp();
  if (well_known == "DURATION") return Type::Duration();
  return Type::Dyn();
}

Value ValueFromJson(const Json& json, CallContext& context) {
  if (HasMember(json, "nullValue")) return Value::Null();
  if (HasMember(json, "boolValue")) return Value::Bool(Flag(json, "boolValue"));
  if (HasMember(json, "doubleValue")) {
    return Value::Double(NumberFromJson(Member(json, "doubleValue")));
  }
  if (HasMember(json, "int64Value")) {
    int64_t number = 0;
    CHECK(absl::SimpleAtoi(Text(json, "int64Value"), &number));
    return Value::Int(number);
  }
  if (HasMember(json, "uint64Value")) {
    uint64_t number = 0;
    CHECK(absl::SimpleAtoi(Text(json, "uint64Value"), &number));
    return Value::Uint(number);
  }
  if (HasMember(json, "stringValue")) return Value::String(Text(json, "stringValue"));
  if (HasMember(json, "bytesValue")) {
    std::string bytes;
    CHECK(absl::Base64Unescape(Text(json, "bytesValue"), &bytes));
    return context.NewBytes(bytes);
  }
  if (HasMember(json, "typeValue")) return Value::Type(Text(json, "typeValue"));
  if (HasMember(json, "listValue")) return ListFromJson(Member(json, "listValue"), context);
  if (HasMember(json, "mapValue")) return MapFromJson(Member(json, "mapValue"), context);
  if (HasMember(json, "objectValue")) return ObjectFromJson(Member(json, "objectValue"), context);
  return Value();
}

std::string Canonical(const Value& value) {
  if (value.Is(Kind::kDouble)) {
    return absl::StrCat("double ", cel::ToString(Value::Double(value.AsDouble() + 0.0)));
  }
  if (value.Is(Kind::kList)) {
    return absl::StrCat("[",
                        absl::StrJoin(value.AsList(), ", ",
                                      [](std::string* out, const Value& element) {
                                        out->append(Canonical(element));
                                      }),
                        "]");
  }
  if (value.Is(Kind::kMap)) {
    return absl::StrCat("{",
                        absl::StrJoin(value.AsMap(), ", ",
                                      [](std::string* out, const cel::MapEntry& entry) {
                                        absl::StrAppend(out, Canonical(entry.key), ": ",
                                                        Canonical(entry.value));
                                      }),
                        "}");
  }
  return cel::ToString(value);
}

}  // namespace redress::conformance
