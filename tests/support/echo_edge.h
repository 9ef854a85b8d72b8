// A whole server with the echo service on loopback, and a client for it.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/time/clock.h"
#include "google/rpc/status.pb.h"
#include "services/auth.h"
#include "services/gate.h"
#include "services/grpc/server.h"
#include "tests/support/echo.grpc.pb.h"
#include "tests/support/echo_handlers.h"

namespace redress::test {

struct EchoEdgeOptions {
  services::ServerOptions server = {.address = "127.0.0.1:0"};
  services::GateOptions gate = {};
  // Lines of the token file; without any, every caller is an agent.
  std::string tokens = "";
};

class EchoEdge {
 public:
  explicit EchoEdge(EchoEdgeOptions options = {});

  EchoHandlers& handlers() { return handlers_; }
  services::Gate& gate() { return *gate_; }
  services::Server& server() { return *server_; }

  // A connection of its own for each, never shared.
  std::shared_ptr<grpc::Channel> Channel() const;
  std::unique_ptr<EchoService::Stub> Stub() const { return EchoService::NewStub(Channel()); }

 private:
  const services::PermissionTable permissions_ = EchoPermissions();
  EchoHandlers handlers_;
  std::unique_ptr<services::TokenFile> tokens_;
  std::unique_ptr<services::Gate> gate_;
  std::unique_ptr<services::Server> server_;
};

std::shared_ptr<grpc::Channel> ConnectTo(int port);

// A context that waits for a connection, but not for ever, with a bearer token unless it is empty.
std::unique_ptr<grpc::ClientContext> Context(const std::string& token = "");

// The status in one line, details included: "CODE REASON message".
std::string Describe(const grpc::Status& status);
// What the status carries in grpc-status-details-bin.
google::rpc::Status DetailsOf(const grpc::Status& status);

// Peak memory of a process, in bytes.
int64_t PeakMemoryOf(int pid);
int64_t ThreadsOf(int pid);

}  // namespace redress::test
