// The YAML of a playbook as a message, and where its parts stand in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/cel/issue.h"
#include "engine/playbook/yaml_tree.h"
#include "engine/playbook/zones.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

inline constexpr YamlId kNoYaml = UINT32_MAX;

struct PlaybookText {
  explicit PlaybookText(YamlTree tree_read) : tree(std::move(tree_read)) {}

  YamlTree tree;
  redress::v1::Playbook playbook;
  // The scalars of the rows' conditions, parallel to the tables; kNoYaml where a row has none.
  std::vector<YamlId> classify_conditions;
  std::vector<YamlId> route_conditions;
  // Where each example's expectation stands, in bytes of the source.
  std::vector<uint32_t> expectations;
};

// Reads a playbook strictly: unknown and missing keys, wrong types, names that are not defined, ids
// used twice, a route table without an end are all reported, each where it stands. What could be
// read is returned even then, so that conditions can be checked too; nothing when it is no YAML at
// all. Conditions are not looked into here.
std::optional<PlaybookText> ReadPlaybook(absl::string_view source, ZoneBook& zones,
                                         cel::IssueList& issues);

}  // namespace redress::engine
