// Typed reading of a YAML tree, where every fault becomes an issue and reading goes on.
//
// A read that fails returns an empty value after reporting; callers need not look, since a text
// with issues is never used.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/issue.h"
#include "engine/playbook/yaml_tree.h"

namespace redress::engine {

// Which characters an id may have.
enum class IdForm : uint8_t {
  kWord,  // letters, digits and underscores, not a digit first
  kName,  // letters, digits, dashes and underscores
  kPath,  // names, with dots between
};

inline constexpr size_t kIdSizeMax = 64;

class YamlReader {
 public:
  YamlReader(const YamlTree& tree, cel::IssueList& issues) : tree_(tree), issues_(issues) {}

  const YamlNode& operator[](YamlId id) const { return tree_[id]; }

  void Fail(YamlId id, std::string message) { issues_.Add(tree_[id].offset, std::move(message)); }

  // A scalar of 1 to `size_max` characters. `what` is its key, for messages.
  std::string Text(YamlId id, absl::string_view what, size_t size_max);

  // A text of 1 to kIdSizeMax characters of the form.
  std::string Id(YamlId id, absl::string_view what, IdForm form);

  // "true" or "false", plain.
  bool Bool(YamlId id, absl::string_view what);

  // A plain whole number within the bounds.
  int64_t Int(YamlId id, absl::string_view what, int64_t min, int64_t max);

  // A span such as "4h", "90s" or "1d12h": days, hours, minutes and seconds in that order, more
  // than zero, at most ten years.
  google::protobuf::Duration Duration(YamlId id, absl::string_view what);

  // An instant such as 2026-11-01 (its first moment in UTC) or 2026-11-01T09:00:00+08:00, whole
  // seconds.
  google::protobuf::Timestamp Instant(YamlId id, absl::string_view what);

  // The items of a list of at most `size_max`; none after reporting that it is no list.
  absl::Span<const YamlId> Items(YamlId id, absl::string_view what, size_t size_max);

  // One of an enum's short names.
  template <typename Enum>
  Enum EnumValue(YamlId id, absl::string_view what) {
    return static_cast<Enum>(EnumNumber(id, what, *google::protobuf::GetEnumDescriptor<Enum>()));
  }

 private:
  int EnumNumber(YamlId id, absl::string_view what, const google::protobuf::EnumDescriptor& type);

  const YamlTree& tree_;
  cel::IssueList& issues_;
};

// The entries of a map, with keys that are told apart.
class YamlMap {
 public:
  // A map that may have these keys. Reports unknown keys, keys given twice, and what is no map.
  YamlMap(YamlReader& reader, YamlId id, absl::string_view what,
          absl::Span<const absl::string_view> keys);

  // The value under a key, or nothing. A key without a value counts as reported and absent.
  std::optional<YamlId> Find(absl::string_view key) const;

  // Whether an issue about this key itself was reported: misspelt, or without a value.
  bool IsReported(absl::string_view key) const;

  // The value under a key, and reports when it is missing.
  std::optional<YamlId> Require(absl::string_view key);

 private:
  YamlReader& reader_;
  YamlId id_;
  std::string what_;
  std::vector<std::pair<std::string, YamlId>> entries_;
  std::vector<std::string> reported_keys_;
  bool is_map_ = false;
};

// One entry of a map whose keys are free.
struct YamlEntry {
  YamlId key;
  YamlId value;
};

// The entries of a map with free keys, at most `size_max`. Reports keys given twice and what is no
// map.
std::vector<YamlEntry> YamlEntries(YamlReader& reader, YamlId id, absl::string_view what,
                                   size_t size_max);

// Seconds of a span such as "1d12h", or nothing when it is none.
std::optional<int64_t> ParseSpan(absl::string_view text);

}  // namespace redress::engine
