#include "tools/repo_check/tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace redress::repo_check {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kEndings[] = {".cc",   ".h",    ".proto", ".md",  ".txt", ".cmake",
                                          ".yaml", ".json", ".jsonl", ".scenario"};

bool IsOurs(const fs::path& path) {
  const std::string name = path.filename().string();
  return !absl::StartsWith(name, ".") && name != "build" && name != "node_modules";
}

bool IsText(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](absl::string_view ending) { return absl::EndsWith(name, ending); });
}

}  // namespace

bool SourceFile::IsUnder(absl::string_view folder) const {
  return absl::StartsWith(path, absl::StrCat(folder, "/"));
}

bool SourceFile::EndsWith(absl::string_view ending) const { return absl::EndsWith(path, ending); }

std::vector<SourceFile> ReadTree(const std::string& top) {
  std::vector<SourceFile> files;
  auto walk = fs::recursive_directory_iterator(top);
  for (auto it = begin(walk); it != end(walk); ++it) {
    if (!IsOurs(it->path())) {
      if (it->is_directory()) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !IsText(it->path())) continue;
    SourceFile file;
    file.path = fs::relative(it->path(), top).string();
    std::ifstream stream(it->path());
    for (std::string line; std::getline(stream, line);) file.lines.push_back(std::move(line));
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& left, const auto& right) { return left.path < right.path; });
  return files;
}

void Complaints::Add(const SourceFile& file, size_t line_index, absl::string_view what) {
  all_.push_back(absl::StrCat(file.path, ":", line_index + 1, ": ", what));
}

}  // namespace redress::repo_check
