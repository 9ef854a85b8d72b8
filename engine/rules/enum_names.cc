#include "engine/rules/enum_names.h"

#include "absl/strings/strip.h"
#include "base/check.h"

namespace redress::engine {

std::string ShortName(const google::protobuf::EnumValueDescriptor& value) {
  const google::protobuf::EnumValueDescriptor* zero = value.type()->FindValueByNumber(0);
  CHECK(zero != nullptr);
  absl::string_view prefix = zero->name();
  CHECK(absl::ConsumeSuffix(&prefix, "UNSPECIFIED"));
  return std::string(absl::StripPrefix(value.name(), prefix));
}

std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) names.push_back(ShortName(*type.value(i)));
  }
  return names;
}

std::optional<int> NumberOfShortName(const google::protobuf::EnumDescriptor& type,
                                     absl::string_view name) {
  for (int i = 0; i < type.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *type.value(i);
    if (value.number() != 0 && ShortName(value) == name) return value.number();
  }
  return std::nullopt;
}

}  // namespace redress::engine
