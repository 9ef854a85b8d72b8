// The YAML of a playbook as a message, and where its parts stand in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/cel/issue.h"
#include "engine/playbook/yaml_chain.h"
#include "engine/playbook/yaml_measure.h"
#include "engine/playbook/yaml_tree.h"
#include "engine/playbook/zones.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

inline constexpr YamlId kNoYaml = UINT32_MAX;

// Where a part of an expression was written: the bytes from `start` on, `size` of them. The rest
// was added: conditions of the rows above, limits in time.
struct WrittenText {
  YamlId place = kNoYaml;  // its scalar, or kNoYaml when nothing of it was written here
  YamlId row = 0;
  size_t start = 0;
  size_t size = 0;
};

struct PlaybookText {
  explicit PlaybookText(YamlTree tree_read) : tree(std::move(tree_read)) {}

  YamlTree tree;
  redress::v1::Playbook playbook;
  // Where the expressions of the facts and of the rows stand, parallel to the tables.
  std::vector<WrittenText> facts;
  std::vector<WrittenText> classify_conditions;
  std::vector<WrittenText> route_conditions;
  // Where the chains and their steps stand, parallel to the table.
  std::vector<ChainPlace> chains;
  // Where the parts of the measures and dimensions stand, parallel to the tables.
  std::vector<MeasurePlaces> measures;
  std::vector<MeasurePlaces> dimensions;
  // Where the goals stand, parallel to the table.
  std::vector<YamlId> goals;
  // Where the categories and the departments stand, parallel to those of the playbook.
  std::vector<YamlId> categories;
  std::vector<YamlId> departments;
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
