// Chains in the model: plain steps over time, nothing shared with the product.
#include <algorithm>

#include "tests/simulator/model_ticket.h"

namespace redress::simulator {
namespace {

constexpr int64_t kShiftStart = 8 * kHour;
constexpr int64_t kShiftEnd = 18 * kHour;
constexpr uint32_t kGenerationsMax = 20;

// Monday is 0. The epoch was a Thursday.
int64_t WeekdayOf(int64_t day) { return (day + 3) % 7; }

// The stretch of shift hours that holds `time`, or the next one.
std::pair<int64_t, int64_t> ShiftAt(int64_t time) {
  for (int64_t day = time / kDay;; ++day) {
    const int64_t end = day * kDay + kShiftEnd;
    if (WeekdayOf(day) < 5 && time < end)
      return {std::max(time, day * kDay + kShiftStart), end};
  }
}

const StepPlan& NextStep(const ModelTicket& ticket) {
  return ticket.chain->steps[ticket.chain_next];
}

int64_t StepTime(const ModelTicket& ticket, int64_t now) {
  const StepPlan& step = NextStep(ticket);
  if (step.is_wait) return After(now, step.span, step.is_on_shift, {});
  return std::max(now, After(ticket.chain_start, step.span, step.is_on_shift, ticket.pauses));
}

const ChainPlan* FindChain(const PlaybookPlan& playbook, v1::Level level,
                           const std::string& department) {
  for (const ChainPlan& chain : playbook.chains) {
    if (chain.level != v1::LEVEL_UNSPECIFIED && chain.level != level) continue;
    if (chain.department.empty() || chain.department == department) return &chain;
  }
  return nullptr;
}

bool Holds(Guard guard, const ModelTicket& ticket) {
  switch (guard) {
    case Guard::kNone: return true;
    case Guard::kHeld: return !ticket.holder.empty();
    case Guard::kNotHeld: return ticket.holder.empty();
    case Guard::kMoved: return ticket.transfers >= 1;
    case Guard::kMild: return ticket.severity < v1::SEVERITY_HIGH;
  }
  return false;
}

// Whether the step's action can change the ticket.
bool CanAct(const StepPlan& step, const ModelTicket& ticket, const PlaybookPlan* playbook) {
  switch (step.action) {
    case v1::CHAIN_ACTION_RAISE_LEVEL:
      return ticket.level < v1::LEVEL_INITIATIVE && playbook != nullptr &&
             playbook->Has(ticket.department);
    case v1::CHAIN_ACTION_REASSIGN:
      return ticket.department != step.department && playbook != nullptr &&
             playbook->Has(step.department);
    case v1::CHAIN_ACTION_SET_SEVERITY: return ticket.severity < step.severity;
    default: return true;
  }
}

void Pass(ModelTicket& ticket, int64_t now) {
  if (++ticket.chain_next == ticket.chain->steps.size())
    ticket.chain_state = v1::CHAIN_STATE_FINISHED;
  else
    ticket.chain_time = StepTime(ticket, now);
  Record(ticket, now);
}

void Act(const StepPlan& step, ModelTicket& ticket, const PlaybookPlan* playbook, int64_t now) {
  if (step.action == v1::CHAIN_ACTION_RAISE_LEVEL) {
    MoveTo(ticket, playbook, static_cast<v1::Level>(ticket.level + 1), ticket.department, now);
    ++ticket.level_changes;
  } else if (step.action == v1::CHAIN_ACTION_REASSIGN) {
    MoveTo(ticket, playbook, ticket.level, step.department, now);
    ++ticket.transfers;
  } else if (step.action == v1::CHAIN_ACTION_SET_SEVERITY) {
    ticket.severity = step.severity;
    Record(ticket, now);
  }
}

}  // namespace

int64_t After(int64_t start, int64_t span, bool is_on_shift,
              const std::vector<std::pair<int64_t, int64_t>>& pauses) {
  int64_t at = start;
  while (span > 0) {
    int64_t end = at + span;
    if (is_on_shift) {
      const auto [opens, closes] = ShiftAt(at);
      at = opens;
      end = std::min(opens + span, closes);
    }
    int64_t resumes = 0;
    for (const auto& [from, to] : pauses) {
      if (from <= at && at < to) resumes = std::max(resumes, to);
      else if (from > at && from < to) end = std::min(end, from);
    }
    if (resumes > 0) {
      at = resumes;
      continue;
    }
    span -= end - at;
    at = end;
  }
  return at;
}

int64_t Counted(int64_t from, int64_t to, bool is_on_shift) {
  if (!is_on_shift) return std::max<int64_t>(to - from, 0);
  int64_t counted = 0;
  while (from < to) {
    const auto [opens, closes] = ShiftAt(from);
    counted += std::max<int64_t>(std::min(closes, to) - std::min(opens, to), 0);
    from = closes;
  }
  return counted;
}

void FollowChain(ModelTicket& ticket) {
  const bool climbs = ticket.climbs() && ticket.state != v1::TICKET_STATE_PAUSED;
  if (climbs) ticket.deadlines[v1::DEADLINE_KIND_CHAIN] = ticket.chain_time;
  else ticket.deadlines.erase(v1::DEADLINE_KIND_CHAIN);
}

void Arrive(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t time) {
  if (playbook == nullptr || ticket.climbs() || ticket.is_imported) return;
  const ChainPlan* chain = FindChain(*playbook, ticket.level, ticket.department);
  if (chain == nullptr) return;
  const bool is_same_cycle = ticket.chain != nullptr && ticket.chain_cycle == ticket.cycle;
  const bool is_done = is_same_cycle && ticket.chain_state == v1::CHAIN_STATE_FINISHED &&
                       ticket.chain_rule == chain->id;
  const uint32_t generation = is_same_cycle ? ticket.chain_generation + 1 : 1;
  if (is_done || generation > kGenerationsMax) return;
  ticket.chain = std::make_shared<const ChainPlan>(*chain);
  ticket.chain_rule = chain->id;
  ticket.chain_cycle = ticket.cycle;
  ticket.chain_generation = generation;
  ticket.chain_state = v1::CHAIN_STATE_RUNNING;
  ticket.chain_next = 0;
  ticket.chain_start = time;
  ticket.chain_time = StepTime(ticket, time);
  FollowChain(ticket);
}

void StopChain(ModelTicket& ticket, int64_t time) {
  if (!ticket.climbs()) return;
  ticket.chain_state = v1::CHAIN_STATE_CANCELLED;
  Record(ticket, time);
}

void MoveTo(ModelTicket& ticket, const PlaybookPlan* playbook, v1::Level level,
            const std::string& department, int64_t time) {
  if (ticket.climbs() && playbook != nullptr) {
    const ChainPlan* other = FindChain(*playbook, level, department);
    if (other != nullptr && other->id != ticket.chain_rule) StopChain(ticket, time);
  }
  ticket.level = level;
  ticket.department = department;
  ticket.offer = {};
  ticket.state = v1::TICKET_STATE_QUEUED;
  Leave(ticket);
  Record(ticket, time);
  Arrive(ticket, playbook, time);
}

void ResumeChain(ModelTicket& ticket, int64_t pause_start, int64_t time) {
  if (!ticket.climbs()) return;
  const StepPlan& step = NextStep(ticket);
  if (!step.is_wait) {
    ticket.chain_time = StepTime(ticket, time);
    return;
  }
  const int64_t left = Counted(pause_start, ticket.chain_time, step.is_on_shift);
  ticket.chain_time = After(time, left, step.is_on_shift, {});
}

void FireStep(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t due) {
  const int64_t now = std::max(due, ticket.update_time);
  const StepPlan step = NextStep(ticket);
  const bool fires = Holds(step.guard, ticket) && CanAct(step, ticket, playbook);
  Pass(ticket, now);
  if (fires) Act(step, ticket, playbook, now);
}

}  // namespace redress::simulator
