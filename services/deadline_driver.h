// Fires deadlines in the order in which they are due.
//
// It only reads keys ordered by time and sends commands; the decision checks each again. So it may
// stop at any instant, and another server may take over a shard. Tick belongs to one thread.
//
// It reads a shard only when something may be due there: the executor, which alone writes
// deadlines, tells of each (services/first_deadlines.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/executor.h"
#include "storage/index.h"
#include "storage/kv.h"

namespace redress::services {

// Every shard is read from its beginning so often, whatever is known of it, one after the other: a
// commit of unknown outcome may have been kept after the executor told of it.
inline constexpr absl::Duration kFullLookEvery = absl::Minutes(5);

// Fired at a time, so that a backlog of overdue deadlines cannot fill the executor's queue.
inline constexpr size_t kFiresInFlightMax = 256;

class DeadlineDriver {
 public:
  // Knows nothing yet of any shard. REQUIRES: both outlive this and every command that it sends,
  // and no other driver works for the executor.
  DeadlineDriver(storage::Kv& kv, Executor& executor) : kv_(kv), executor_(executor) {
    executor.first_deadlines().Forget();
  }

  // Sends a command for each of the earliest deadlines before `now`, unless those of the last Tick
  // are still under way. How many were sent.
  absl::StatusOr<size_t> Tick(absl::Time now);

  // True while commands of the last Tick are unanswered.
  bool is_busy() const { return in_flight_ > 0; }
  // Commands that found their deadline moved or met.
  uint64_t stale() const { return stale_; }

 private:
  struct Due {
    std::vector<storage::DueTicket> tickets;
    // A shard held more than was read; what is due later may come before what was not read.
    int64_t known_until = std::numeric_limits<int64_t>::max();
  };
  // A shard, and an instant before which nothing waits in it.
  struct Look {
    uint8_t shard;
    int64_t from_us;
  };

  // Takes the shards in which something may be due, and now and then the next one of all.
  std::vector<Look> TakeLooks(absl::Time now);
  absl::StatusOr<std::vector<storage::DueTicket>> ReadDue(absl::Time now);
  // Reads what is due in a shard, kShardReadMax at most. The first deadline that waits in it.
  static absl::StatusOr<int64_t> ReadShard(const storage::Snapshot& snapshot, const Look& look,
                                           int64_t now_us, Due& due);

  storage::Kv& kv_;
  Executor& executor_;
  std::atomic<size_t> in_flight_ = 0;
  std::atomic<uint64_t> stale_ = 0;
  // The shard that is read next whatever is known of it, and when.
  uint8_t next_shard_ = 0;
  absl::Time next_full_look_ = absl::InfinitePast();
};

}  // namespace redress::services
