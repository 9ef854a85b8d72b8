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
}

bool Model::EndBatch() {
  for (const auto& [name, written] : written_) {
    ModelTenant& tenant = tenants_[name];
    tenant.head_time = std::max(tenant.head_time, now_);
  }
  return !written_.empty();
}

Prediction Model::Do(const std::string& name, const engine::Actor& actor,
                     const v1::Command& command, const PlaybookPlan* plan) {
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
  CommandModel decided(tenant, actor, now);
  Prediction prediction = decided.Decide(command, plan);
  if (!prediction.reason.empty() || !decided.has_events()) return prediction;
  for (const uint64_t id : decided.changed()) {
    prediction.tickets.push_back(Print(tenant.tickets[id]));
    touched_[name].push_back(id);
  }
  written_[name] = true;
  if (!request_id.empty())
    tenant.replies[request_id] = {week, ContentOf(actor, command), prediction};
  return prediction;
}

std::vector<Model::Due> Model::DueBefore(int64_t now) const {
  std::vector<Due> due;
  for (const auto& [name, tenant] : tenants_) {
    for (const auto& [id, ticket] : tenant.tickets) {
      const auto next = ticket.NextDeadline();
      if (next && next->second < now) due.push_back({next->second, name, id});
    }
  }
  std::sort(due.begin(), due.end());
  return due;
}

}  // namespace redress::simulator
