// Draws, inspections with their disputes, and evidence of goals.
#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/simulator/model_command.h"
#include "tests/simulator/model_sample.h"

namespace redress::simulator {
namespace {

using Findings = google::protobuf::RepeatedPtrField<v1::ItemFinding>;

constexpr char kFieldInvalid[] = "FIELD_INVALID";
constexpr char kNotIndependent[] = "NOT_INDEPENDENT";
constexpr size_t kInspectionsMax = 50;
constexpr size_t kEvidenceMax = 100;

// What the form comes to with these findings; nothing: they do not fit it.
std::optional<std::string> ResultsOf(const Findings& findings, uint32_t tones) {
  std::map<std::string, std::string> found;
  for (const v1::ItemFinding& finding : findings) {
    const uint32_t most = finding.item() == kFatalItem  ? 1
                          : finding.item() == kToneItem ? tones
                                                        : 0;
    if (most == 0 || finding.defects() > most) return std::nullopt;
    const std::string text = finding.not_applicable() ? "-" : absl::StrCat(finding.defects());
    if (!found.emplace(finding.item(), text).second) return std::nullopt;
  }
  found.emplace(kFatalItem, "0");
  found.emplace(kToneItem, "0");
  return absl::StrCat(kFatalItem, "! ", found[kFatalItem], "/1;", kToneItem, " ",
                      found[kToneItem], "/", tones, ";");
}

// How often the second item could be wrong, from the results.
uint32_t TonesOf(const std::string& results) {
  return static_cast<uint32_t>(results[results.size() - 2] - '0');
}

}  // namespace

std::string CommandModel::DrawSample(const v1::DrawSampleRequest& request,
                                     const ModelSample& drawn, Prediction& prediction) {
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  const auto& plans = playbook()->quality.samples;
  const bool is_known = std::any_of(plans.begin(), plans.end(), [&](const SamplePlan& plan) {
    return plan.id == request.plan();
  });
  if (!is_known) return kFieldInvalid;
  if (drawn.source != playbook()->source) return "ETAG_MISMATCH";
  if (request.to_day() > DayText(now_)) return kFieldInvalid;
  for (const ModelSample& other : tenant_.samples) {
    const bool overlaps = other.from_day < request.to_day() && other.to_day > request.from_day();
    if (other.plan == request.plan() && overlaps) return "SAMPLE_DRAWN";
  }
  tenant_.samples.push_back(drawn);
  prediction.sample = static_cast<uint32_t>(tenant_.samples.size());
  has_events_ = true;
  return "";
}

std::string CommandModel::KeepEvidence(const v1::RecordGoalEvidenceRequest& request) {
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  for (const GoalPlan& goal : playbook()->quality.goals) {
    if (goal.id != request.goal()) continue;
    if (!actor_.MayActFor(goal.department)) return "DEPARTMENT_NOT_YOURS";
    std::vector<std::string>& texts = tenant_.evidence[goal.id];
    if (texts.size() >= kEvidenceMax) return kFieldInvalid;
    texts.push_back(request.text());
    has_events_ = true;
    return "";
  }
  return kFieldInvalid;
}

bool CommandModel::HasHandled(const ModelTicket& ticket) const {
  return std::find(ticket.handlers.begin(), ticket.handlers.end(), actor_.id) !=
         ticket.handlers.end();
}

std::string CommandModel::Inspect(const v1::Command& command, ModelTicket& ticket) {
  std::string reason;
  if (command.has_record_inspection())
    reason = RecordInspection(command.record_inspection(), ticket);
  else if (command.has_dispute_inspection())
    reason = DisputeInspection(command.dispute_inspection().number(), ticket);
  else
    reason = DecideInspection(command.decide_inspection(), ticket);
  if (reason.empty()) Record(ticket, now_);
  return reason;
}

std::string CommandModel::RefuseSampled(uint32_t number, const ModelTicket& ticket) const {
  if (number > tenant_.samples.size()) return "SAMPLE_NOT_FOUND";
  if (!tenant_.samples[number - 1].tickets.contains(ticket.id)) return "SAMPLE_NOT_FOUND";
  for (const ShownTicket::Inspection& inspection : ticket.inspections)
    if (inspection.sample == number) return "INSPECTION_DONE";
  return "";
}

std::string CommandModel::RecordInspection(const v1::RecordInspectionRequest& request,
                                           ModelTicket& ticket) {
  if (ticket.resolve_time == 0) return "WRONG_STATE";
  if (HasHandled(ticket)) return kNotIndependent;
  const uint32_t sample = request.sample();
  const std::string reason = sample == 0 ? "" : RefuseSampled(sample, ticket);
  if (!reason.empty()) return reason;
  if (ticket.inspections.size() >= kInspectionsMax) return "TICKET_FULL";
  const bool has_form = sample != 0 || (playbook() != nullptr && request.form() == kFormName &&
                                        playbook()->quality.tones != 0);
  if (!has_form) return kFieldInvalid;
  const ModelSample* drawn = sample == 0 ? nullptr : &tenant_.samples[sample - 1];
  const auto results =
      ResultsOf(request.findings(), drawn ? drawn->tones : playbook()->quality.tones);
  if (!results) return kFieldInvalid;
  ShownTicket::Inspection& inspection = ticket.inspections.emplace_back();
  inspection.sample = sample;
  inspection.inspector = actor_.id;
  inspection.department = drawn ? drawn->tickets.at(ticket.id) : ticket.department;
  inspection.time = now_;
  inspection.state = v1::INSPECTION_STATE_RECORDED;
  inspection.results = *results;
  return "";
}

std::string CommandModel::DisputeInspection(uint32_t number, ModelTicket& ticket) {
  if (number > ticket.inspections.size()) return "INSPECTION_NOT_FOUND";
  ShownTicket::Inspection& inspection = ticket.inspections[number - 1];
  if (inspection.inspector == actor_.id) return kNotIndependent;
  if (!actor_.is_owner && !HasHandled(ticket)) return kNotIndependent;
  if (inspection.state != v1::INSPECTION_STATE_RECORDED) return "INSPECTION_DONE";
  inspection.state = v1::INSPECTION_STATE_DISPUTED;
  inspection.disputer = actor_.id;
  return "";
}

std::string CommandModel::DecideInspection(const v1::DecideInspectionRequest& request,
                                           ModelTicket& ticket) {
  if (request.number() > ticket.inspections.size()) return "INSPECTION_NOT_FOUND";
  ShownTicket::Inspection& inspection = ticket.inspections[request.number() - 1];
  const bool is_party = inspection.inspector == actor_.id || inspection.disputer == actor_.id;
  if (is_party || HasHandled(ticket)) return kNotIndependent;
  if (inspection.state != v1::INSPECTION_STATE_DISPUTED) return "INSPECTION_DONE";
  const auto results = ResultsOf(request.findings(), TonesOf(inspection.results));
  if (!results) return kFieldInvalid;
  inspection.state =
      request.upheld() ? v1::INSPECTION_STATE_UPHELD : v1::INSPECTION_STATE_OVERTURNED;
  inspection.decider = actor_.id;
  if (!request.upheld()) inspection.verdict = *results;
  return "";
}

}  // namespace redress::simulator
