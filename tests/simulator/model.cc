#include "tests/simulator/model.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/simulator/model_command.h"

namespace redress::simulator {
namespace {

constexpr int64_t kWeek = 7 * kDay;

// What makes two requests the same.
std::string ContentOf(const engine::Actor& actor, const v1::Command& command) {
  return absl::StrCat(actor.id, "|", command.SerializeAsString());
}

}  // namespace

void Model::BeginBatch(int64_t now) {
  now_ = now;
  touched_.clear();
  written_.clear();
  undo_.clear();
}

bool Model::EndBatch() {
  for (const auto& [name, written] : written_) {
    ModelTenant& tenant = tenants_[name];
    tenant.head_time = std::max(tenant.head_time, now_);
  }
  return !written_.empty();
}

void Model::TakeBack() {
  for (auto& [name, undo] : undo_) {
    ModelTenant& tenant = tenants_[name];
    tenant.head_time = undo.head_time;
    tenant.playbook_version = undo.playbook_version;
    tenant.samples.resize(undo.samples);
    tenant.evidence = std::move(undo.evidence);
    if (undo.playbook) tenant.playbook = *std::move(undo.playbook);
    for (const std::string& request_id : undo.replies) tenant.replies.erase(request_id);
    for (auto& [id, before] : undo.tickets) {
      Plan(name, id, &tenant.tickets.at(id), before ? &*before : nullptr);
      if (before) tenant.tickets[id] = *std::move(before);
      else tenant.tickets.erase(id);
    }
  }
  undo_.clear();
}

void Model::Plan(const std::string& tenant, uint64_t ticket_id, const ModelTicket* before,
                 const ModelTicket* after) {
  const auto old = before ? before->NextKeyed() : std::nullopt;
  const auto next = after ? after->NextKeyed() : std::nullopt;
  if (old) due_.erase({*old, tenant, ticket_id});
  if (next) due_.insert({*next, tenant, ticket_id});
}

Prediction Model::Do(const std::string& name, const engine::Actor& actor,
                     const v1::Command& command, const PlaybookPlan* plan,
                     const ModelSample* drawn) {
  if (IsMalformed(command)) return {"FIELD_INVALID", {}};
  ModelTenant& tenant = tenants_[name];
  const int64_t now = std::max(tenant.head_time, now_);
  const uint64_t week = static_cast<uint64_t>(now / kWeek);
  const std::string request_id = RequestIdOf(command);
  const auto stored = tenant.replies.find(request_id);
  if (!request_id.empty() && stored != tenant.replies.end() && stored->second.week + 1 >= week) {
    if (stored->second.content != ContentOf(actor, command)) return {"REQUEST_ID_REUSED", {}};
    Prediction again = stored->second.prediction;
    again.repeated = true;
    return again;
  }
  const auto [undo, is_first] = undo_.try_emplace(name);
  if (is_first) {
    undo->second.head_time = tenant.head_time;
    undo->second.playbook_version = tenant.playbook_version;
    undo->second.samples = tenant.samples.size();
    undo->second.evidence = tenant.evidence;
  }
  if (command.has_publish_playbook() && !undo->second.playbook)
    undo->second.playbook = tenant.playbook;
  CommandModel decided(tenant, actor, now);
  Prediction prediction = decided.Decide(command, plan, drawn);
  if (!prediction.reason.empty() || !decided.has_events()) return prediction;
  for (auto& [id, before] : decided.replaced()) {
    const ModelTicket& after = tenant.tickets[id];
    Plan(name, id, before ? &*before : nullptr, &after);
    // What a deadline does is answered to nobody.
    if (!command.has_fire_deadline()) prediction.tickets.push_back(after);
    touched_[name].insert(id);
    undo->second.tickets.try_emplace(id, std::move(before));
  }
  written_[name] = true;
  if (!request_id.empty()) {
    tenant.replies[request_id] = {week, ContentOf(actor, command), prediction};
    undo->second.replies.push_back(request_id);
  }
  return prediction;
}

std::vector<Model::Due> Model::DueBefore(int64_t now) const {
  return {due_.begin(), due_.lower_bound({now, "", 0})};
}

std::optional<int64_t> Model::NextDue(int64_t time) const {
  const auto next = due_.lower_bound({time, "", 0});
  if (next == due_.end()) return std::nullopt;
  return next->time;
}

}  // namespace redress::simulator
