// The names that a playbook defines and those that it uses, compared when all of it was read.
#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "engine/playbook/yaml_reader.h"

namespace redress::engine {

// Names of one kind, such as departments.
class YamlNames {
 public:
  // `kind` is in the singular, for messages: "department".
  explicit YamlNames(absl::string_view kind) : kind_(kind) {}

  void Define(std::string name) { defined_.insert(std::move(name)); }

  // Notes that `name`, which stands at `place`, must be defined. The empty name was reported
  // already.
  void Use(std::string name, YamlId place) {
    if (!name.empty()) used_.push_back(Used{std::move(name), place});
  }

  bool Has(absl::string_view name) const { return defined_.contains(name); }

  // Reports the used names that are not defined.
  void Check(YamlReader& reader) const;

 private:
  struct Used {
    std::string name;
    YamlId place;
  };

  std::string kind_;
  absl::btree_set<std::string> defined_;
  std::vector<Used> used_;
};

}  // namespace redress::engine
