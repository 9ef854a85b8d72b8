// Clocks in the model: promises that count on a shift, and rest for reasons of their own.
#include <algorithm>

#include "tests/simulator/model_ticket.h"

namespace redress::simulator {
namespace {

bool RestsFor(const ClockPlan& clock, v1::PauseReason reason) {
  if (clock.is_first) return reason == v1::PAUSE_REASON_CUSTOMER_INFO;
  return std::find(clock.pauses.begin(), clock.pauses.end(), reason) != clock.pauses.end();
}

ModelTicket::Clock NewClock(const ClockPlan& plan, int64_t time) {
  ModelTicket::Clock clock;
  clock.plan = std::make_shared<const ClockPlan>(plan);
  clock.start = time;
  return clock;
}

// What was left at `from` runs on from `time`; nothing left: it stays.
int64_t Moved(int64_t due, const ClockPlan& plan, int64_t from, int64_t time) {
  const int64_t left = Counted(from, due, plan.is_on_shift);
  return left > 0 ? After(time, left, plan.is_on_shift, {}) : due;
}

}  // namespace

const ClockPlan* FindClock(const PlaybookPlan* playbook, bool is_first, v1::Level level) {
  if (playbook == nullptr) return nullptr;
  for (const ClockPlan& clock : playbook->clocks) {
    const bool fits = clock.level == v1::LEVEL_UNSPECIFIED || clock.level == level;
    if (clock.is_first == is_first && fits) return &clock;
  }
  return nullptr;
}

void StartClocks(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t time) {
  ticket.first_clock = {};
  if (const ClockPlan* first = FindClock(playbook, true, ticket.level)) {
    ticket.first_clock = NewClock(*first, time);
    StartFirstAnswer(ticket, After(time, first->budget, first->is_on_shift, {}));
  }
  ModelTicket::Clock& clock = ticket.resolve_clock;
  if (clock.plan != nullptr) {
    if (ticket.resolution.state == v1::PROMISE_STATE_MISSED) return;
    clock.is_paused = false;
    return StartResolution(ticket, Moved(ticket.resolution.due, *clock.plan, clock.end, time));
  }
  const ClockPlan* resolve = FindClock(playbook, false, ticket.level);
  if (resolve == nullptr || ticket.resolution.due != 0) return;
  clock = NewClock(*resolve, time);
  StartResolution(ticket, After(time, resolve->budget, resolve->is_on_shift, {}));
}

void PauseClocks(ModelTicket& ticket, v1::PauseReason reason) {
  ModelTicket::Clock& first = ticket.first_clock;
  first.is_paused =
      first.plan != nullptr && ticket.first_answer.is_running() && RestsFor(*first.plan, reason);
  ModelTicket::Clock& resolve = ticket.resolve_clock;
  if (resolve.plan == nullptr || !ticket.resolution.is_running()) return;
  resolve.is_paused = RestsFor(*resolve.plan, reason);
  if (!resolve.is_paused)
    ticket.deadlines[v1::DEADLINE_KIND_RESOLUTION] = ticket.resolution.due;
}

void ResumeClocks(ModelTicket& ticket, int64_t pause_start, int64_t time) {
  ModelTicket::Clock& first = ticket.first_clock;
  if (first.is_paused && ticket.first_answer.is_running())
    StartFirstAnswer(ticket, Moved(ticket.first_answer.due, *first.plan,
                                   std::max(pause_start, first.start), time));
  ModelTicket::Clock& resolve = ticket.resolve_clock;
  if (resolve.is_paused && ticket.resolution.is_running())
    StartResolution(ticket, Moved(ticket.resolution.due, *resolve.plan,
                                  std::max(pause_start, resolve.start), time));
  first.is_paused = resolve.is_paused = false;
}

}  // namespace redress::simulator
