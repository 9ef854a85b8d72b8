#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "tools/repo_check/checks.h"

namespace redress::repo_check {
namespace {

// Names that make a decision depend on more than its facts.
constexpr char kBanned[] =
    "\\b(absl::Now|std::chrono|system_clock|steady_clock|time\\(nullptr\\)|std::rand|random_device|"
    "mt19937|absl::BitGen|std::thread|std::jthread|absl::Mutex|std::mutex|<iostream>|std::cout|"
    "std::cerr|getenv|throw|std::shared_ptr<[^c])";
// The folder whose values are floating point by definition, and the one file that calls a throwing
// library.
constexpr char kThrowingSeam[] = "engine/playbook/yaml_tree.cc";

// Messages that are stored and hashed.
constexpr absl::string_view kStored[] = {"proto/redress/v1/event.proto",
                                         "proto/redress/v1/stored.proto",
                                         "proto/redress/v1/ticket.proto",
                                         "proto/redress/v1/issue.proto"};

std::string WithoutComment(const std::string& line) {
  return line.substr(0, line.find("//"));
}

}  // namespace

void CheckPurity(const std::vector<SourceFile>& files, Complaints& complaints) {
  const RE2 banned(kBanned);
  const RE2 floating("\\b(double|float)\\b");
  const RE2 loose("\\b(double|float|map<)");
  for (const SourceFile& file : files) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = WithoutComment(file.lines[i]);
      std::string name;
      const bool is_engine = file.IsUnder("engine") && file.IsCpp();
      if (is_engine && file.path != kThrowingSeam && RE2::PartialMatch(code, banned, &name))
        complaints.Add(file, i, absl::StrCat("engine/ is pure and may not use ", name));
      if (is_engine && !file.IsUnder("engine/cel") && RE2::PartialMatch(code, floating, &name))
        complaints.Add(file, i, absl::StrCat("decisions do not use ", name));
      for (const absl::string_view stored : kStored)
        if (file.path == stored && RE2::PartialMatch(code, loose, &name))
          complaints.Add(file, i, absl::StrCat("what is stored has no ", name));
    }
  }
}

}  // namespace redress::repo_check
