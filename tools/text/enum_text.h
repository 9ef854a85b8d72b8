// Values of protobuf enums by their short names: "first-answer" for DEADLINE_KIND_FIRST_ANSWER.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/generated_enum_reflection.h"

namespace redress::text {

// Lower case, without the enum's prefix, with dashes. "" for the unspecified value.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

// Case does not matter, "_" and "-" are the same, full names are known as well. Null: no such
// value; the unspecified value has no name.
const google::protobuf::EnumValueDescriptor* FindByShortName(
    const google::protobuf::EnumDescriptor& type, absl::string_view name);

// All short names in the order of the numbers.
std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor& type);

// The short name of a generated enum's value; its number when this build does not know it.
template <typename Enum>
std::string EnumText(Enum value) {
  const auto* found =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
  return found == nullptr ? std::to_string(static_cast<int>(value)) : ShortName(*found);
}

}  // namespace redress::text
