#include <filesystem>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "tools/repo_check/checks.h"

namespace redress::repo_check {
namespace {

namespace fs = std::filesystem;

// Folders whose mention in a document is a promise that the file is there.
constexpr char kNamedFile[] =
    "\\b((?:base|bench|deploy|docs|engine|proto|services|storage|tests|tools)/[A-Za-z0-9_./"
    "-]*[A-Za-z0-9_])";

// What running the project makes need not be there.
bool IsMade(absl::string_view path) {
  return absl::StartsWith(path, "deploy/data") || path == "bench/RESULTS.md";
}

}  // namespace

void CheckDocuments(const std::string& top, const std::vector<SourceFile>& files,
                    Complaints& complaints) {
  std::set<std::string> registered;
  const RE2 source("([A-Za-z0-9_]+_test\\.cc)");
  for (const SourceFile& file : files) {
    if (!absl::EndsWith(file.path, "CMakeLists.txt")) continue;
    const std::string folder = fs::path(file.path).parent_path().string();
    for (const std::string& line : file.lines) {
      std::string name;
      re2::StringPiece rest(line);
      while (RE2::FindAndConsume(&rest, source, &name))
        registered.insert(absl::StrCat(folder, "/", name));
    }
  }
  const RE2 named(kNamedFile);
  for (const SourceFile& file : files) {
    if (file.EndsWith("_test.cc") && !registered.contains(file.path))
      complaints.Add(absl::StrCat(file.path, ": no CMakeLists.txt names this test"));
    if (!file.EndsWith(".md")) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      std::string path;
      re2::StringPiece rest(file.lines[i]);
      while (RE2::FindAndConsume(&rest, named, &path))
        if (!fs::exists(fs::path(top) / path) && !IsMade(path))
          complaints.Add(file, i, absl::StrCat("names ", path, ", which does not exist"));
    }
  }
}

}  // namespace redress::repo_check
