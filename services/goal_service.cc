#include "services/goal_service.h"

#include <utility>
#include <variant>

#include "services/goal_reads.h"

namespace redress::services {

GoalService::GoalService(Backend& backend)
    : backend_(backend), methods_(*v1::ListGoalsRequest::descriptor()->file()->FindServiceByName(
                             "GoalService")) {
  methods_.Unary("ListGoals", this, &GoalService::ListGoals);
  methods_.Unary("RecordGoalEvidence", this, &GoalService::RecordGoalEvidence);
}

void GoalService::ListGoals(const Caller& caller, v1::ListGoalsRequest request,
                            Reply<v1::ListGoalsResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const std::string& tenant = caller.actor.tenant;
    const auto live = backend_.playbooks.Live(view.reader(), tenant);
    if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
    if (live->playbook == nullptr) return reply.Fail(ToFailure(engine::PlaybookMissing()));
    const auto goals =
        ReadGoals(view.reader(), tenant, *live->playbook, request, backend_.clock.Now());
    if (!goals.ok()) return reply.Fail(StorageFailure(goals.status()));
    if (const auto* failure = std::get_if<Failure>(&*goals)) return reply.Fail(*failure);
    reply.Finish(std::get<v1::ListGoalsResponse>(*goals));
  });
}

void GoalService::RecordGoalEvidence(const Caller& caller, v1::RecordGoalEvidenceRequest request,
                                     Reply<v1::RecordGoalEvidenceResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_record_goal_evidence()->Swap(&request);
  order.done = [this, tenant = order.tenant, reply](const Outcome& outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    const LedgerView view(backend_.kv);
    const auto recorded = view.reader().ReadEvent(tenant, outcome.receipt.position());
    if (!recorded.ok()) return reply.Fail(StorageFailure(recorded.status()));
    v1::RecordGoalEvidenceResponse response;
    *response.mutable_evidence() = ToEvidence(recorded->event);
    reply.Finish(response);
  };
  backend_.executor.Submit(std::move(order));
}

}  // namespace redress::services
