// A set of methods as a gRPC service.
//
// Registers them by hand, as generated services do, but for raw bytes: the gate must decide before
// a request is parsed, and a request that cannot be parsed must get an answer that says why. Uses
// what grpc::Service keeps for generated code, so it belongs to the gRPC version that it is built
// with.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <string>
#include <vector>

#include "services/gate.h"
#include "services/method_set.h"

namespace redress::services {

class MethodService final : public grpc::Service {
 public:
  // REQUIRES: both outlive the server; every method of the set is bound.
  MethodService(const MethodSet& methods, Gate* gate);

 private:
  // "/redress.v1.TicketService/Resolve"; gRPC keeps pointers to these.
  std::vector<std::string> paths_;
};

}  // namespace redress::services
