// Samples, inspections and their disputes, evidence of goals, and issues that test how they are
// handled.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulator/model_sample.h"
#include "tests/simulator/workload.h"

namespace redress::simulator {
namespace {

constexpr int kTries = 6;

template <typename T>
const T* PickOrNull(Draw& draw, const std::vector<T>& of) {
  return of.empty() ? nullptr : &draw.Pick(of);
}

}  // namespace

void Workload::DrawMystery(v1::SubmitMysteryIssueRequest& request) {
  DrawIssue(*request.mutable_issue());
  if (!draw_.Chance(5)) request.mutable_issue()->clear_key();
  request.set_shown_actor("web-form");
}

void Workload::DrawSampling(const ModelTenant& model, int64_t now,
                            v1::DrawSampleRequest& request) {
  const SamplePlan* plan = PickOrNull(draw_, model.playbook.quality.samples);
  request.set_plan(plan == nullptr || draw_.Chance(5) ? "plan-9" : plan->id);
  const int64_t end = now + (draw_.Chance(5) ? 1 : -draw_.Below(2)) * kDay;
  request.set_to_day(DayText(end));
  request.set_from_day(DayText(end - draw_.Between(draw_.Chance(5) ? 0 : 1, 6) * kDay));
}

void Workload::DrawFindings(const ModelTenant& model,
                            google::protobuf::RepeatedPtrField<v1::ItemFinding>& findings) {
  for (const char* item : {kFatalItem, kToneItem}) {
    if (!draw_.Chance(40)) continue;
    v1::ItemFinding& finding = *findings.Add();
    finding.set_item(draw_.Chance(3) ? "price" : item);
    const bool is_fatal = finding.item() == kFatalItem;
    const uint32_t most = is_fatal ? 1 : std::max(model.playbook.quality.tones, 1u);
    if (draw_.Chance(20)) finding.set_not_applicable(true);
    else finding.set_defects(static_cast<uint32_t>(draw_.Between(1, most)));
    if (draw_.Chance(3)) *findings.Add() = finding;
  }
}

const engine::Actor& Workload::Inspector(const ModelTicket& ticket) {
  const std::vector<std::string>& handlers = ticket.handlers;
  for (int i = 0; i < kTries && !draw_.Chance(10); ++i) {
    const engine::Actor& actor = draw_.Pick(actors_);
    const bool has_handled =
        std::find(handlers.begin(), handlers.end(), actor.id) != handlers.end();
    if (!actor.is_customer && !has_handled && actor.MayActFor(ticket.department)) return actor;
  }
  return actors_.front();
}

void Workload::DrawInspection(const ModelTenant& model, Sending& sending) {
  v1::RecordInspectionRequest& request = *sending.command.mutable_record_inspection();
  const ModelSample* sample = PickOrNull(draw_, model.samples);
  std::vector<uint64_t> resolved;
  for (const auto& [ticket_id, ticket] : model.tickets)
    if (ticket.resolve_time != 0) resolved.push_back(ticket_id);
  uint64_t id = AnyTicket(model).id;
  if (!resolved.empty() && draw_.Chance(90)) id = draw_.Pick(resolved);
  if (sample != nullptr && draw_.Chance(70)) {
    request.set_sample(static_cast<uint32_t>(sample - model.samples.data()) + 1);
    if (draw_.Chance(4)) request.set_sample(request.sample() + 1);
    if (draw_.Chance(3)) request.set_form(kFormName);
    auto drawn = sample->tickets.begin();
    if (drawn != sample->tickets.end() && draw_.Chance(90)) {
      std::advance(drawn, draw_.Below(static_cast<int>(sample->tickets.size())));
      id = drawn->first;
    }
  } else {
    request.set_form(draw_.Chance(5) ? "gone" : kFormName);
  }
  sending.actor = Inspector(model.tickets.at(id));
  request.set_ticket(absl::StrCat(id));
  DrawFindings(model, *request.mutable_findings());
}

template <typename Request>
bool Workload::NameInspection(const ModelTenant& model, v1::InspectionState state,
                              Request& request) {
  std::vector<uint64_t> fit, inspected;
  for (const auto& [id, ticket] : model.tickets) {
    if (ticket.inspections.empty()) continue;
    inspected.push_back(id);
    if (ticket.inspections.back().state == state) fit.push_back(id);
  }
  if (inspected.empty()) return false;
  const uint64_t id = draw_.Pick(fit.empty() || draw_.Chance(15) ? inspected : fit);
  const size_t count = model.tickets.at(id).inspections.size();
  request.set_ticket(absl::StrCat(id));
  request.set_number(static_cast<uint32_t>(count + (draw_.Chance(4) ? 1 : 0)));
  return true;
}

bool Workload::DrawJudgement(const ModelTenant& model, Sending& sending) {
  if (draw_.Chance(50)) {
    auto& request = *sending.command.mutable_dispute_inspection();
    request.set_reason("it was polite");
    return NameInspection(model, v1::INSPECTION_STATE_RECORDED, request);
  }
  auto& request = *sending.command.mutable_decide_inspection();
  request.set_note("looked at again");
  request.set_upheld(draw_.Chance(50));
  if (!request.upheld()) DrawFindings(model, *request.mutable_findings());
  if (!NameInspection(model, v1::INSPECTION_STATE_DISPUTED, request)) return false;
  sending.actor = Inspector(model.tickets.at(std::stoull(request.ticket())));
  return true;
}

void Workload::DrawQualityOrder(const ModelTenant& model, int64_t now, Sending& sending) {
  v1::Command& command = sending.command;
  if (sending.actor.is_customer) sending.actor = Chief();
  const int what = draw_.Below(14);
  if (what < 5) return DrawInspection(model, sending);
  if (what < 8 && DrawJudgement(model, sending)) return;
  if (what < 10) return DrawSampling(model, now, *command.mutable_draw_sample());
  if (what < 11) {
    auto& request = *command.mutable_record_goal_evidence();
    const GoalPlan* goal = PickOrNull(draw_, model.playbook.quality.goals);
    request.set_goal(goal == nullptr || draw_.Chance(5) ? "goal-9" : goal->id);
    request.set_text(absl::StrCat("seen ", draw_.Below(1000)));
    return;
  }
  DrawMystery(*command.mutable_submit_mystery_issue());
}

}  // namespace redress::simulator
