#include "tests/conformance/cel_rows/rows.h"

#include <google/protobuf/util/json_util.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/check.h"

namespace redress::conformance {
namespace {

// zlib reads plain files as well.
std::string ReadFile(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  CHECK(file != nullptr);
  std::string content;
  char buffer[1 << 16];
  int size = 0;
  while ((size = gzread(file, buffer, sizeof(buffer))) > 0) {
    content.append(buffer, static_cast<size_t>(size));
  }
  CHECK_EQ(size, 0);
  gzclose(file);
  return content;
}

}  // namespace

const Json& Member(const Json& object, const std::string& name) {
  static const Json nothing;
  const auto& fields = object.struct_value().fields();
  const auto found = fields.find(name);
  return found == fields.end() ? nothing : found->second;
}

bool HasMember(const Json& object, const std::string& name) {
  return object.struct_value().fields().count(name) > 0;
}

const std::string& Text(const Json& object, const std::string& name) {
  return Member(object, name).string_value();
}

bool Flag(const Json& object, const std::string& name) { return Member(object, name).bool_value(); }

std::vector<Row> ReadRows(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (absl::EndsWith(path, ".jsonl") || absl::EndsWith(path, ".jsonl.gz")) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Row> rows;
  for (const std::string& path : paths) {
    for (absl::string_view line : absl::StrSplit(ReadFile(path), '\n', absl::SkipEmpty())) {
      Row& row = rows.emplace_back();
      row.line = std::string(line);
      CHECK_OK(google::protobuf::util::JsonStringToMessage(row.line, &row.json));
    }
  }
  return rows;
}

std::string DefaultFolder() {
  const char* shared = std::getenv("REDRESS_SHARED");
  for (const std::string& folder : {std::string(shared == nullptr ? "" : shared) + "/cel-spec",
                                    std::string("../shared/cel-spec")}) {
    if (std::filesystem::is_directory(folder)) return folder;
  }
  return "";
}

}  // namespace redress::conformance
