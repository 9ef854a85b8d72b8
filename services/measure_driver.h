// Has the history from before a measure's publication counted, part by part, while the server
// works.
//
// It only reads how far the counting is and sends commands; so it may stop at any instant and goes
// on after a restart. Tick belongs to one thread.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/executor.h"
#include "storage/kv.h"

namespace redress::services {

// How often tenants are looked at while there is nothing to count.
inline constexpr absl::Duration kFillLookEvery = absl::Seconds(1);

class MeasureDriver {
 public:
  // REQUIRES: both outlive this and every command that it sends.
  MeasureDriver(storage::Kv& kv, Executor& executor) : kv_(kv), executor_(executor) {}

  // Sends a command for each tenant that has something to count, unless those of the last Tick are
  // still under way.
  absl::Status Tick(absl::Time now);

  bool is_busy() const { return in_flight_ > 0; }

 private:
  storage::Kv& kv_;
  Executor& executor_;
  std::atomic<size_t> in_flight_ = 0;
  absl::Time next_look_ = absl::InfinitePast();
};

}  // namespace redress::services
