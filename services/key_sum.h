// A set of keys as their number and the sum of their hashes, which does not depend on the order in
// which they are added. Only sums of one process can be compared.
#pragma once

#include <cstdint>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace redress::services {

struct KeySum {
  uint64_t count = 0;
  uint64_t sum = 0;

  void Add(absl::string_view key) {
    ++count;
    sum += absl::Hash<absl::string_view>()(key);
  }
  void Add(const KeySum& other) {
    count += other.count;
    sum += other.sum;
  }
  bool operator==(const KeySum&) const = default;
};

}  // namespace redress::services
