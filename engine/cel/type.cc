#include "engine/cel/type.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

absl::string_view SimpleName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDyn:
      return "dyn";
    case TypeKind::kAny:
      return "any";
    case TypeKind::kNull:
      return "null";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kInt:
      return "int";
    case TypeKind::kUint:
      return "uint";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kString:
      return "string";
    case TypeKind::kBytes:
      return "bytes";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kType:
      return "type";
    case TypeKind::kList:
      return "list";
    case TypeKind::kMap:
      return "map";
    case TypeKind::kWrapper:
      return "wrapper";
    case TypeKind::kError:
      return "error";
    case TypeKind::kOpaque:
    case TypeKind::kMessage:
    case TypeKind::kGeneric:
    case TypeKind::kVariable:
      return "";
  }
  return "";
}

Type ScalarType(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return Type::Int();
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type::Uint();
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Type::Double();
    case FieldDescriptor::CPPTYPE_BOOL:
      return Type::Bool();
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? Type::Bytes() : Type::String();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Type::Message(field->message_type());
  }
  return Type::Dyn();
}

}  // namespace

Type Type::With(std::vector<Type> parameters) const {
  Type type = *this;
  type.parts_ = 1;
  for (const Type& parameter : parameters) type.parts_ += parameter.parts_;
  if (type.parts_ > kTypePartsMax) {
    parameters.assign(parameters.size(), Dyn());
    type.parts_ = 1 + static_cast<uint32_t>(parameters.size());
  }
  type.parameters_ = std::move(parameters);
  return type;
}

Type Type::List(Type element) { return Type(TypeKind::kList).With({std::move(element)}); }

Type Type::Map(Type key, Type value) {
  return Type(TypeKind::kMap).With({std::move(key), std::move(value)});
}

Type Type::TypeOf(Type inner) { return Type(TypeKind::kType).With({std::move(inner)}); }

Type Type::Wrapper(Type primitive) { return Type(TypeKind::kWrapper).With({std::move(primitive)}); }

Type Type::Opaque(std::string name, std::vector<Type> parameters) {
  Type type(TypeKind::kOpaque);
  type.name_ = std::move(name);
  return type.With(std::move(parameters));
}

Type Type::Generic(std::string name) {
  Type type(TypeKind::kGeneric);
  type.name_ = std::move(name);
  return type;
}

Type Type::Variable(uint32_t index) {
  Type type(TypeKind::kVariable);
  type.index_ = index;
  return type;
}

Type Type::Message(const Descriptor* descriptor) {
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Timestamp();
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return Duration();
    case Descriptor::WELLKNOWNTYPE_ANY:
      return Type(TypeKind::kAny);
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Dyn();
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return Map(String(), Dyn());
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return List(Dyn());
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return Wrapper(ScalarType(descriptor->FindFieldByNumber(1)));
    default:
      break;
  }
  Type type(TypeKind::kMessage);
  type.descriptor_ = descriptor;
  return type;
}

Type Type::Field(const FieldDescriptor* field) {
  if (field->is_map()) {
    return Map(ScalarType(field->message_type()->map_key()),
               ScalarType(field->message_type()->map_value()));
  }
  if (field->is_repeated()) return List(ScalarType(field));
  return ScalarType(field);
}

bool Type::operator==(const Type& other) const {
  return kind_ == other.kind_ && index_ == other.index_ && descriptor_ == other.descriptor_ &&
         name_ == other.name_ && parameters_ == other.parameters_;
}

std::string Type::ToString() const {
  std::string text(SimpleName(kind_));
  if (Is(TypeKind::kMessage)) text = descriptor_->full_name();
  if (Is(TypeKind::kOpaque) || Is(TypeKind::kGeneric)) text = name_;
  if (Is(TypeKind::kVariable)) text = "unknown";
  if (parameters_.empty()) return text;
  const std::string inner = absl::StrJoin(
      parameters_, ", ",
      [](std::string* out, const Type& type) { absl::StrAppend(out, type.ToString()); });
  return absl::StrCat(text, "(", inner, ")");
}

}  // namespace redress::cel
