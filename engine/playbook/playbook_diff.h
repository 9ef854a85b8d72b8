// What is different between two playbooks, entry by entry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

enum class ChangeKind : uint8_t { kAdded, kRemoved, kChanged, kMoved };

// "added", "removed", "changed" or "moved".
absl::string_view ChangeKindName(ChangeKind kind);

struct PlaybookChange {
  // As the YAML names it; "playbook" for a part that is no table, with the part's name as the id.
  std::string table;
  std::string id;
  ChangeKind kind;
  std::vector<std::string> fields;  // of an entry that changed: which
};

// By table, and within each in the order of the newer playbook, what was removed last. Where the
// order counts, as few rows as possible are said to have moved. Examples are not compared.
std::vector<PlaybookChange> DiffPlaybooks(const redress::v1::Playbook& older,
                                          const redress::v1::Playbook& newer);

}  // namespace redress::engine
