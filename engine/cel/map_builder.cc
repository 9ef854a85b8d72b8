#include "engine/cel/map_builder.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"

namespace redress::cel {

Value MapBuilder::Build() {
  for (const MapEntry& entry : entries_) {
    if (IsKey(entry.key)) continue;
    return context_.Error(absl::StrCat("a key cannot be of type ", TypeName(entry.key)));
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const MapEntry& a, const MapEntry& b) { return CompareKeys(a.key, b.key) < 0; });
  const auto repeated = std::adjacent_find(
      entries_.begin(), entries_.end(),
      [](const MapEntry& a, const MapEntry& b) { return CompareKeys(a.key, b.key) == 0; });
  if (repeated != entries_.end()) {
    return context_.Error(absl::StrCat("the key ", ToString(repeated->key), " comes twice"));
  }
  MapEntry* copy = context_.arena().AllocateArray<MapEntry>(entries_.size());
  if (copy == nullptr) return context_.OutOfMemory();
  std::uninitialized_copy(entries_.begin(), entries_.end(), copy);
  return Value::Map(absl::MakeConstSpan(copy, entries_.size()));
}

}  // namespace redress::cel
