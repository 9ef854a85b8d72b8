// For each shard, an instant before which none of its deadlines waits.
//
// The executor tells of each deadline that it writes, and the driver of what it found waiting, so
// that a look needs to read only the shards in which something may be due. What is told may be
// earlier than the truth, never later. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>

#include "storage/tables.h"

namespace redress::services {

class FirstDeadlines {
 public:
  // Instants are microseconds since 1970. Nothing is known of the shard; nothing waits in it.
  static constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

  FirstDeadlines() { Forget(); }

  // Nothing is known of any shard.
  void Forget();
  int64_t Of(uint8_t shard) const { return first_[shard]; }
  // A deadline waits there. Called once it is stored, so that whoever took what was known before
  // and reads the shard after that either reads the deadline or finds it here.
  void Add(uint8_t shard, int64_t time_us);
  // What is known, which whoever takes it is about to learn anew: kNone, until Add says otherwise.
  int64_t Take(uint8_t shard) { return first_[shard].exchange(kNone); }

 private:
  std::array<std::atomic<int64_t>, storage::kShards> first_;
};

}  // namespace redress::services
