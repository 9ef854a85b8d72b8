// How departments take work.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "redress/v1/queue_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class QueueService {
 public:
  explicit QueueService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

  // Answers the pulls whose waiting time is over, with what there is: nothing. Looks again for the
  // watchers that could not be told of the last change.
  void Tick(absl::Time now);

 private:
  // A pull that waits for work. Shared by the hub's callback, the tick and the executor's answer.
  struct WaitingPull;
  // A watcher of a queue. Shared by the hub's callback, the tick and the worker that looks.
  struct Watcher;

  void PullTickets(const Caller& caller, v1::PullTicketsRequest request,
                   Reply<v1::PullTicketsResponse> reply);
  void ExtendLease(const Caller& caller, v1::ExtendLeaseRequest request,
                   Reply<v1::ExtendLeaseResponse> reply);
  void ReturnTicket(const Caller& caller, v1::ReturnTicketRequest request,
                    Reply<v1::ReturnTicketResponse> reply);
  void PeekQueue(const Caller& caller, v1::PeekQueueRequest request,
                 Reply<v1::PeekQueueResponse> reply);
  void WatchQueue(const Caller& caller, v1::WatchQueueRequest request,
                  Stream<v1::WatchQueueResponse> stream);

  void TryPull(std::shared_ptr<WaitingPull> pull);
  void AfterPull(std::shared_ptr<WaitingPull> pull, Outcome outcome);
  absl::StatusOr<v1::PeekQueueResponse> Peek(const Caller& caller,
                                             const v1::PeekQueueRequest& request, int size,
                                             std::string position);
  void LookFor(const std::shared_ptr<Watcher>& watcher);
  absl::StatusOr<v1::WatchQueueResponse> Look(const Caller& caller,
                                              const v1::WatchQueueRequest& request);

  Backend& backend_;
  MethodSet methods_;
  absl::Mutex mutex_;
  std::map<uint64_t, std::shared_ptr<WaitingPull>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, std::shared_ptr<Watcher>> watchers_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_waiting_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redress::services
