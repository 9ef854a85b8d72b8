#include "tests/real/rows.h"

#include <google/protobuf/util/json_util.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace redress::real {
namespace {

constexpr int kExitUnreadable = 2;
constexpr size_t kBufferBytes = 1 << 16;

[[noreturn]] void Stop(const std::string& path, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), why.c_str());
  std::exit(kExitUnreadable);
}

}  // namespace

std::vector<std::string> ReadLines(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) Stop(path, "cannot be read");
  std::string text;
  std::string buffer(kBufferBytes, '\0');
  int count = 0;
  while ((count = gzread(file, buffer.data(), kBufferBytes)) > 0) {
    text.append(buffer, 0, static_cast<size_t>(count));
  }
  gzclose(file);
  if (count < 0) Stop(path, "is damaged");
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<google::protobuf::Struct> ReadObjects(const std::string& path) {
  std::vector<google::protobuf::Struct> objects;
  for (const std::string& line : ReadLines(path)) {
    const auto status = google::protobuf::util::JsonStringToMessage(line, &objects.emplace_back());
    if (!status.ok()) Stop(path, status.ToString());
  }
  return objects;
}

std::string Text(const google::protobuf::Struct& object, const std::string& key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? "" : found->second.string_value();
}

std::string FileEndingWith(const std::string& folder, const std::string& ending) {
  std::string only;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!absl::EndsWith(entry.path().string(), ending)) continue;
    if (!only.empty()) return "";
    only = entry.path().string();
  }
  return only;
}

std::string FolderOrSkip(int argc, char** argv, const std::string& name) {
  const char* shared = std::getenv("REDRESS_SHARED");
  std::string folder = std::string(shared == nullptr ? "../shared" : shared) + "/data/" + name;
  if (argc > 1) folder = argv[1];
  if (std::filesystem::is_directory(folder)) return folder;
  std::printf("SKIPPED: there is no folder %s\n", folder.c_str());
  std::exit(0);
}

}  // namespace redress::real
