// The types of expressions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace redress::cel {

enum class TypeKind : uint8_t {
  kDyn,  // known only when it runs
  kAny,  // google.protobuf.Any: checked like kDyn
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kType,      // of one parameter: the type of a type
  kList,      // of one parameter
  kMap,       // of two
  kWrapper,   // of one: that type, or null
  kOpaque,    // a name and parameters, such as optional_type
  kMessage,   // a protobuf message
  kGeneric,   // a type parameter in a signature, such as T
  kVariable,  // what a type parameter stands for in one call; only while checking
  kError,     // an issue was reported; fits everywhere, so that it is reported once
};

// A type with more parts than this has dyn for its parameters: what nobody writes by hand need not
// be checked, and types that double with every step of an expression stay small.
inline constexpr uint32_t kTypePartsMax = 64;

// A type, by value.
class Type {
 public:
  Type() = default;
  explicit Type(TypeKind kind) : kind_(kind) {}

  static Type Dyn() { return Type(TypeKind::kDyn); }
  static Type Null() { return Type(TypeKind::kNull); }
  static Type Bool() { return Type(TypeKind::kBool); }
  static Type Int() { return Type(TypeKind::kInt); }
  static Type Uint() { return Type(TypeKind::kUint); }
  static Type Double() { return Type(TypeKind::kDouble); }
  static Type String() { return Type(TypeKind::kString); }
  static Type Bytes() { return Type(TypeKind::kBytes); }
  static Type Timestamp() { return Type(TypeKind::kTimestamp); }
  static Type Duration() { return Type(TypeKind::kDuration); }
  static Type Error() { return Type(TypeKind::kError); }
  static Type List(Type element);
  static Type Map(Type key, Type value);
  static Type TypeOf(Type type);
  static Type Wrapper(Type primitive);
  static Type Opaque(std::string name, std::vector<Type> parameters);
  static Type Optional(Type value) { return Opaque("optional_type", {std::move(value)}); }
  static Type Generic(std::string name);
  static Type Variable(uint32_t index);

  // The type of a message, or what a well-known message stands for: a timestamp, a duration, a
  // wrapper, dyn, or a map or list of dyn. The descriptor must outlive the type.
  static Type Message(const google::protobuf::Descriptor* descriptor);

  // The type of a field, with enums as int.
  static Type Field(const google::protobuf::FieldDescriptor* field);

  TypeKind kind() const { return kind_; }
  bool Is(TypeKind kind) const { return kind_ == kind; }
  bool IsDyn() const { return Is(TypeKind::kDyn) || Is(TypeKind::kAny) || Is(TypeKind::kError); }
  bool IsOptional() const { return Is(TypeKind::kOpaque) && name_ == "optional_type"; }
  const std::vector<Type>& parameters() const { return parameters_; }
  // The same type over other parameters.
  Type With(std::vector<Type> parameters) const;
  const Type& parameter(size_t i) const { return parameters_[i]; }
  const std::string& name() const { return name_; }  // of an opaque or generic type
  uint32_t index() const { return index_; }          // of a variable
  const google::protobuf::Descriptor* descriptor() const { return descriptor_; }

  bool operator==(const Type& other) const;

  // "list(string)", "map(string, dyn)", "wrapper(int)", a message's full name.
  std::string ToString() const;

 private:
  TypeKind kind_ = TypeKind::kDyn;
  uint32_t index_ = 0;
  uint32_t parts_ = 1;
  const google::protobuf::Descriptor* descriptor_ = nullptr;
  std::string name_;
  std::vector<Type> parameters_;
};

}  // namespace redress::cel
