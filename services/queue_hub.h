// Tells whoever waits at a department's queue that it has changed.
//
// Thread-safe. Calls back without holding its lock; a callback must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/executor.h"

namespace redress::services {

class QueueHub {
 public:
  using Callback = std::function<void()>;

  enum class Wants {
    kWork,    // hints that there may be more to pull
    kChange,  // every hint
  };

  // Calls back at every hint that is wanted until Unsubscribe.
  uint64_t Subscribe(const std::string& tenant, const std::string& department, Wants wants,
                     Callback callback);
  void Unsubscribe(uint64_t subscription);
  void Notify(const std::vector<QueueHint>& hints);

 private:
  using Key = std::pair<std::string, std::string>;
  struct Subscriber {
    Key key;
    Wants wants;
    Callback callback;
  };

  absl::Mutex mutex_;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<uint64_t, Subscriber> subscribers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
