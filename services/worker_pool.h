// A bounded queue of work for a few threads, for reads that must not hold up gRPC's own threads,
// shared fairly among tenants and their clients.
//
// Thread-safe. The threads are started by main and call Run.
#pragma once

#include <cstddef>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/fair_queue.h"

namespace redress::services {

class WorkerPool {
 public:
  // Work that may wait, in slots of a FairQueue. A client alone gets a third of them.
  static constexpr size_t kSlotsMax = 768;

  // False: too much of this client waits, or the pool is stopping; the work was dropped.
  bool Post(absl::string_view tenant, absl::string_view client, std::function<void()> work);
  // Does work until Stop and until none is left.
  void Run();
  void Stop();

 private:
  absl::Mutex mutex_;
  FairQueue<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_){kSlotsMax};
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::services
