// Reading conformance rows: one JSON object a line, in .jsonl or .jsonl.gz files.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::conformance {

// A JSON object. Its accessors give an empty value for what is not there.
using Json = google::protobuf::Value;

const Json& Member(const Json& object, const std::string& name);
bool HasMember(const Json& object, const std::string& name);
const std::string& Text(const Json& object, const std::string& name);
bool Flag(const Json& object, const std::string& name);

struct Row {
  std::string line;
  Json json;
};

// The rows of every such file in a folder, in the order of the files' names. Stops the process at a
// damaged file.
std::vector<Row> ReadRows(const std::string& folder);

// $REDRESS_SHARED/cel-spec, else ../shared/cel-spec beside the working directory; empty when there
// is neither.
std::string DefaultFolder();

}  // namespace redress::conformance
