// A bounded queue of work for a few threads, for reads that must not hold up gRPC's own threads.
//
// Thread-safe. The threads are started by main and call Run.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace redress::services {

class WorkerPool {
 public:
  // Work that may wait; more is refused.
  static constexpr size_t kWaitingMax = 256;

  // False: too much waits, or the pool is stopping; the work was dropped.
  bool Post(std::function<void()> work);
  // Does work until Stop and until none is left.
  void Run();
  void Stop();

 private:
  absl::Mutex mutex_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::services
