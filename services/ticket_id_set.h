// A set of ticket ids that mostly follow each other: a bit for each, in blocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"

namespace redress::services {

class TicketIdSet {
 public:
  void Insert(uint64_t id) { blocks_[id / kBlockIds][WordOf(id)] |= BitOf(id); }
  void Erase(uint64_t id) {
    const auto block = blocks_.find(id / kBlockIds);
    if (block != blocks_.end()) block->second[WordOf(id)] &= ~BitOf(id);
  }
  bool Contains(uint64_t id) const {
    const auto block = blocks_.find(id / kBlockIds);
    return block != blocks_.end() && (block->second[WordOf(id)] & BitOf(id)) != 0;
  }

 private:
  static constexpr uint64_t kBlockIds = 512;
  static constexpr uint64_t kWordBits = 64;
  using Block = std::array<uint64_t, kBlockIds / kWordBits>;

  static size_t WordOf(uint64_t id) { return static_cast<size_t>(id % kBlockIds / kWordBits); }
  static uint64_t BitOf(uint64_t id) { return uint64_t{1} << (id % kWordBits); }

  absl::flat_hash_map<uint64_t, Block> blocks_;
};

}  // namespace redress::services
