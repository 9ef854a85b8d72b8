// Protobuf JSON as trails have it: the names of the fields as the schema writes them, no spaces.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "redress/v1/trail.pb.h"

namespace redress::trail {

std::string ToJson(const google::protobuf::Message& message);

// DATA_LOSS: it is no such line.
absl::StatusOr<v1::TrailLine> LineFromJson(absl::string_view text);

}  // namespace redress::trail
