// The methods of PlaybookService about playbooks at work: a candidate in shadow, and how well the
// live rules decide.
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ticket/field_check.h"
#include "engine/ticket/limits.h"
#include "services/playbook_service.h"
#include "services/rule_review.h"
#include "services/shadow.h"

namespace redress::services {
namespace {

// Answers with the shadow, or with why there is none.
template <class Response>
void Finish(const ShadowFollower::Answer& answer, const Reply<Response>& reply) {
  if (!answer.ok()) return reply.Fail(StorageFailure(answer.status()));
  if (const auto* failure = std::get_if<Failure>(&*answer)) return reply.Fail(*failure);
  Response response;
  *response.mutable_shadow() = std::get<v1::Shadow>(*answer);
  reply.Finish(response);
}

}  // namespace

void PlaybookService::StartShadow(const Caller& caller, v1::StartShadowRequest request,
                                  Reply<v1::StartShadowResponse> reply) {
  engine::FieldCheck check("");
  check.Required("request_id", request.request_id(), engine::kRequestIdCharsMax);
  check.Required("reason", request.reason(), engine::kNoteCharsMax);
  const auto violations = std::move(check).Take();
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  if (const auto failure = RefuseSource(request.source())) return reply.Fail(*failure);
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(request.source());
    if (compilation.playbook == nullptr) return reply.Fail(InvalidPlaybook(compilation));
    Finish(backend_.shadow.Start({.tenant = caller.actor.tenant,
                                  .actor = caller.actor.id,
                                  .request_id = request.request_id(),
                                  .reason = request.reason(),
                                  .source = request.source(),
                                  .now = backend_.clock.Now()},
                                 std::move(compilation.playbook)),
           reply);
  });
}

void PlaybookService::GetShadow(const Caller& caller, v1::GetShadowRequest request,
                                Reply<v1::GetShadowResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request, reply] {
    Finish(backend_.shadow.Get(caller.actor.tenant, request.with_source()), reply);
  });
}

void PlaybookService::StopShadow(const Caller& caller, v1::StopShadowRequest request,
                                 Reply<v1::StopShadowResponse> reply) {
  engine::FieldCheck check("");
  check.Required("request_id", request.request_id(), engine::kRequestIdCharsMax);
  const auto violations = std::move(check).Take();
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  Work(backend_, caller, reply, [this, caller, request, reply] {
    Finish(backend_.shadow.Stop(caller.actor.tenant, caller.actor.id, request.request_id(),
                                backend_.clock.Now()),
           reply);
  });
}

void PlaybookService::ReviewRules(const Caller& caller, v1::ReviewRulesRequest request,
                                  Stream<v1::ReviewRulesResponse> stream) {
  std::vector<engine::FieldViolation> violations;
  const BacktestDays days = ParseDays(request.from_day(), request.to_day(), violations);
  if (!violations.empty()) return stream.Fail(InvalidRequest(violations));
  WorkLong(backend_, caller, stream, [this, tenant = caller.actor.tenant, days, stream] {
    const LedgerView view(backend_.kv);
    const auto live = backend_.playbooks.Live(view.reader(), tenant);
    if (!live.ok()) return stream.Fail(StorageFailure(live.status()));
    if (live->playbook == nullptr) return stream.Fail(ToFailure(engine::PlaybookMissing()));
    const auto tell = [&stream](const v1::ReviewRulesResponse& progress) {
      if (stream.HasRoom()) stream.Send(progress);
      return !stream.is_over();
    };
    const auto response =
        services::ReviewRules(view.reader(), tenant, backend_.playbooks, days, tell);
    if (!response.ok()) return stream.Fail(StorageFailure(response.status()));
    stream.Send(*response);
    stream.Close();
  });
}

}  // namespace redress::services
