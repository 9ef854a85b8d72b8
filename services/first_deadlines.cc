#include "services/first_deadlines.h"

namespace redress::services {

void FirstDeadlines::Forget() {
  for (std::atomic<int64_t>& first : first_) first = kUnknown;
}

void FirstDeadlines::Add(uint8_t shard, int64_t time_us) {
  int64_t known = first_[shard];
  while (time_us < known && !first_[shard].compare_exchange_weak(known, time_us)) continue;
}

}  // namespace redress::services
