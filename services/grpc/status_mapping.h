// Failures as gRPC carries them: a code and a message, google.rpc.Status in
// "grpc-status-details-bin", and the delay before a retry in "grpc-retry-pushback-ms", which gRPC
// clients obey by themselves.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include "services/failure.h"

namespace redress::services {

// REQUIRES: failure.code is not kOk.
grpc::Status ToGrpcStatus(const Failure& failure);

// Adds what belongs in the trailers beside the status. Call before Finish, at most once for a call.
void AddTrailers(const Failure& failure, grpc::ServerContextBase& context);

}  // namespace redress::services
