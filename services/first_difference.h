// The difference that a verification names, of those that its threads find: the first in the order
// in which one thread would come upon them.
//
// Thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace redress::services {

// What is gone through, in this order.
enum class VerifyStage { kLedger, kHead, kTickets, kSamples, kCells, kIndexes, kWords };

// Of the ledger: the commit, and the event's place in it or one of these. Of the tickets: the id.
struct DifferencePlace {
  static constexpr int64_t kWholeCommit = -1;

  VerifyStage stage = VerifyStage::kLedger;
  uint64_t number = 0;
  int64_t index = 0;
  auto operator<=>(const DifferencePlace&) const = default;
};

class FirstDifference {
 public:
  // Keeps the status unless it is OK or one of an earlier place is known.
  void Note(const DifferencePlace& place, absl::Status status) {
    if (status.ok()) return;
    absl::MutexLock lock(&mutex_);
    if (place_ && *place_ <= place) return;
    place_ = place;
    status_ = std::move(status);
  }

  // Whether a difference at this place or a later one would not be named.
  bool IsBefore(const DifferencePlace& place) const {
    absl::MutexLock lock(&mutex_);
    return place_ && *place_ <= place;
  }

  // OK: there is none.
  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::optional<DifferencePlace> place_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
