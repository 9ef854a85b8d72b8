// The one source of chance of a simulation: the same seed draws the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"

namespace redress::simulator {

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}

  // SplitMix64.
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // 0 to `end` - 1.
  int Below(int end) {
    CHECK_GT(end, 0);
    return static_cast<int>(Next() % static_cast<uint64_t>(end));
  }
  // Both ends included.
  int64_t Between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(Next() % static_cast<uint64_t>(last - first + 1));
  }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& of) {
    return of[static_cast<size_t>(Below(static_cast<int>(of.size())))];
  }

 private:
  uint64_t state_;
};

}  // namespace redress::simulator
