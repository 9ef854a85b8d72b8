#include "services/playbook_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/rules/route.h"
#include "engine/ticket/limits.h"
#include "engine/ticket/validate.h"
#include "engine/time/instant.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/backtest.h"
#include "services/facts.h"
#include "services/personal_read.h"
#include "services/playbook_check.h"
#include "services/preview.h"
#include "services/rule_review.h"

namespace redress::services {
namespace {

void Fill(v1::ExplainDecisionResponse& response, engine::Explanation& explanation) {
  response.mutable_decision()->Swap(&explanation.decision);
  for (v1::RowExplanation& row : explanation.rows) response.add_rows()->Swap(&row);
}

}  // namespace

std::optional<Failure> RefuseSource(const std::string& source) {
  if (source.empty()) return ToFailure(engine::InvalidField("source", "is required"));
  if (static_cast<int64_t>(source.size()) <= engine::kPlaybookBytesMax) return std::nullopt;
  return ToFailure(engine::InvalidField(
      "source", absl::StrCat("must have at most ", engine::kPlaybookBytesMax, " bytes")));
}

Failure InvalidPlaybook(const engine::PlaybookCompilation& compilation) {
  const engine::Finding& first = compilation.findings.front();
  Failure failure = MakeFailure(
      v1::ERROR_REASON_PLAYBOOK_INVALID,
      absl::StrCat("The playbook has ", compilation.findings.size(),
                   compilation.findings.size() == 1 ? " fault" : " faults",
                   " and is not taken; check it to see them all. The first: line ",
                   first.line, ", column ", first.column, ": ", first.message));
  for (const engine::Finding& finding : compilation.findings)
    failure.field_violations.push_back(
        {"source", absl::StrCat(finding.line, ":", finding.column, ": ", finding.message)});
  return failure;
}

PlaybookService::PlaybookService(Backend& backend)
    : backend_(backend),
      methods_(*v1::CheckPlaybookRequest::descriptor()->file()->FindServiceByName(
          "PlaybookService")) {
  methods_.Unary("CheckPlaybook", this, &PlaybookService::CheckPlaybook);
  methods_.Unary("PublishPlaybook", this, &PlaybookService::PublishPlaybook);
  methods_.Unary("GetPlaybook", this, &PlaybookService::GetPlaybook);
  methods_.Unary("ExplainDecision", this, &PlaybookService::ExplainDecision);
  methods_.Unary("PreviewTimeline", this, &PlaybookService::PreviewTimeline);
  methods_.ServerStream("BacktestPlaybook", this, &PlaybookService::BacktestPlaybook);
  methods_.Unary("StartShadow", this, &PlaybookService::StartShadow);
  methods_.Unary("GetShadow", this, &PlaybookService::GetShadow);
  methods_.Unary("StopShadow", this, &PlaybookService::StopShadow);
  methods_.ServerStream("ReviewRules", this, &PlaybookService::ReviewRules);
}

void PlaybookService::CheckPlaybook(const Caller& caller, v1::CheckPlaybookRequest request,
                                    Reply<v1::CheckPlaybookResponse> reply) {
  if (const auto failure = RefuseSource(request.source())) return reply.Fail(*failure);
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const auto response = CheckSource(view.reader(), ToEngineActor(caller), caller.actor.tenant,
                                      request.source());
    if (!response.ok()) return reply.Fail(StorageFailure(response.status()));
    reply.Finish(*response);
  });
}

void PlaybookService::PublishPlaybook(const Caller& caller, v1::PublishPlaybookRequest request,
                                      Reply<v1::PublishPlaybookResponse> reply) {
  if (const auto failure = RefuseSource(request.source())) return reply.Fail(*failure);
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply]() mutable {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(request.source());
    if (compilation.playbook == nullptr) return reply.Fail(InvalidPlaybook(compilation));
    Order order = OrderOf(caller);
    order.candidate = std::move(compilation.playbook);
    order.command.mutable_publish_playbook()->Swap(&request);
    order.done = [this, tenant = order.tenant, reply](const Outcome& outcome) {
      if (outcome.failure) return reply.Fail(*outcome.failure);
      auto version = ReadVersion(tenant, outcome.playbook_version);
      if (!version.ok()) return reply.Fail(StorageFailure(version.status()));
      v1::PublishPlaybookResponse response;
      response.mutable_version()->Swap(&**version);
      reply.Finish(response);
    };
    backend_.executor.Submit(std::move(order));
  });
}

