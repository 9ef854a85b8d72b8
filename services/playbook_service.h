// The rules of a tenant: checking, publishing, explaining.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "redress/v1/playbook_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

// Why a source cannot be taken as a playbook at all: it is missing or too long.
std::optional<Failure> RefuseSource(const std::string& source);
// What is wrong with a playbook that does not compile. REQUIRES: there are findings.
Failure InvalidPlaybook(const engine::PlaybookCompilation& compilation);

class PlaybookService {
 public:
  explicit PlaybookService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void CheckPlaybook(const Caller& caller, v1::CheckPlaybookRequest request,
                     Reply<v1::CheckPlaybookResponse> reply);
  void PublishPlaybook(const Caller& caller, v1::PublishPlaybookRequest request,
                       Reply<v1::PublishPlaybookResponse> reply);
  void GetPlaybook(const Caller& caller, v1::GetPlaybookRequest request,
                   Reply<v1::GetPlaybookResponse> reply);
  void ExplainDecision(const Caller& caller, v1::ExplainDecisionRequest request,
                       Reply<v1::ExplainDecisionResponse> reply);

  void PreviewTimeline(const Caller& caller, v1::PreviewTimelineRequest request,
                       Reply<v1::PreviewTimelineResponse> reply);
  void BacktestPlaybook(const Caller& caller, v1::BacktestPlaybookRequest request,
                        Stream<v1::BacktestPlaybookResponse> stream);

  void StartShadow(const Caller& caller, v1::StartShadowRequest request,
                   Reply<v1::StartShadowResponse> reply);
  void GetShadow(const Caller& caller, v1::GetShadowRequest request,
                 Reply<v1::GetShadowResponse> reply);
  void StopShadow(const Caller& caller, v1::StopShadowRequest request,
                  Reply<v1::StopShadowResponse> reply);
  void ReviewRules(const Caller& caller, v1::ReviewRulesRequest request,
                   Stream<v1::ReviewRulesResponse> stream);

  // The playbook that is tried, or why there is none: `source`, or else the published version.
  // Version 0: the live one.
  std::variant<std::shared_ptr<const engine::Playbook>, Failure> CandidateOf(
      const storage::LedgerReader& reader, const std::string& tenant, const std::string& source,
      uint32_t version);

  // Nothing: no such version.
  absl::StatusOr<std::optional<v1::PlaybookVersion>> ReadVersion(const std::string& tenant,
                                                                 uint32_t version);
  void ExplainTicket(const Caller& caller, const std::string& name,
                     Reply<v1::ExplainDecisionResponse> reply);
  void ExplainSample(const Caller& caller, const v1::Issue& issue,
                     Reply<v1::ExplainDecisionResponse> reply);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
