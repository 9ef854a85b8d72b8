#include <utility>

#include "absl/strings/str_cat.h"
#include "services/grpc/reactor.h"
#include "services/grpc/status_mapping.h"
#include "services/grpc/wire.h"

namespace redress::services {

// The reply to one message of an incoming stream.
class StreamReactor::MessageSink final : public CallSink,
                                         public std::enable_shared_from_this<MessageSink> {
 public:
  MessageSink(std::shared_ptr<StreamReactor> stream, size_t request_bytes)
      : stream_(std::move(stream)), request_bytes_(request_bytes) {}

  size_t request_bytes() const { return request_bytes_; }

  void Succeed(const google::protobuf::Message& response) override {
    const auto keep = shared_from_this();
    if (!TakeEnd()) return;
    stream_->Answer(this, response);
    RunOnOver();
  }

  void Fail(const Failure& failure) override {
    const auto keep = shared_from_this();
    if (!TakeEnd()) return;
    stream_->Fail(failure);
    RunOnOver();
  }

  bool is_over() const override { return is_over_.load(std::memory_order_acquire); }

  void Park(std::function<void()> on_over) override {
    {
      absl::MutexLock lock(&mutex_);
      if (!ran_on_over_) {
        on_over_.push_back(std::move(on_over));
        return;
      }
    }
    on_over();
  }

  // The stream has ended without an answer to this message.
  void StreamEnded() {
    if (TakeEnd()) RunOnOver();
  }

 private:
  bool TakeEnd() { return !is_over_.exchange(true, std::memory_order_acq_rel); }

  void RunOnOver() {
    std::vector<std::function<void()>> on_over;
    {
      absl::MutexLock lock(&mutex_);
      ran_on_over_ = true;
      on_over.swap(on_over_);
    }
    for (const auto& run : on_over) run();
  }

  const std::shared_ptr<StreamReactor> stream_;  // the handler may hold this reply after the call
  const size_t request_bytes_;
  std::atomic<bool> is_over_ = false;
  absl::Mutex mutex_;
  bool ran_on_over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> on_over_ ABSL_GUARDED_BY(mutex_);
};

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamReactor::Start(
    Gate* gate, const Method& method, grpc::CallbackServerContext* context) {
  const std::shared_ptr<StreamReactor> call(new StreamReactor(gate, method, context));
  call->self_ = call;
  std::variant<Caller, Failure> admitted = AdmitCall(*gate, method, *context);
  if (const auto* failure = std::get_if<Failure>(&admitted)) {
    call->Fail(*failure);
    return call.get();
  }
  call->is_admitted_ = true;
  call->caller_ = std::get<Caller>(std::move(admitted));
  const auto end = [weak = std::weak_ptr<StreamReactor>(call)](const Failure& failure) {
    if (const auto stream = weak.lock()) stream->Fail(failure);
  };
  if (const auto refused = gate->Park(call->caller_.actor, call.get(), end)) {
    call->Fail(*refused);
    return call.get();
  }
  call->Pump();
  return call.get();
}

bool StreamReactor::Send(const google::protobuf::Message& response) {
  const auto keep = shared_from_this();
  bool is_full = false;
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return false;
    is_full = !HasRoomLocked();
    if (!is_full) Enqueue(response);
  }
  if (is_full) {
    Fail({.code = absl::StatusCode::kResourceExhausted,
          .reason = kReasonReaderTooSlow,
          .message = absl::StrCat("the caller reads too slowly: more than ", kStreamQueuedMax,
                                  " answers or ", kStreamQueuedBytesMax, " bytes were waiting")});
    return false;
  }
  Pump();
  return true;
}

void StreamReactor::Enqueue(const google::protobuf::Message& response) {
  queue_.push_back(SerializeResponse(response));
  queued_bytes_ += queue_.back().Length();
}

bool StreamReactor::HasRoomLocked() const {
  return queue_.size() < kStreamQueuedMax && queued_bytes_ < kStreamQueuedBytesMax;
}

