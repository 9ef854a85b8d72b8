#include "services/worker_pool.h"

#include <utility>

namespace redress::services {

bool WorkerPool::Post(absl::string_view tenant, absl::string_view client,
                      std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  return !is_stopping_ && waiting_.Push(tenant, client, 0, std::move(work));
}

void WorkerPool::Run() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !waiting_.empty() || is_stopping_;
  };
  while (true) {
    std::function<void()> work;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (waiting_.empty()) return;
      work = std::move(waiting_.Take(1).front());
    }
    work();
  }
}

void WorkerPool::Stop() {
  absl::MutexLock lock(&mutex_);
  is_stopping_ = true;
}

}  // namespace redress::services
