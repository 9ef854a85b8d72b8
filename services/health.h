// grpc.health.v1.Health: whether each service answers, for load balancers and supervisors.
//
// Our own, because gRPC's is invisible to reflection. "" stands for the whole server. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.pb.h"
#include "services/call.h"
#include "services/method_set.h"

namespace redress::services {

class Health {
 public:
  // The services start as not serving, and so does "".
  explicit Health(const std::vector<std::string>& services);

  // REQUIRES: a service that the constructor knows, or "".
  void Set(const std::string& service, bool is_serving);
  void SetAll(bool is_serving);

  const MethodSet& methods() const { return methods_; }

 private:
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;
  using Response = grpc::health::v1::HealthCheckResponse;
  struct Watcher {
    std::string service;
    Stream<Response> stream;
  };

  void Check(const Caller& caller, grpc::health::v1::HealthCheckRequest request,
             Reply<Response> reply);
  void Watch(const Caller& caller, grpc::health::v1::HealthCheckRequest request,
             Stream<Response> stream);

  MethodSet methods_;
  // Keeps news in order. Held while sending, so nothing that a stream calls back may take it.
  absl::Mutex order_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Mutex mutex_;
  std::map<std::string, Status> statuses_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, Watcher> watchers_ ABSL_GUARDED_BY(mutex_);
  int64_t next_watcher_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redress::services
