// Which bytes are text. Protobuf refuses a string field that is not UTF-8 without saying which one;
// the edge says it.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace redress::services {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

// The path ("notes[1].text") of the first string field in the serialised message that is not UTF-8.
// Nothing: there is none, or the bytes are no message at all.
std::optional<std::string> FindFieldNotUtf8(absl::string_view bytes,
                                            const google::protobuf::Descriptor& type);

}  // namespace redress::services
