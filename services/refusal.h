// Rejections and storage errors as failures that a caller is told: the one table from reason to
// gRPC code.
#pragma once

#include "absl/status/status.h"
#include "engine/ticket/rejection.h"
#include "services/failure.h"

namespace redress::services {

absl::StatusCode CodeOf(v1::ErrorReason reason);

Failure ToFailure(const engine::Rejection& rejection);
// REQUIRES: violations are not empty.
Failure InvalidRequest(const std::vector<engine::FieldViolation>& violations);
Failure MakeFailure(v1::ErrorReason reason, absl::string_view message);
// What storage answered when it could not read or write.
Failure StorageFailure(const absl::Status& status);

}  // namespace redress::services
