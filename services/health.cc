#include "services/health.h"

#include <utility>

#include "base/check.h"

namespace redress::services {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

HealthCheckResponse ResponseOf(HealthCheckResponse::ServingStatus status) {
  HealthCheckResponse response;
  response.set_status(status);
  return response;
}

HealthCheckResponse::ServingStatus StatusOf(bool is_serving) {
  return is_serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

const google::protobuf::ServiceDescriptor& HealthDescriptor() {
  const auto* service = HealthCheckRequest::descriptor()->file()->FindServiceByName("Health");
  CHECK(service != nullptr);
  return *service;
}

}  // namespace

Health::Health(const std::vector<std::string>& services) : methods_(HealthDescriptor()) {
  methods_.Unary("Check", this, &Health::Check);
  methods_.ServerStream("Watch", this, &Health::Watch);
  absl::MutexLock lock(&mutex_);
  statuses_.emplace("", HealthCheckResponse::NOT_SERVING);
  for (const std::string& service : services) {
    statuses_.emplace(service, HealthCheckResponse::NOT_SERVING);
  }
}

void Health::Set(const std::string& service, bool is_serving) {
  const Status status = StatusOf(is_serving);
  absl::MutexLock order(&order_mutex_);
  std::vector<Stream<Response>> watchers;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = statuses_.find(service);
    CHECK(found != statuses_.end());
    if (std::exchange(found->second, status) == status) return;
    for (const auto& [id, watcher] : watchers_) {
      if (watcher.service == service) watchers.push_back(watcher.stream);
    }
  }
  for (const Stream<Response>& watcher : watchers) watcher.Send(ResponseOf(status));
}

void Health::SetAll(bool is_serving) {
  std::vector<std::string> services;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [service, status] : statuses_) services.push_back(service);
  }
  for (const std::string& service : services) Set(service, is_serving);
}

void Health::Check(const Caller& caller, HealthCheckRequest request, Reply<Response> reply) {
  Status status;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = statuses_.find(request.service());
    status = found == statuses_.end() ? HealthCheckResponse::SERVICE_UNKNOWN : found->second;
  }
  if (status != HealthCheckResponse::SERVICE_UNKNOWN) return reply.Finish(ResponseOf(status));
  reply.Fail({.code = absl::StatusCode::kNotFound,
              .reason = "SERVICE_UNKNOWN",
              .message = "this server has no service of that name"});
}

void Health::Watch(const Caller& caller, HealthCheckRequest request, Stream<Response> stream) {
  absl::MutexLock order(&order_mutex_);
  int64_t id = 0;
  Status status;
  {
    absl::MutexLock lock(&mutex_);
    const auto found = statuses_.find(request.service());
    status = found == statuses_.end() ? HealthCheckResponse::SERVICE_UNKNOWN : found->second;
    id = next_watcher_++;
    watchers_.emplace(id, Watcher{request.service(), stream});
  }
  stream.Send(ResponseOf(status));
  stream.Park([this, id] {
    absl::MutexLock lock(&mutex_);
    watchers_.erase(id);
  });
}

}  // namespace redress::services
