#include "services/worker_pool.h"

#include <utility>

namespace redress::services {

bool WorkerPool::Post(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  if (is_stopping_ || waiting_.size() >= kWaitingMax) return false;
  waiting_.push_back(std::move(work));
  return true;
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
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

void WorkerPool::Stop() {
  absl::MutexLock lock(&mutex_);
  is_stopping_ = true;
}

}  // namespace redress::services
