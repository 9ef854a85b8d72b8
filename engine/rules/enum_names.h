// The names by which people write enum values: RELAY for LEVEL_RELAY, NPS for SCORE_TYPE_NPS.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::engine {

// REQUIRES: the zero value is named PREFIX_UNSPECIFIED, as ours are.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);

// Of every value but the unspecified one, in the order of the numbers.
std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor& type);

// The value of that short name; nothing for a name that is none, and for UNSPECIFIED.
std::optional<int> NumberOfShortName(const google::protobuf::EnumDescriptor& type,
                                     absl::string_view name);

}  // namespace redress::engine
