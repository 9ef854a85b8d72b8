#include "services/courier.h"

#include <utility>

namespace redress::services {

void AnswerCourier::Deliver(std::vector<std::function<void()>> errands) {
  absl::MutexLock lock(&mutex_);
  waiting_.push_back(std::move(errands));
}

void AnswerCourier::Run() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !waiting_.empty() || is_stopping_;
  };
  while (true) {
    std::deque<std::vector<std::function<void()>>> taken;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (waiting_.empty()) return;
      taken.swap(waiting_);
    }
    for (auto& errands : taken)
      for (auto& errand : errands) errand();
  }
}

void AnswerCourier::Stop() {
  absl::MutexLock lock(&mutex_);
  is_stopping_ = true;
}

}  // namespace redress::services
