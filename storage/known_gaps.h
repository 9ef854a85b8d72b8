// Ranges of keys that are known to hold no entry.
//
// A queue is scanned from its head, where everything was taken already. RocksDB keeps a mark for
// each taken key until it compacts, and wades through all of them on every scan: after 50,000 takes
// one scan took 10 ms. The one writer remembers instead what it found empty, and starts behind it.
// A gap that is no gap would hide entries, so every key that is put must be told here first.
#pragma once

#include <cstddef>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"

namespace redress::storage {

// One thread at a time.
class KnownGaps {
 public:
  // Gaps remembered; one more forgets them all.
  static constexpr size_t kGapsMax = 4096;

  // No key k with begin <= k < end has an entry. REQUIRES: begin < end.
  void Add(absl::string_view begin, absl::string_view end);

  // `key` may have an entry from now on.
  void Fill(absl::string_view key);

  // The first key from `begin` on that may have an entry. Dies at the next Add or Fill.
  absl::string_view FirstAfter(absl::string_view begin) const;

  // The smallest key such that none from it up to `end` has an entry; `end` itself when unknown.
  // Dies at the next Add or Fill.
  absl::string_view LastBefore(absl::string_view end) const;

 private:
  absl::btree_map<std::string, std::string> ends_;  // by begin; disjoint, and none touch
};

}  // namespace redress::storage
