// The connection to one server, with who calls, deadlines and repeats.
//
// Every request of the API that changes something carries a request id, so a call whose outcome is
// unknown can be sent again as it is. REQUIRES: what is passed to Call more than once with
// UNAVAILABLE in between is the same request.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tools/redressctl/options.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {

inline constexpr int kAttemptsMax = 4;
inline constexpr int kMessageBytesMax = 256
                                        << 20;  // of a reply; a report by day and category is long

class Session {
 public:
  // REQUIRES: both outlive the session, and the options are complete when the first call is made.
  Session(const GlobalOptions& options, Terminal& terminal)
      : options_(options), terminal_(terminal) {}

  // Fails when a certificate file cannot be read. Does not wait for the server.
  absl::Status Open();

  // Another one after every PauseBefore. REQUIRES: Open was OK.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // With credentials; `has_deadline` sets the timeout of the options. Streams have one only if it
  // was asked for.
  std::unique_ptr<grpc::ClientContext> NewContext(bool has_deadline) const;

  // One unary call by a method of a generated stub, sent again on UNAVAILABLE with growing pauses.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    return Repeat([&](grpc::ClientContext* context) {
      Stub stub(channel_);
      return (stub.*method)(context, request, response);
    });
  }

  // Runs `attempt` until it is something other than UNAVAILABLE, kAttemptsMax times at most.
  grpc::Status Repeat(const std::function<grpc::Status(grpc::ClientContext*)>& attempt);

  // Waits before attempt `number` (1 is the first repeat), longer each time, not less than the
  // server asked for. Then connects anew. REQUIRES: no call is running.
  void PauseBefore(int number, const grpc::Status& last);

  // Gives every later call this much more time, for calls that wait on purpose.
  void AddTime(absl::Duration extra) { extra_time_ = extra; }

  // Drops the connection and makes another. A channel that has failed takes seconds to notice that
  // the server is back. REQUIRES: no call is running.
  void Reconnect();

  // 128 random bits in hex.
  static std::string NewRequestId();

 private:
  const GlobalOptions& options_;
  Terminal& terminal_;
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
  std::shared_ptr<grpc::Channel> channel_;
  absl::Duration extra_time_ = absl::ZeroDuration();
};

}  // namespace redress::ctl
