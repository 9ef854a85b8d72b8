// The files of the repository, read once.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::repo_check {

struct SourceFile {
  // From the top, such as "engine/cel/parser.cc".
  std::string path;
  std::vector<std::string> lines;

  bool IsUnder(absl::string_view folder) const;
  bool EndsWith(absl::string_view ending) const;
  bool IsCpp() const { return EndsWith(".cc") || EndsWith(".h"); }
};

// Every text file below `top` that is ours: no build tree, no hidden folder, nothing that a package
// manager brought.
std::vector<SourceFile> ReadTree(const std::string& top);

// What is wrong, as "path:line: what".
class Complaints {
 public:
  void Add(const SourceFile& file, size_t line_index, absl::string_view what);
  void Add(absl::string_view what) { all_.emplace_back(what); }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::vector<std::string> all_;
};

}  // namespace redress::repo_check
