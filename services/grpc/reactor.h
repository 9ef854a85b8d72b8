// gRPC calls as the sinks that handlers answer to (services/call.h). Nothing here knows a message
// type or a method.
//
// Every reactor ends: by the handler, by the caller leaving, by its deadline or by the gate
// draining. A reactor that did not would keep grpc::Server::Shutdown from ever returning. Each owns
// itself until gRPC is done with it; handlers that still hold a reply then hold an ended call. No
// lock is held while gRPC or a handler runs.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "services/call.h"
#include "services/gate.h"
#include "services/method_set.h"

namespace redress::services {

// One unary call.
class UnaryReactor final : public grpc::ServerUnaryReactor,
                           public CallSink,
                           public std::enable_shared_from_this<UnaryReactor> {
 public:
  // Admits the call and runs its handler. REQUIRES: gate and method outlive the call.
  static grpc::ServerUnaryReactor* Start(Gate* gate, const Method& method,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response);

  void Succeed(const google::protobuf::Message& response) override;
  void Fail(const Failure& failure) override;
  bool is_over() const override { return is_over_.load(std::memory_order_acquire); }
  void Park(std::function<void()> on_over) override;

 private:
  UnaryReactor(Gate* gate, grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : gate_(gate), context_(context), response_(response) {}
  void OnCancel() override;
  void OnDone() override;
  // gRPC would hand OnDone to its one executor thread, which falls behind the calls that end:
  // thousands of ended calls then count as in flight. Ours is short enough to run where the call
  // ends.
  bool InternalInlineable() override { return true; }
  // True for the first that asks, who then must Finish.
  bool TakeEnd() { return !is_over_.exchange(true, std::memory_order_acq_rel); }
  void RunOnOver();

  Gate* const gate_;
  grpc::CallbackServerContext* const context_;  // valid until the end is taken
  grpc::ByteBuffer* const response_;            // likewise
  Caller caller_;
  bool is_admitted_ = false;
  std::atomic<bool> is_over_ = false;
  std::shared_ptr<UnaryReactor> self_;  // until OnDone
  absl::Mutex mutex_;
  bool ran_on_over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> on_over_ ABSL_GUARDED_BY(mutex_);
};

// One call with a stream of answers, to one request or to a stream of them.
class StreamReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                            public StreamSink,
                            public std::enable_shared_from_this<StreamReactor> {
 public:
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Start(
      Gate* gate, const Method& method, grpc::CallbackServerContext* context);

  bool Send(const google::protobuf::Message& response) override;
  bool HasRoom() const override;
  void WhenRoom(std::function<void()> when_room) override;
  void Close() override;
  void Fail(const Failure& failure) override;
  bool is_over() const override;
  void Park(std::function<void()> on_over) override;

 private:
  class MessageSink;
  enum class Step { kNone, kRead, kWrite, kFinish };
  enum class End { kAfterQueue, kAtOnce };

  StreamReactor(Gate* gate, const Method& method, grpc::CallbackServerContext* context)
      : gate_(gate), method_(method), context_(context) {}
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void TakeRequest(const grpc::ByteBuffer& bytes);
  void NoMoreRequests();
  void Answer(MessageSink* message, const google::protobuf::Message& response);
  void EndWith(grpc::Status status, End end, const Failure* failure = nullptr);
  void RunWhenRoom();

  // Issues to gRPC whatever is due, one thread at a time and without the lock. After Finish nothing
  // more is issued.
  void Pump();
  Step NextStep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  grpc::WriteOptions OptionsOfWrite() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayRead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoomLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsHalfEmpty() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Enqueue(const google::protobuf::Message& response) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Gate* const gate_;
  const Method& method_;
  grpc::CallbackServerContext* const context_;  // valid until Finish
  Caller caller_;
  bool is_admitted_ = false;
  std::shared_ptr<StreamReactor> self_;  // until OnDone
  grpc::ByteBuffer reading_;             // gRPC's while a read is in flight
  grpc::ByteBuffer writing_;             // gRPC's while a write is in flight

  mutable absl::Mutex mutex_;
  bool is_pumping_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_written_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_all_requests_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<grpc::ByteBuffer> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<grpc::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool is_finishing_ ABSL_GUARDED_BY(mutex_) = false;
  End end_how_ ABSL_GUARDED_BY(mutex_) = End::kAfterQueue;
  bool is_running_when_room_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> when_room_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> on_over_ ABSL_GUARDED_BY(mutex_);
  size_t unanswered_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // Messages taken in and not yet answered.
  absl::flat_hash_map<MessageSink*, std::weak_ptr<MessageSink>> unanswered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redress::services
