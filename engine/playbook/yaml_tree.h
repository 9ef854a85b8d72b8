// A YAML text as a tree, read strictly.
//
// A playbook needs little of YAML: one document of mappings, sequences and scalars. Anchors,
// aliases, tags, control characters, deep nesting and huge texts are refused before they can cost
// anything, and every node knows where it stands. yaml-cpp is used, and its exceptions are caught,
// in yaml_tree.cc only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/cel/issue.h"

namespace redress::engine {

inline constexpr size_t kYamlBytesMax = 1 << 20;
inline constexpr size_t kYamlNodesMax = 1'000'000;
inline constexpr int kYamlDepthMax = 16;

enum class YamlKind : uint8_t { kNothing, kScalar, kSequence, kMap };

using YamlId = uint32_t;

struct YamlNode {
  YamlKind kind = YamlKind::kNothing;
  // A plain scalar may be a number or a truth value; a quoted one or a block is text in any case.
  bool is_plain = false;
  uint32_t offset = 0;           // of its first byte in the source
  std::string text;              // of a scalar
  std::vector<YamlId> children;  // the items of a sequence; key, value, key, value of a map
};

class YamlTree {
 public:
  explicit YamlTree(std::vector<YamlNode> nodes) : nodes_(std::move(nodes)) {}

  // The root has id 0.
  const YamlNode& operator[](YamlId id) const { return nodes_[id]; }

 private:
  std::vector<YamlNode> nodes_;
};

// Reads one document. Nothing, and at least one issue, when it is no YAML that we accept.
std::optional<YamlTree> ParseYaml(absl::string_view source, cel::IssueList& issues);

// Where the byte at `text_offset` of a scalar's text stands in the source, so that a fault inside a
// condition is shown where it was written: quotes, escapes, folded lines and indentation are
// followed.
uint32_t SourceOffset(absl::string_view source, const YamlNode& scalar, size_t text_offset);

}  // namespace redress::engine
