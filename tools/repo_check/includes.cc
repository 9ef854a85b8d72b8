#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "re2/re2.h"
#include "tools/repo_check/checks.h"

namespace redress::repo_check {
namespace {

// What a folder may include of ours. The first row whose folder matches counts.
struct Layer {
  absl::string_view folder;
  std::vector<absl::string_view> may_include;
};

const std::vector<Layer>& Layers() {
  static const auto& layers = *new std::vector<Layer>{
      {"base", {"base"}},
      {"engine/time", {"engine/time", "base"}},
      {"engine/cel", {"engine/cel", "base"}},
      {"engine/rules", {"engine/rules", "engine/cel", "base", "redress"}},
      {"engine/playbook",
       {"engine/playbook", "engine/rules", "engine/measure", "engine/cel", "engine/time", "base",
        "redress"}},
      {"engine/measure", {"engine/measure", "engine/cel", "base", "redress"}},
      {"engine/inspection", {"engine/inspection", "engine/measure", "base", "redress"}},
      {"engine/ticket",
       {"engine/ticket", "engine/playbook", "engine/rules", "engine/time", "base", "redress"}},
      {"engine", {"engine", "base", "redress"}},
      {"storage", {"storage", "base", "redress"}},
      {"services/grpc",
       {"services", "engine", "storage", "base", "redress", "google/rpc", "grpc/health"}},
      {"services",
       {"services", "engine", "storage", "base", "redress", "google/rpc", "grpc/health"}},
      {"tools",
       {"tools", "services", "engine", "storage", "base", "redress", "google/rpc", "grpc/health"}},
      {"bench",
       {"bench", "services", "engine", "storage", "base", "redress", "google/rpc", "grpc/health",
        "tests/support"}},
  };
  return layers;
}

constexpr absl::string_view kOurFolders[] = {"base/",     "engine/", "storage/", "services/",
                                             "tools/",    "tests/",  "bench/",   "redress/",
                                             "google/rpc/", "grpc/health/"};

// A vendor's headers, and the only files that may include them.
struct Vendor {
  absl::string_view prefix;
  std::vector<absl::string_view> allowed;
};

const std::vector<Vendor>& Vendors() {
  static const auto& vendors = *new std::vector<Vendor>{
      {"rocksdb/", {"storage/rocksdb_kv.cc", "storage/rocksdb_backup.cc", "storage/known_gaps.cc",
                    "tests/", "bench/"}},
      {"grpcpp/", {"services/grpc/", "tools/", "tests/", "bench/"}},
      {"grpc/", {"services/grpc/", "services/health.h", "services/health.cc", "tools/", "tests/",
                 "bench/"}},
      {"yaml-cpp/", {"engine/playbook/yaml_tree.cc", "tools/", "tests/"}},
      {"libical/", {"tools/ics/"}},
      {"unicode/", {"engine/rules/", "tools/text/", "tests/"}},
      {"opencc/", {"tools/simplified_table/"}},
      {"openssl/", {"base/", "services/", "tools/", "tests/"}},
  };
  return vendors;
}

bool StartsWithAny(absl::string_view text, absl::Span<const absl::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](absl::string_view prefix) { return absl::StartsWith(text, prefix); });
}

void CheckOurs(const SourceFile& file, size_t line, const std::string& included,
               Complaints& complaints) {
  for (const Layer& layer : Layers()) {
    if (!file.IsUnder(layer.folder)) continue;
    const bool is_allowed =
        std::any_of(layer.may_include.begin(), layer.may_include.end(), [&](absl::string_view to) {
          return absl::StartsWith(included, absl::StrCat(to, "/"));
        });
    if (!is_allowed)
      complaints.Add(file, line, absl::StrCat(layer.folder, " may not include ", included));
    return;
  }
}

void CheckVendor(const SourceFile& file, size_t line, const std::string& included,
                 Complaints& complaints) {
  for (const Vendor& vendor : Vendors()) {
    if (absl::StartsWith(included, vendor.prefix) && !StartsWithAny(file.path, vendor.allowed))
      complaints.Add(file, line, absl::StrCat(included, " does not belong here"));
  }
}

}  // namespace

void CheckIncludes(const std::vector<SourceFile>& files, Complaints& complaints) {
  const RE2 include("^\\s*#include [<\"]([^>\"]+)[>\"]");
  for (const SourceFile& file : files) {
    if (!file.IsCpp()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      std::string included;
      if (!RE2::PartialMatch(file.lines[i], include, &included)) continue;
      if (absl::StartsWith(included, "tests/") && !file.IsUnder("tests") && !file.IsUnder("bench"))
        complaints.Add(file, i, "nothing outside of tests includes tests");
      const bool is_ours = StartsWithAny(included, kOurFolders);
      if (is_ours) CheckOurs(file, i, included, complaints);
      if (!is_ours || absl::StartsWith(included, "grpc/"))
        CheckVendor(file, i, included, complaints);
    }
  }
}

}  // namespace redress::repo_check
