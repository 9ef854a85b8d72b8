// Callers of a server on this machine.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/check.h"

namespace redress::bench {

// A connection of its own.
std::shared_ptr<grpc::Channel> Connect(int port);

// Keeps a number of unary calls of one method in flight, on a few connections and one thread.
template <class Request, class Response>
class UnaryLoad {
 public:
  using MakeRequest = std::function<Request()>;
  // Looks at an answer; how much it counts.
  using Take = std::function<double(const Response&)>;

  UnaryLoad(int port, std::string method, int in_flight) : method_(std::move(method)) {
    for (int i = 0; i < kConnections; ++i) stubs_.emplace_back(Connect(port));
    for (int i = 0; i < in_flight; ++i) slots_.push_back(std::make_unique<Slot>());
  }

  // Calls for `span`; what its answers count in a second. Every call must succeed.
  double Run(absl::Duration span, const MakeRequest& make, const Take& take) {
    grpc::CompletionQueue queue;
    const absl::Time start = absl::Now();
    for (size_t i = 0; i < slots_.size(); ++i) Start(i, make(), queue);
    size_t in_flight = slots_.size();
    double answers = 0;
    void* tag = nullptr;
    bool ok = false;
    while (in_flight > 0 && queue.Next(&tag, &ok)) {
      const size_t i = reinterpret_cast<size_t>(tag);
      if (!slots_[i]->status.ok())
        base::CheckFailed(__FILE__, __LINE__, slots_[i]->status.error_message());
      const double counted = take(slots_[i]->response);
      const bool is_in_time = absl::Now() < start + span;
      if (is_in_time) answers += counted;
      if (is_in_time) Start(i, make(), queue);
      else --in_flight;
    }
    return answers / absl::ToDoubleSeconds(span);
  }

 private:
  static constexpr int kConnections = 4;
  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
    Response response;
    grpc::Status status;
  };

  void Start(size_t i, const Request& request, grpc::CompletionQueue& queue) {
    Slot& slot = *slots_[i];
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.reader = stubs_[i % stubs_.size()].PrepareUnaryCall(slot.context.get(), method_, request,
                                                              &queue);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.response, &slot.status, reinterpret_cast<void*>(i));
  }

  const std::string method_;
  std::vector<grpc::TemplatedGenericStub<Request, Response>> stubs_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace redress::bench
