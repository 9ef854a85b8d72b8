// Fires deadlines in the order in which they are due.
//
// It only reads keys ordered by time and sends commands; the decision checks each again. So it may
// stop at any instant, and another server may take over a shard. Tick belongs to one thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/executor.h"
#include "storage/index.h"
#include "storage/kv.h"
#include "storage/tables.h"

namespace redress::services {

// A deadline is never set into the past by more than this, so what lies further back is read only
// now and then: stores mark deleted keys and wade through the marks.
inline constexpr absl::Duration kLookBack = absl::Minutes(1);
inline constexpr absl::Duration kFullLookEvery = absl::Minutes(5);

// Fired at a time, so that a backlog of overdue deadlines cannot fill the executor's queue.
inline constexpr size_t kFiresInFlightMax = 256;

class DeadlineDriver {
 public:
  // REQUIRES: both outlive this and every command that it sends.
  DeadlineDriver(storage::Kv& kv, Executor& executor) : kv_(kv), executor_(executor) {}

  // Sends a command for each of the earliest deadlines before `now`, unless those of the last Tick
  // are still under way. How many were sent.
  absl::StatusOr<size_t> Tick(absl::Time now);

  // True while commands of the last Tick are unanswered.
  bool is_busy() const { return in_flight_ > 0; }
  // Commands that found their deadline moved or met.
  uint64_t stale() const { return stale_; }

 private:
  absl::StatusOr<std::vector<storage::DueTicket>> ReadDue(absl::Time now);
  // The deadlines in a range of one shard, kShardReadMax at most, appended to `due`. How many
  // there were.
  static absl::StatusOr<size_t> ReadShard(const storage::Snapshot& snapshot,
                                          const storage::KeyRange& range,
                                          std::vector<storage::DueTicket>& due);

  storage::Kv& kv_;
  Executor& executor_;
  std::atomic<size_t> in_flight_ = 0;
  std::atomic<uint64_t> stale_ = 0;
  // Before this a shard had nothing left when it was last read.
  std::array<absl::Time, storage::kShards> done_until_;
  absl::Time next_full_look_ = absl::InfinitePast();
};

}  // namespace redress::services