void PlaybookService::GetPlaybook(const Caller& caller, v1::GetPlaybookRequest request,
                                  Reply<v1::GetPlaybookResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request, reply] {
    auto version = ReadVersion(caller.actor.tenant, request.version());
    if (!version.ok()) return reply.Fail(StorageFailure(version.status()));
    if (!*version)
      return reply.Fail(MakeFailure(v1::ERROR_REASON_PLAYBOOK_NOT_FOUND,
                                    "There is no such version of the playbook."));
    v1::GetPlaybookResponse response;
    response.mutable_version()->Swap(&**version);
    reply.Finish(response);
  });
}

absl::StatusOr<std::optional<v1::PlaybookVersion>> PlaybookService::ReadVersion(
    const std::string& tenant, uint32_t version) {
  const LedgerView view(backend_.kv);
  ASSIGN_OR_RETURN(const auto recorded, ReadPlaybookEvent(view.reader(), tenant, version));
  if (!recorded) return std::optional<v1::PlaybookVersion>();
  const v1::PlaybookPublished& event = recorded->event.playbook_published();
  v1::PlaybookVersion shown;
  shown.set_name(event.name());
  shown.set_playbook_hash(event.playbook_hash());
  shown.set_version(event.version());
  shown.set_source(event.source());
  *shown.mutable_publish_time() = recorded->event.time();
  shown.set_publisher(recorded->event.actor());
  shown.set_reason(event.reason());
  return std::optional<v1::PlaybookVersion>(std::move(shown));
}

void PlaybookService::ExplainDecision(const Caller& caller, v1::ExplainDecisionRequest request,
                                      Reply<v1::ExplainDecisionResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    if (request.has_issue()) return ExplainSample(caller, request.issue(), reply);
    ExplainTicket(caller, request.ticket(), reply);
  });
}

void PlaybookService::ExplainTicket(const Caller& caller, const std::string& name,
                                    Reply<v1::ExplainDecisionResponse> reply) {
  const LedgerView view(backend_.kv);
  const std::string& tenant = caller.actor.tenant;
  const auto ticket = FindVisible(view.reader(), caller, name);
  if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
  if (!*ticket) return reply.Fail(NoTicket(name));
  const v1::Decision& recorded = (*ticket)->decision();
  v1::ExplainDecisionResponse response;
  const auto issue = ReadIssue(view.reader(), tenant, **ticket);
  if (!issue.ok()) return reply.Fail(StorageFailure(issue.status()));
  const auto published =
      backend_.playbooks.FindByHash(view.reader(), tenant, recorded.playbook_hash());
  if (!published.ok()) return reply.Fail(StorageFailure(published.status()));
  if (*published != nullptr) {
    engine::Explanation explanation = engine::Explain(
        (*published)->rules(), {*issue, recorded.ticket_facts(), recorded.customer_facts()});
    response.set_recomputed_identical(
        google::protobuf::util::MessageDifferencer::Equals(explanation.decision, recorded));
    Fill(response, explanation);
  }
  *response.mutable_decision() = recorded;
  // What conditions saw may be the customer's words.
  v1::PersonalDataRead read =
      MakeRead("PlaybookService.ExplainDecision", v1::PERSONAL_DATA_KIND_WORDS);
  read.add_ticket_ids((*ticket)->id());
  Show(backend_, caller, std::move(read), std::move(response), reply);
}

