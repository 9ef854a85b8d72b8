// What the product has to tell somebody outside, for whoever delivers it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "redress/v1/outbox_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

// A follower that finds nothing to tell hears how far that was after so many commits.
inline constexpr uint64_t kOutboxSilenceMax = 1000;
// Commits read for a follower at a time, so that no worker is theirs for a whole ledger.
inline constexpr int kOutboxCommitsMax = 100;

class OutboxService {
 public:
  explicit OutboxService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

  // Reads on for the followers whose ledgers have grown.
  absl::Status Tick();

 private:
  // Somebody who follows. Shared by the tick and the worker that reads for them.
  struct Follower;

  void FollowOutbox(const Caller& caller, v1::FollowOutboxRequest request,
                    Stream<v1::FollowOutboxResponse> stream);
  void Keep(const std::shared_ptr<Follower>& follower);
  // On a worker, unless one reads for them already.
  void ReadOn(const std::shared_ptr<Follower>& follower);
  void SendSome(const std::shared_ptr<Follower>& follower);
  // Sends what a commit has to tell; false: the follower has no room for the rest.
  absl::StatusOr<bool> SendCommit(const storage::LedgerReader& reader, const v1::Commit& commit,
                                  Follower& follower);

  Backend& backend_;
  MethodSet methods_;
  absl::Mutex mutex_;
  std::map<uint64_t, std::shared_ptr<Follower>> followers_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_follower_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redress::services
