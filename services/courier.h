// Hands out answers on a thread of its own, in the order in which the executor made them.
//
// What waits is bounded by the calls in flight, each of which gets one answer. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace redress::services {

class AnswerCourier {
 public:
  void Deliver(std::vector<std::function<void()>> errands);
  // Runs errands until Stop and until none is left. The thread is started by main.
  void Run();
  void Stop();

 private:
  absl::Mutex mutex_;
  std::deque<std::vector<std::function<void()>>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::services