void PlaybookService::ExplainSample(const Caller& caller, const v1::Issue& issue,
                                    Reply<v1::ExplainDecisionResponse> reply) {
  const std::vector<engine::FieldViolation> violations = engine::ValidateIssue(issue, "issue.");
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  const LedgerView view(backend_.kv);
  const auto live = backend_.playbooks.Live(view.reader(), caller.actor.tenant);
  if (!live.ok()) return reply.Fail(StorageFailure(live.status()));
  if (live->playbook == nullptr) return reply.Fail(ToFailure(engine::PlaybookMissing()));
  const v1::CustomerFacts customer = engine::CustomerFactsOf(issue.customer(), 0);
  v1::TicketFacts ticket = engine::NewTicketFacts(issue, customer);
  *ticket.mutable_decide_time() = engine::ToTimestamp(backend_.clock.Now());
  engine::Explanation explanation =
      engine::Explain(live->playbook->rules(), {issue, std::move(ticket), customer});
  v1::ExplainDecisionResponse response;
  Fill(response, explanation);
  response.set_recomputed_identical(true);
  reply.Finish(response);
}

std::variant<std::shared_ptr<const engine::Playbook>, Failure> PlaybookService::CandidateOf(
    const storage::LedgerReader& reader, const std::string& tenant, const std::string& source,
    uint32_t version) {
  if (!source.empty()) {
    engine::PlaybookCompilation compilation = engine::CompilePlaybook(source);
    if (compilation.playbook == nullptr) return InvalidPlaybook(compilation);
    return std::shared_ptr<const engine::Playbook>(std::move(compilation.playbook));
  }
  const auto published = version == 0 ? backend_.playbooks.Live(reader, tenant)
                                      : backend_.playbooks.Find(reader, tenant, version);
  if (!published.ok()) return StorageFailure(published.status());
  if (published->playbook != nullptr) return published->playbook;
  if (version == 0) return ToFailure(engine::PlaybookMissing());
  return MakeFailure(v1::ERROR_REASON_PLAYBOOK_NOT_FOUND,
                     "There is no such version of the playbook.");
}

void PlaybookService::PreviewTimeline(const Caller& caller, v1::PreviewTimelineRequest request,
                                      Reply<v1::PreviewTimelineResponse> reply) {
  if (!request.source().empty()) {
    if (const auto failure = RefuseSource(request.source())) return reply.Fail(*failure);
  }
  const std::vector<engine::FieldViolation> violations = CheckPreview(request);
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const auto candidate = CandidateOf(view.reader(), caller.actor.tenant, request.source(), 0);
    if (const auto* failure = std::get_if<Failure>(&candidate)) return reply.Fail(*failure);
    const auto& playbook = *std::get<std::shared_ptr<const engine::Playbook>>(candidate);
    const auto preview = Preview(playbook, request, backend_.clock.Now());
    if (const auto* failure = std::get_if<Failure>(&preview)) return reply.Fail(*failure);
    reply.Finish(std::get<v1::PreviewTimelineResponse>(preview));
  });
}

void PlaybookService::BacktestPlaybook(const Caller& caller, v1::BacktestPlaybookRequest request,
                                       Stream<v1::BacktestPlaybookResponse> stream) {
  if (!request.source().empty()) {
    if (const auto failure = RefuseSource(request.source())) return stream.Fail(*failure);
  }
  std::vector<engine::FieldViolation> violations;
  const BacktestDays days = ParseDays(request.from_day(), request.to_day(), violations);
  if (!violations.empty()) return stream.Fail(InvalidRequest(violations));
  WorkLong(backend_, caller, stream,
       [this, tenant = caller.actor.tenant, request = std::move(request), days, stream] {
         const LedgerView view(backend_.kv);
         const auto candidate =
             CandidateOf(view.reader(), tenant, request.source(), request.version());
         if (const auto* failure = std::get_if<Failure>(&candidate)) return stream.Fail(*failure);
         const auto tell = [&stream](const v1::BacktestPlaybookResponse& progress) {
           if (stream.HasRoom()) stream.Send(progress);
           return !stream.is_over();
         };
         const auto response =
             BacktestLedger(view.reader(), tenant,
                            *std::get<std::shared_ptr<const engine::Playbook>>(candidate), days,
                            &backend_.workers, tell);
         if (!response.ok()) return stream.Fail(StorageFailure(response.status()));
         stream.Send(*response);
         stream.Close();
       });
}

}  // namespace redress::services