bool StreamReactor::IsHalfEmpty() const {
  return queue_.size() <= kStreamQueuedMax / 2 && queued_bytes_ <= kStreamQueuedBytesMax / 2;
}

bool StreamReactor::HasRoom() const {
  absl::MutexLock lock(&mutex_);
  return !end_.has_value() && HasRoomLocked();
}

void StreamReactor::WhenRoom(std::function<void()> when_room) {
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    when_room_.swap(when_room);
  }
  RunWhenRoom();
}

// A producer that asks again from within its call is called from the same loop, so the stack does
// not grow.
void StreamReactor::RunWhenRoom() {
  const auto keep = shared_from_this();
  bool is_mine = false;  // this thread runs the loop
  while (true) {
    std::function<void()> run;  // dropped without the lock, since it may hold the last reply
    {
      absl::MutexLock lock(&mutex_);
      if (is_running_when_room_ && !is_mine) return;
      is_mine = is_running_when_room_ = when_room_ && !end_.has_value() && IsHalfEmpty();
      if (!is_mine) return;
      run.swap(when_room_);
    }
    run();
  }
}

void StreamReactor::Close() { EndWith(grpc::Status::OK, End::kAfterQueue); }

void StreamReactor::Fail(const Failure& failure) {
  EndWith(ToGrpcStatus(failure), End::kAtOnce, &failure);
}

bool StreamReactor::is_over() const {
  absl::MutexLock lock(&mutex_);
  return end_.has_value();
}

void StreamReactor::Park(std::function<void()> on_over) {
  {
    absl::MutexLock lock(&mutex_);
    if (!end_.has_value()) {
      on_over_.push_back(std::move(on_over));
      return;
    }
  }
  on_over();
}

void StreamReactor::EndWith(grpc::Status status, End end, const Failure* failure) {
  const auto keep = shared_from_this();
  std::vector<std::function<void()>> on_over;
  std::vector<std::shared_ptr<MessageSink>> messages;
  std::function<void()> when_room;  // dropped without the lock, since it may hold the last reply
  {
    absl::MutexLock lock(&mutex_);
    // A call that was closing after its queue may still be cut short, and must not end as if all
    // had been sent.
    const bool is_cut = end_how_ == End::kAfterQueue && end == End::kAtOnce && !is_finishing_;
    if (!end_.has_value() || is_cut) {
      if (failure != nullptr) AddTrailers(*failure, *context_);
      end_ = std::move(status);
      end_how_ = end;
    }
    on_over.swap(on_over_);
    when_room.swap(when_room_);
    for (const auto& [sink, weak] : unanswered_) {
      if (auto message = weak.lock()) messages.push_back(std::move(message));
    }
    unanswered_.clear();
    if (end_how_ == End::kAtOnce) queue_.clear();
  }
  Pump();
  for (const auto& message : messages) message->StreamEnded();
  for (const auto& run : on_over) run();
}

void StreamReactor::Pump() {
  {
    absl::MutexLock lock(&mutex_);
    if (is_pumping_) return;
    is_pumping_ = true;
  }
  while (true) {
    Step step;
    grpc::Status status;
    grpc::WriteOptions options;
    {
      absl::MutexLock lock(&mutex_);
      step = NextStep();
      if (step == Step::kWrite) options = OptionsOfWrite();
      if (step == Step::kNone) is_pumping_ = false;
      if (step == Step::kFinish) status = *end_;
    }
    if (step == Step::kNone) return;
    if (step == Step::kRead) StartRead(&reading_);
    if (step == Step::kWrite) StartWrite(&writing_, options);
    // The pump stays taken for good after this, so nothing is issued behind it.
    if (step == Step::kFinish) return Finish(status);
  }
}

