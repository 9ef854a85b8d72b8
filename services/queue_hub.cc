#include "services/queue_hub.h"

#include <algorithm>

namespace redress::services {

uint64_t QueueHub::Subscribe(const std::string& tenant, const std::string& department, Wants wants,
                             Callback callback) {
  absl::MutexLock lock(&mutex_);
  subscribers_[++last_] = {{tenant, department}, wants, std::move(callback)};
  return last_;
}

void QueueHub::Unsubscribe(uint64_t subscription) {
  absl::MutexLock lock(&mutex_);
  subscribers_.erase(subscription);
}

void QueueHub::Notify(const std::vector<QueueHint>& hints) {
  std::vector<Callback> calls;
  {
    absl::MutexLock lock(&mutex_);
    if (subscribers_.empty()) return;
    for (const auto& [id, subscriber] : subscribers_) {
      const bool is_meant = std::any_of(hints.begin(), hints.end(), [&](const QueueHint& hint) {
        return subscriber.key.first == hint.tenant && subscriber.key.second == hint.department &&
               (hint.has_work || subscriber.wants == Wants::kChange);
      });
      if (is_meant) calls.push_back(subscriber.callback);
    }
  }
  for (const Callback& call : calls) call();
}

}  // namespace redress::services
