#include <utility>

#include "services/grpc/reactor.h"
#include "services/grpc/status_mapping.h"
#include "services/grpc/wire.h"

namespace redress::services {

grpc::ServerUnaryReactor* UnaryReactor::Start(Gate* gate, const Method& method,
                                              grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const std::shared_ptr<UnaryReactor> call(new UnaryReactor(gate, context, response));
  call->self_ = call;
  std::variant<Caller, Failure> admitted = AdmitCall(*gate, method, *context);
  if (const auto* failure = std::get_if<Failure>(&admitted)) {
    call->Fail(*failure);
    return call.get();
  }
  call->is_admitted_ = true;
  call->caller_ = std::get<Caller>(std::move(admitted));
  const auto read = [request](google::protobuf::Message& message) {
    return ParseRequest(*request, message);
  };
  method.start(call->caller_, read, call);
  return call.get();
}

void UnaryReactor::Succeed(const google::protobuf::Message& response) {
  if (!TakeEnd()) return;
  const auto keep = shared_from_this();
  *response_ = SerializeResponse(response);
  Finish(grpc::Status::OK);
  RunOnOver();
}

void UnaryReactor::Fail(const Failure& failure) {
  if (!TakeEnd()) return;
  const auto keep = shared_from_this();
  AddTrailers(failure, *context_);
  Finish(ToGrpcStatus(failure));
  RunOnOver();
}

void UnaryReactor::Park(std::function<void()> on_over) {
  const auto keep = shared_from_this();
  bool is_first = false;
  {
    absl::MutexLock lock(&mutex_);
    if (!ran_on_over_) {
      is_first = on_over_.empty();
      on_over_.push_back(std::move(on_over));
      on_over = nullptr;
    }
  }
  if (on_over) return on_over();
  if (!is_first) return;
  const auto end = [weak = weak_from_this()](const Failure& failure) {
    if (const auto call = weak.lock()) call->Fail(failure);
  };
  if (const std::optional<Failure> refused = gate_->Park(caller_.actor, this, end))
    return Fail(*refused);
  if (is_over()) gate_->Unpark(this);  // it ended, and OnDone may have passed, in between
}

void UnaryReactor::RunOnOver() {
  std::vector<std::function<void()>> on_over;
  {
    absl::MutexLock lock(&mutex_);
    ran_on_over_ = true;
    on_over.swap(on_over_);
  }
  if (!on_over.empty()) gate_->Unpark(this);
  for (const auto& run : on_over) run();
}

void UnaryReactor::OnCancel() {
  Fail({.code = absl::StatusCode::kCancelled,
        .reason = kReasonCallCancelled,
        .message = "the caller left or its deadline passed"});
}

void UnaryReactor::OnDone() {
  if (is_admitted_) gate_->Leave(caller_);
  self_.reset();
}

}  // namespace redress::services
