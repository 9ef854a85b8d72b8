// Fires deadlines in the order in which they are due.
//
// It only reads keys ordered by time and sends commands; the decision checks each again. So it may stop at any instant,
// and another server may take over a shard. Tick belongs to one thread.
#pragma once

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

namespace redress::services {

// Fired at a time, so that a backlog of overdue deadlines cannot fill the executor's queue.
inline constexpr size_t kFiresInFlightMax = 256;

class DeadlineDriver {
 public:
  // REQUIRES: both outlive this and every command that it sends.
  DeadlineDriver(storage::Kv& kv, Executor& executor) : kv_(kv), executor_(executor) {}

  // Sends a command for each of the earliest deadlines before `now`, unless those of the last Tick are still under way.
  // How many were sent.
  absl::StatusOr<size_t> Tick(absl::Time now);

  // True while commands of the last Tick are unanswered.
  bool is_busy() const { return in_flight_ > 0; }
  // Commands that found their deadline moved or met.
  uint64_t stale() const { return stale_; }

 private:
  absl::StatusOr<std::vector<storage::DueTicket>> ReadDue(absl::Time now) const;

  storage::Kv& kv_;
  Executor& executor_;
  std::atomic<size_t> in_flight_ = 0;
  std::atomic<uint64_t> stale_ = 0;
};

}  // namespace redress::services
