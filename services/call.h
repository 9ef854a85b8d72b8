// One call as a handler sees it, whatever protocol carries it.
//
// A handler gets who calls, the request, and a Reply (or a Stream), which it may keep, copy and use
// from any thread. A call ends once, by whatever comes first: the handler's answer, the caller
// leaving, its deadline, or the server closing; what comes later does nothing. A reply that is
// dropped unanswered fails the call, so no call can be forgotten. Example:
//
//     void QueueService::ExtendLease(const Caller& caller, v1::ExtendLeaseRequest request,
//                                    Reply<v1::ExtendLeaseResponse> reply) {
//       Order order = OrderOf(caller);
//       order.command.mutable_extend_lease()->Swap(&request);
//       Execute(backend_, std::move(order), reply);
//     }
//
// Execute, of services/backend.h, keeps the reply until the executor knows the outcome, and then
// answers with the ticket or with the failure.
//
// Handlers run on gRPC's two threads: REQUIRES that a handler, and anything called from here, never
// blocks. Hold no lock of your own that an on_over or a when_room also takes while you call Reply
// or Stream: both may run at once, inline.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/auth.h"
#include "services/failure.h"
#include "services/permission.h"

namespace redress::services {

// How many answers, and how many bytes of them, wait for a slow reader of a stream.
inline constexpr int kStreamQueuedMax = 64;
inline constexpr int kStreamQueuedBytesMax = 1 << 20;
// How many messages of one incoming stream may be unanswered, and how many bytes of them; one more
// message may go over the bytes.
inline constexpr int kStreamUnansweredMax = 512;
inline constexpr int kStreamUnansweredBytesMax = 8 << 20;

// Who calls what. Valid while the handler runs; copy what must live longer.
struct Caller {
  Actor actor;
  Scope scope = Scope::kOwnRecord;
  std::string method = {};     // full name
  std::string peer = {};       // "ipv4:127.0.0.1:43090", for the log
  absl::Time deadline = {};    // of the caller, or the server's own limit when that is sooner
  uint64_t message_index = 0;  // counts the messages of a stream of requests, from 0
};

// What a transport implements for a call with one answer. Thread-safe.
class CallSink {
 public:
  virtual ~CallSink() = default;
  // The first of these two ends the call.
  virtual void Succeed(const google::protobuf::Message& response) = 0;
  virtual void Fail(const Failure& failure) = 0;
  // True once the call has ended, for whatever reason.
  virtual bool is_over() const = 0;
  // See Reply::Park.
  virtual void Park(std::function<void()> on_over) = 0;
};

// What a transport implements for a call with a stream of answers. Thread-safe.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual bool Send(const google::protobuf::Message& response) = 0;
  virtual bool HasRoom() const = 0;
  virtual void WhenRoom(std::function<void()> when_room) = 0;
  virtual void Close() = 0;
  virtual void Fail(const Failure& failure) = 0;
  virtual bool is_over() const = 0;
  virtual void Park(std::function<void()> on_over) = 0;
};

// Fails the call when the last copy of a Reply or Stream goes away without an answer.
template <class Sink>
class SinkKeeper {
 public:
  explicit SinkKeeper(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  ~SinkKeeper() {
    if (sink_->is_over()) return;
    sink_->Fail({.code = absl::StatusCode::kInternal,
                 .reason = kReasonInternal,
                 .message = "the server dropped this call without an answer"});
  }
  SinkKeeper(const SinkKeeper&) = delete;
  SinkKeeper& operator=(const SinkKeeper&) = delete;
  Sink& sink() const { return *sink_; }

 private:
  std::shared_ptr<Sink> sink_;  // shared with the transport: either may outlive the other
};

// The way back for one answer.
template <class Response>
class Reply {
 public:
  explicit Reply(std::shared_ptr<CallSink> sink)
      : keeper_(std::make_shared<SinkKeeper<CallSink>>(std::move(sink))) {}

  void Finish(const Response& response) const { keeper_->sink().Succeed(response); }
  void Fail(const Failure& failure) const { keeper_->sink().Fail(failure); }
  bool is_over() const { return keeper_->sink().is_over(); }

  // For a call that now waits for something to happen, such as work to pull. When the server
  // closes, the call is failed with UNAVAILABLE at once instead of after the grace time. `on_over`
  // is called once when the call ends, however it ends; at once if it already has. It must not hold
  // a copy of this reply, or it would keep itself alive.
  void Park(std::function<void()> on_over) const { keeper_->sink().Park(std::move(on_over)); }

 private:
  std::shared_ptr<SinkKeeper<CallSink>> keeper_;  // shared by the copies of one reply
};

// The way back for many answers. What is sent waits in a bounded queue until the caller has read
// what came before.
template <class Response>
class Stream {
 public:
  explicit Stream(std::shared_ptr<StreamSink> sink)
      : keeper_(std::make_shared<SinkKeeper<StreamSink>>(std::move(sink))) {}

  // Queues one answer. A full queue fails the call with RESOURCE_EXHAUSTED: right for news that
  // cannot wait, such as a watch. False: the call is over.
  bool Send(const Response& response) const { return keeper_->sink().Send(response); }
  // For producers that can wait, such as an export: send while there is room, then ask to be called
  // when there is room again. `when_room` is called once, at once if there is room now; not at all
  // when the call ends first.
  bool HasRoom() const { return keeper_->sink().HasRoom(); }
  void WhenRoom(std::function<void()> when_room) const {
    keeper_->sink().WhenRoom(std::move(when_room));
  }
  // Ends the call well, after what is queued.
  void Close() const { keeper_->sink().Close(); }
  // Ends the call at once; what is queued is dropped.
  void Fail(const Failure& failure) const { keeper_->sink().Fail(failure); }
  bool is_over() const { return keeper_->sink().is_over(); }
  // `on_over` is called once when the call ends, at once if it already has: the place to
  // unsubscribe. It must not hold a copy of this stream.
  void Park(std::function<void()> on_over) const { keeper_->sink().Park(std::move(on_over)); }

 private:
  std::shared_ptr<SinkKeeper<StreamSink>> keeper_;  // shared by the copies of one stream
};

}  // namespace redress::services
