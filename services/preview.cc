#include "services/preview.h"

#include <utility>
#include <vector>

#include "engine/ticket/field_check.h"
#include "engine/ticket/timeline.h"
#include "engine/ticket/validate.h"
#include "engine/time/instant.h"
#include "services/refusal.h"

namespace redress::services {

std::vector<engine::FieldViolation> CheckPreview(const v1::PreviewTimelineRequest& request) {
  engine::FieldCheck check("");
  if (!request.has_issue()) check.Break("issue", "is required");
  else check.Add(engine::ValidateIssue(request.issue(), "issue."));
  check.Instant("start_time", request.start_time());
  if (request.has_horizon())
    check.Span("horizon", request.horizon(), engine::kTimelineHorizonMin,
               engine::kTimelineHorizonMax);
  return std::move(check).Take();
}

std::variant<v1::PreviewTimelineResponse, Failure> Preview(
    const engine::Playbook& playbook, const v1::PreviewTimelineRequest& request, absl::Time now) {
  const absl::Time start =
      request.has_start_time() ? engine::ToTime(request.start_time()) : now;
  const absl::Duration horizon = request.has_horizon() ? engine::ToSpan(request.horizon())
                                                       : engine::kTimelineHorizonDefault;
  auto preview = engine::PreviewTimeline(playbook, request.issue(), start, horizon);
  if (const auto* rejection = std::get_if<engine::Rejection>(&preview))
    return ToFailure(*rejection);
  engine::Timeline& timeline = std::get<engine::Timeline>(preview);
  v1::PreviewTimelineResponse response;
  for (v1::Event& event : timeline.events) response.add_events()->Swap(&event);
  response.mutable_ticket()->Swap(&timeline.ticket);
  response.set_is_cut(timeline.is_cut);
  return response;
}

}  // namespace redress::services
