#include "tools/trail/trail_json.h"

#include "base/check.h"
#include "google/protobuf/util/json_util.h"

namespace redress::trail {

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  CHECK(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

absl::StatusOr<v1::TrailLine> LineFromJson(absl::string_view text) {
  v1::TrailLine line;
  if (!google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &line).ok())
    return absl::DataLossError("it cannot be read");
  return line;
}

}  // namespace redress::trail
