#include "engine/ticket/chain_step.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/ticket/chain.h"
#include "engine/ticket/clock.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/lifecycle.h"
#include "engine/ticket/limits.h"
#include "engine/time/due.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// The clock whose budget a step goes by: of LEVEL and OWNER the one of the present place.
const v1::Clock* FindStepClock(const v1::Ticket& ticket, v1::ClockKind kind) {
  v1::Clock key;
  key.set_kind(kind);
  if (kind == v1::CLOCK_KIND_LEVEL) key.set_level(ticket.level());
  if (kind == v1::CLOCK_KIND_OWNER) key.set_department(ticket.department());
  return FindClock(ticket, key);
}

// When the clock has used that part of its budget, as far as is known now. Pauses after the breach
// do not move what counts from it.
absl::Time PercentTime(const Facts& facts, const v1::Clock& clock, int percent) {
  const Calendar& calendar = CalendarOf(facts, clock.terms());
  const absl::Time due = ToTime(clock.due_time());
  const absl::Duration budget = ToSpan(clock.terms().budget());
  const absl::Duration part = absl::Trunc(budget * percent / 100, absl::Seconds(1));
  if (part >= budget) return Due(due, part - budget, calendar, {});
  const int64_t left_us = absl::ToInt64Microseconds(budget - part);
  return absl::FromUnixMicros(
      calendar.WhenOpen(calendar.OpenBefore(absl::ToUnixMicros(due)) - left_us));
}

std::vector<TimeSpan> PastPauses(const v1::Ticket& ticket) {
  std::vector<TimeSpan> pauses;
  for (const v1::PastPause& past : ticket.past_pauses())
    pauses.push_back({ToTime(past.start_time()), ToTime(past.end_time())});
  return pauses;
}

// When the next step is due if it becomes the next one at `now`. A step whose clock is over is due
// at once, to be skipped.
absl::Time StepTime(const Facts& facts, const v1::Ticket& ticket, const v1::Chain& chain,
                    absl::Time now) {
  const v1::ChainStep& step = chain.steps(static_cast<int>(chain.next_step()));
  if (step.percent() > 0) {
    if (IsClockOver(ticket, step)) return now;
    const v1::Clock& clock = *FindStepClock(ticket, step.clock());
    return std::max(now, PercentTime(facts, clock, step.percent()));
  }
  const Calendar& calendar = CalendarOf(facts, TermsOf(chain, step));
  if (step.has_wait()) return Due(now, ToSpan(step.wait()), calendar, {});
  return std::max(now, Due(ToTime(chain.start_time()), ToSpan(step.offset()), calendar,
                           PastPauses(ticket)));
}

// What was left when the pause began runs on from its end.
absl::Time ResumedTime(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after,
                       absl::Time now) {
  const v1::Chain& chain = after.chain();
  const v1::ChainStep& step = chain.steps(static_cast<int>(chain.next_step()));
  if (!step.has_wait()) return StepTime(facts, after, chain, now);
  const Calendar& calendar = CalendarOf(facts, TermsOf(chain, step));
  const absl::Duration left = Elapsed(ToTime(before.pause().start_time()),
                                      ToTime(chain.next_time()), calendar, {});
  return Due(now, left, calendar, {});
}

// The row, frozen for this ticket.
v1::Chain Freeze(const Facts& facts, const v1::ChainRule& rule, const v1::Ticket& ticket,
                 uint32_t generation, absl::Time now) {
  v1::Chain chain;
  chain.set_rule(rule.id());
  chain.set_playbook_hash(facts.playbook->hash());
  chain.set_cycle(ticket.cycle());
  chain.set_generation(generation);
  *chain.mutable_start_time() = ToTimestamp(now);
  *chain.mutable_stop_on() = rule.stop_on();
  *chain.mutable_steps() = rule.steps();
  for (v1::ChainStep& step : *chain.mutable_steps()) {
    const v1::Department* department = facts.playbook->FindDepartment(ticket.department());
    if (step.by_department() && department != nullptr) step.set_calendar(department->calendar());
    if (!step.calendar().empty())
      step.set_calendar_hash(facts.playbook->CalendarHash(step.calendar()));
  }
  chain.set_state(v1::CHAIN_STATE_RUNNING);
  *chain.mutable_next_time() = ToTimestamp(StepTime(facts, ticket, chain, now));
  return chain;
}

// Whether the fact brings the ticket to where nobody has acted yet.
bool IsArrival(const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kTicketOpened:
      return !event.ticket_opened().decision().effects().record_only();
    case Fact::kTicketRouted:
    case Fact::kTicketReturned:
    case Fact::kTicketTransferred:
    case Fact::kLevelChanged: return true;
    default: return false;
  }
}