// What waits behind an answer is written next, and both leave in one packet. Not so the first: the
// headers go with it, and gRPC (grpc/grpc#34231) neither sends headers that may wait nor ever says
// that such a write is done, so the next one would not come.
grpc::WriteOptions StreamReactor::OptionsOfWrite() {
  grpc::WriteOptions options;
  if (has_written_ && !queue_.empty()) options.set_buffer_hint();
  has_written_ = true;
  return options;
}

StreamReactor::Step StreamReactor::NextStep() {
  if (end_.has_value()) {
    const bool is_due = end_how_ == End::kAtOnce || (queue_.empty() && !is_writing_);
    is_finishing_ = is_finishing_ || is_due;
    if (is_due) return Step::kFinish;
  }
  if (!is_writing_ && !queue_.empty()) {
    is_writing_ = true;
    writing_.Swap(&queue_.front());
    queued_bytes_ -= writing_.Length();
    queue_.pop_front();
    return Step::kWrite;
  }
  if (!MayRead()) return Step::kNone;
  is_reading_ = true;
  return Step::kRead;
}

bool StreamReactor::MayRead() const {
  return !is_reading_ && !has_all_requests_ && !end_.has_value() && HasRoomLocked() &&
         unanswered_.size() < kStreamUnansweredMax && unanswered_bytes_ < kStreamUnansweredBytesMax;
}

void StreamReactor::OnReadDone(bool ok) {
  const auto keep = shared_from_this();
  if (!ok) return NoMoreRequests();
  grpc::ByteBuffer bytes;
  bytes.Swap(&reading_);
  {
    absl::MutexLock lock(&mutex_);
    if (method_.start_stream) has_all_requests_ = true;
    // Still reading: the next message is read after this one has reached its handler, so that they
    // stay in order.
  }
  TakeRequest(bytes);
  {
    absl::MutexLock lock(&mutex_);
    is_reading_ = false;
  }
  Pump();
}

void StreamReactor::TakeRequest(const grpc::ByteBuffer& bytes) {
  const auto read = [&bytes](google::protobuf::Message& message) {
    return ParseRequest(bytes, message);
  };
  if (method_.start_stream) return method_.start_stream(caller_, read, shared_from_this());
  const auto message = std::make_shared<MessageSink>(shared_from_this(), bytes.Length());
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    unanswered_.emplace(message.get(), message);
    unanswered_bytes_ += message->request_bytes();
  }
  method_.start(caller_, read, message);
  ++caller_.message_index;  // one message is read at a time
}

void StreamReactor::NoMoreRequests() {
  bool is_answered = false;
  {
    absl::MutexLock lock(&mutex_);
    is_reading_ = false;
    has_all_requests_ = true;
    is_answered = unanswered_.empty();
  }
  if (method_.start_stream) {
    return Fail({.code = absl::StatusCode::kInvalidArgument,
                 .reason = kReasonRequestMalformed,
                 .message = "the call carries no request"});
  }
  if (is_answered) Close();
}

void StreamReactor::Answer(MessageSink* message, const google::protobuf::Message& response) {
  bool is_last = false;
  {
    absl::MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    unanswered_.erase(message);
    unanswered_bytes_ -= message->request_bytes();
    Enqueue(response);  // bounded by the number of unanswered messages, so never refused
    is_last = has_all_requests_ && unanswered_.empty();
  }
  if (is_last) return Close();
  Pump();
}

void StreamReactor::OnWriteDone(bool ok) {
  const auto keep = shared_from_this();
  {
    absl::MutexLock lock(&mutex_);
    is_writing_ = false;
    writing_.Clear();
  }
  if (!ok) return OnCancel();
  Pump();
  RunWhenRoom();
}

void StreamReactor::OnCancel() {
  EndWith(grpc::Status(grpc::StatusCode::CANCELLED, "the caller left or its deadline passed"),
          End::kAtOnce);
}

void StreamReactor::OnDone() {
  gate_->Unpark(this);
  if (is_admitted_) gate_->Leave(caller_);
  self_.reset();
}

}  // namespace redress::services
