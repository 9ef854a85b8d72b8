// The yardstick's server side, and a daemon that serves it beside the product's own methods.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/echo.pb.h"
#include "services/grpc/daemon.h"
#include "services/method_set.h"

namespace redress::bench {

class EchoHandlers {
 public:
  EchoHandlers();
  const services::MethodSet& methods() const { return methods_; }

 private:
  void Echo(const services::Caller& caller, v1::SubmitIssueRequest request,
            services::Reply<EchoResponse> reply);
  void EchoBatch(const services::Caller& caller, v1::BatchSubmitIssuesRequest request,
                 services::Reply<EchoResponse> reply);

  services::MethodSet methods_;
};

// Serves `directory` on a free port of this machine, the echo too, until it is destroyed.
class BenchServer {
 public:
  static absl::StatusOr<std::unique_ptr<BenchServer>> Start(const std::string& directory);
  ~BenchServer();

  int port() const { return daemon_->port(); }

 private:
  EchoHandlers echo_;
  std::unique_ptr<services::Daemon> daemon_;
};

}  // namespace redress::bench
