// The entry of a table that has an id.
#pragma once

#include <algorithm>

#include "absl/strings/string_view.h"

namespace redress::engine {

// nullptr: there is none. `entries`: messages with an id.
template <typename Entries>
auto FindById(const Entries& entries, absl::string_view id) -> decltype(&entries[0]) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [id](const auto& entry) { return entry.id() == id; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace redress::engine
