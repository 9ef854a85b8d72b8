// Many requests over one bidirectional stream, with a bounded number unanswered, that survives a
// broken connection.
//
// Replies come in the order of the requests. When the stream breaks with UNAVAILABLE it is opened
// again and goes on with the first request that has no reply. REQUIRES: every request carries a
// request id, so that sending it again is safe.
#pragma once

#include <grpcpp/support/sync_stream.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tools/redressctl/session.h"

namespace redress::ctl {

inline constexpr size_t kWindow = 1024;        // unanswered requests
inline constexpr size_t kFlushEvery = 64;      // requests that may wait in the channel's buffer
inline constexpr int kStreamAttemptsMax = 10;  // without a single reply in between

// Whether the same request may do better later.
inline bool IsPassing(int grpc_code) {
  return grpc_code == static_cast<int>(grpc::StatusCode::UNAVAILABLE) ||
         grpc_code == static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED);
}

template <typename Request, typename Response>
struct PipelineSteps {
  using Stream = grpc::ClientReaderWriter<Request, Response>;
  size_t count = 0;
  std::function<std::unique_ptr<Stream>(grpc::ClientContext*)> open;
  std::function<Request(size_t)>
      request_at;  // called on the writer's thread, each index at least once
  // Called on the caller's thread, each index once, rising. A status other than OK means that the
  // request was not taken: a passing one has it sent again, any other ends the run.
  std::function<grpc::Status(size_t, const Response&)> take;
};

template <typename Request, typename Response>
class Pipeline {
 public:
  Pipeline(Session& session, PipelineSteps<Request, Response> steps)
      : session_(session), steps_(std::move(steps)) {}

  // OK when every request has a reply that was taken.
  grpc::Status Run() {
    grpc::Status status;
    int attempt = 0;
    while (answered() < steps_.count) {
      if (attempt > 0) session_.PauseBefore(attempt, status);
      const size_t before = answered();
      status = RunOnce();
      if (!status.ok() && !IsPassing(status.error_code())) return status;
      if (status.ok() && answered() < steps_.count) {
        status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server ended the stream early");
      }
      attempt = answered() > before ? 1 : attempt + 1;
      if (attempt >= kStreamAttemptsMax) return status;
    }
    return grpc::Status::OK;
  }

 private:
  using Stream = grpc::ClientReaderWriter<Request, Response>;

  size_t answered() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return answered_;
  }

  grpc::Status RunOnce() {
    const size_t base = answered();
    SetStopped(false);
    const auto context = session_.NewContext(false);
    const std::unique_ptr<Stream> stream = steps_.open(context.get());
    std::thread writer([&] { Write(*stream, base); });
    const grpc::Status taken = Read(*stream, base);
    SetStopped(true);
    if (!taken.ok()) context->TryCancel();
    writer.join();
    const grpc::Status finished = stream->Finish();
    return taken.ok() ? finished : taken;
  }

  grpc::Status Read(Stream& stream, size_t base) {
    Response response;
    while (stream.Read(&response)) {
      const size_t next = answered();
      if (next >= steps_.count || response.index() != next - base) {
        return grpc::Status(grpc::StatusCode::INTERNAL, "the server's replies are out of order");
      }
      const grpc::Status status = steps_.take(next, response);
      if (!status.ok()) return status;
      absl::MutexLock lock(&mutex_);
      ++answered_;
    }
    return grpc::Status::OK;
  }

  void Write(Stream& stream, size_t base) {
    for (size_t i = base; i < steps_.count; ++i) {
      const size_t limit = WaitForRoom(i);
      if (limit == 0) return;
      grpc::WriteOptions options;
      const bool must_flush = (i + 1) % kFlushEvery == 0 || i + 1 >= limit || i + 1 == steps_.count;
      if (!must_flush) options.set_buffer_hint();
      if (!stream.Write(steps_.request_at(i), options)) return;
    }
    stream.WritesDone();
  }

  // Until request `i` may be sent; the first index that may not. 0: the stream has ended.
  size_t WaitForRoom(size_t i) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    const auto has_room = [this, i]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return is_stopped_ || i < answered_ + kWindow;
    };
    mutex_.Await(absl::Condition(&has_room));
    return is_stopped_ ? 0 : answered_ + kWindow;
  }

  void SetStopped(bool is_stopped) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = is_stopped;
  }

  Session& session_;
  const PipelineSteps<Request, Response> steps_;
  absl::Mutex mutex_;
  size_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::ctl
