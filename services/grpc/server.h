// The gRPC server: method sets behind one gate, on connections from our own accept loop.
//
// To close: BeginDrain, let load balancers notice, then Shutdown. Nothing here waits without a
// bound.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/gate.h"
#include "services/grpc/accept_loop.h"
#include "services/grpc/method_service.h"
#include "services/grpc/server_options.h"
#include "services/health.h"
#include "services/method_set.h"
#include "services/permission.h"

namespace redress::services {

class Server {
 public:
  // Binds, then serves. Starts one thread for the accept loop beside gRPC's own. Fails when the
  // address may not be listened on (CheckListenAddress), is taken, or when a TLS file is not
  // usable. Health starts as not serving: set it once the server can do its work. REQUIRES: the
  // method sets and the gate outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, const std::vector<const MethodSet*>& services, Gate* gate);
  // Shuts down at once, if nobody did.
  ~Server();

  int port() const { return accept_loop_->port(); }
  Health& health() { return health_; }
  AcceptCounts accept_counts() const { return accept_loop_->counts(); }

  // Reports every service as not serving. Calls go on.
  void BeginDrain() { health_.SetAll(false); }
  // Stops accepting, ends streams and parked calls with UNAVAILABLE, lets other calls finish until
  // `grace` is over and cancels what is left. Returns soon after `grace` at the latest. May be
  // called again.
  void Shutdown(absl::Duration grace);

 private:
  Server(const std::vector<const MethodSet*>& services, const ServerOptions& options, Gate* gate);
  absl::Status Build(const ServerOptions& options);

  Gate* const gate_;
  Health health_;
  const PermissionTable health_permissions_;
  Gate health_gate_;  // open to all: a supervisor has no token
  std::vector<std::unique_ptr<MethodService>> services_;
  std::unique_ptr<AcceptLoop> accept_loop_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;  // handshakes read certificates from it
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::thread accept_thread_;
  absl::Mutex shutdown_mutex_;
  bool is_shut_down_ ABSL_GUARDED_BY(shutdown_mutex_) = false;
};

}  // namespace redress::services
