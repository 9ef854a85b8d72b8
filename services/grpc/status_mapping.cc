#include "services/grpc/status_mapping.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace redress::services {

grpc::Status ToGrpcStatus(const Failure& failure) {
  const google::rpc::Status status = ToRpcStatus(failure);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), status.message(),
                      status.SerializeAsString());
}

void AddTrailers(const Failure& failure, grpc::ServerContextBase& context) {
  if (!failure.retry_delay.has_value()) return;
  constexpr absl::Duration kDelayMax = absl::Hours(1);
  const absl::Duration delay = std::clamp(*failure.retry_delay, absl::ZeroDuration(), kDelayMax);
  context.AddTrailingMetadata("grpc-retry-pushback-ms",
                              absl::StrCat(absl::ToInt64Milliseconds(delay)));
}

}  // namespace redress::services
