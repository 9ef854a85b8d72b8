// What will happen to a sample issue, on demand.
#pragma once

#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/rejection.h"
#include "redress/v1/playbook_service.pb.h"
#include "services/failure.h"

namespace redress::services {

// What is wrong with the request beside its playbook.
std::vector<engine::FieldViolation> CheckPreview(const v1::PreviewTimelineRequest& request);

// `now`: when the issue is taken in, if the request does not say. REQUIRES: the request has no
// violations.
std::variant<v1::PreviewTimelineResponse, Failure> Preview(
    const engine::Playbook& playbook, const v1::PreviewTimelineRequest& request, absl::Time now);

}  // namespace redress::services