// A chain that runs goes on; one that came to its end does not start again in the same cycle.
void Start(const Facts& facts, const v1::Ticket& after, v1::Event& event) {
  if (RunsChain(after)) return;
  const v1::ChainRule* rule = FindChainRule(facts, after);
  if (rule == nullptr) return;
  const v1::Chain& last = after.chain();
  const bool is_same_cycle = after.has_chain() && last.cycle() == after.cycle();
  if (is_same_cycle && last.state() == v1::CHAIN_STATE_FINISHED && last.rule() == rule->id())
    return;
  const uint32_t generation = is_same_cycle ? last.generation() + 1 : 1;
  if (generation > kChainGenerationsMax) return;
  *event.mutable_chain_change()->mutable_started() =
      Freeze(facts, *rule, after, generation, ToTime(event.time()));
}

void Move(const v1::Ticket& ticket, absl::Time time, v1::Event& event) {
  if (ToTime(ticket.chain().next_time()) == time) return;
  *event.mutable_chain_change()->mutable_next_time() = ToTimestamp(time);
}

bool ChangesStepClock(const v1::Ticket& after, const v1::Event& event) {
  const v1::ChainStep& step =
      after.chain().steps(static_cast<int>(after.chain().next_step()));
  if (step.percent() == 0) return false;
  if (event.fact_case() == Fact::kLevelChanged || event.fact_case() == Fact::kTicketTransferred)
    return true;
  // A late answer ends what a step waits for and changes no clock.
  if (event.has_ticket_answered() && IsClockOver(after, step)) return true;
  return std::any_of(
      event.clock_changes().begin(), event.clock_changes().end(),
      [&](const v1::ClockChange& change) { return change.clock().kind() == step.clock(); });
}

std::optional<v1::ChainCancel> StopFor(const v1::Chain& chain, v1::ChainStop stop,
                                       v1::ChainCancel reason) {
  const auto& stops = chain.stop_on();
  if (std::find(stops.begin(), stops.end(), stop) == stops.end()) return std::nullopt;
  return reason;
}

// Another row fits where the ticket goes.
std::optional<v1::ChainCancel> StopForMove(const Facts& facts, const v1::Ticket& ticket,
                                           const v1::Event& event) {
  v1::Ticket moved = ticket;
  if (event.has_ticket_transferred())
    moved.set_department(event.ticket_transferred().to_department());
  if (event.has_level_changed()) {
    moved.set_department(event.level_changed().to_department());
    moved.set_level(event.level_changed().to_level());
  }
  const v1::ChainRule* rule = FindChainRule(facts, moved);
  if (rule == nullptr || rule->id() == ticket.chain().rule()) return std::nullopt;
  return v1::CHAIN_CANCEL_REPLACED;
}

}  // namespace

bool IsClockOver(const v1::Ticket& ticket, const v1::ChainStep& step) {
  if (step.percent() == 0) return false;
  const v1::Clock* clock = FindStepClock(ticket, step.clock());
  // A broken FIRST stays open until the answer comes, late as it is.
  const bool is_answered =
      step.clock() == v1::CLOCK_KIND_FIRST && ticket.has_first_answer_time();
  return clock == nullptr || !IsOpen(*clock) || is_answered;
}

void StepChain(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after,
               v1::Event& event) {
  if (after.provenance() == v1::PROVENANCE_IMPORTED) return;
  const absl::Time now = ToTime(event.time());
  if (IsArrival(event)) Start(facts, after, event);
  if (event.has_chain_change() || !RunsChain(after)) return;
  const bool has_passed = event.has_chain_step_fired() || event.has_chain_step_skipped();
  if (has_passed) return Move(after, StepTime(facts, after, after.chain(), now), event);
  if (event.has_ticket_resumed())
    return Move(after, ResumedTime(facts, before, after, now), event);
  if (after.state() != v1::TICKET_STATE_PAUSED && ChangesStepClock(after, event))
    Move(after, StepTime(facts, after, after.chain(), now), event);
}

std::optional<v1::ChainCancel> ChainStoppedBy(const Facts& facts, const v1::Ticket& ticket,
                                              const v1::Event& event) {
  if (!RunsChain(ticket)) return std::nullopt;
  switch (event.fact_case()) {
    case Fact::kTicketAnswered:
      if (event.ticket_answered().automatic()) return std::nullopt;
      return StopFor(ticket.chain(), v1::CHAIN_STOP_ACKNOWLEDGED, v1::CHAIN_CANCEL_ACKNOWLEDGED);
    case Fact::kTicketAccepted:
      return StopFor(ticket.chain(), v1::CHAIN_STOP_ACCEPTED, v1::CHAIN_CANCEL_ACCEPTED);
    case Fact::kTicketResolved: return v1::CHAIN_CANCEL_RESOLVED;
    case Fact::kTicketClosed: return v1::CHAIN_CANCEL_CLOSED;
    case Fact::kTicketTransferred:
    case Fact::kLevelChanged: return StopForMove(facts, ticket, event);
    default: return std::nullopt;
  }
}

}  // namespace redress::engine
