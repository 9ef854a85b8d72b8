#include "engine/ticket/clock.h"

#include "engine/ticket/deadline.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

using google::protobuf::Timestamp;

bool HasPromise(v1::ClockKind kind) {
  return kind == v1::CLOCK_KIND_FIRST || kind == v1::CLOCK_KIND_RESOLVE;
}

void DropOldest(v1::Ticket& ticket) {
  int oldest = -1;
  for (int i = 0; i < ticket.clocks_size(); ++i) {
    if (IsRunning(ticket.clocks(i))) continue;
    if (oldest < 0 ||
        ToTime(ticket.clocks(i).end_time()) < ToTime(ticket.clocks(oldest).end_time()))
      oldest = i;
  }
  if (oldest >= 0) ticket.mutable_clocks()->DeleteSubrange(oldest, 1);
}

void FollowPromise(v1::Ticket& ticket, const v1::Clock& clock) {
  v1::Promises& promises = *ticket.mutable_promises();
  const bool is_first = clock.kind() == v1::CLOCK_KIND_FIRST;
  if (is_first) {
    *promises.mutable_first_answer() = clock.terms().budget();
    *promises.mutable_first_answer_due() = clock.due_time();
    promises.set_first_answer_state(clock.state());
  } else {
    *promises.mutable_resolution() = clock.terms().budget();
    *promises.mutable_resolution_due() = clock.due_time();
    promises.set_resolution_state(clock.state());
  }
  const v1::DeadlineKind kind =
      is_first ? v1::DEADLINE_KIND_FIRST_ANSWER : v1::DEADLINE_KIND_RESOLUTION;
  if (IsRunning(clock) && !clock.paused()) SetDeadline(ticket, kind, clock.due_time());
  else ClearDeadline(ticket, kind);
}

// RESOLVE goes on from cycle to cycle; a FIRST of an earlier one is only kept to be explained.
bool IsOfThisCycle(const v1::Ticket& ticket, const v1::Clock& clock) {
  return clock.kind() == v1::CLOCK_KIND_RESOLVE || clock.cycle() == ticket.cycle();
}

// Sets the deadline to the earliest of some instants; none: there is no such deadline.
class Earliest {
 public:
  void Add(const Timestamp& time) {
    if (time_ == nullptr || ToTime(time) < ToTime(*time_)) time_ = &time;
  }
  void SetOn(v1::Ticket& ticket, v1::DeadlineKind kind) const {
    if (time_ != nullptr) SetDeadline(ticket, kind, *time_);
    else ClearDeadline(ticket, kind);
  }

 private:
  const Timestamp* time_ = nullptr;
};

}  // namespace

bool HasSameKey(const v1::Clock& left, const v1::Clock& right) {
  return left.kind() == right.kind() && left.level() == right.level() &&
         left.department() == right.department();
}

const v1::Clock* FindClock(const v1::Ticket& ticket, v1::ClockKind kind) {
  for (const v1::Clock& clock : ticket.clocks())
    if (clock.kind() == kind) return &clock;
  return nullptr;
}

const v1::Clock* FindPromiseClock(const v1::Ticket& ticket, v1::ClockKind kind) {
  const v1::Clock* clock = FindClock(ticket, kind);
  return clock != nullptr && IsOfThisCycle(ticket, *clock) ? clock : nullptr;
}

const v1::Clock* FindClock(const v1::Ticket& ticket, const v1::Clock& key) {
  for (const v1::Clock& clock : ticket.clocks())
    if (HasSameKey(clock, key)) return &clock;
  return nullptr;
}

void SetClocks(v1::Ticket& ticket, const v1::Event& event) {
  for (const v1::ClockChange& change : event.clock_changes()) {
    v1::Clock* held = nullptr;
    for (v1::Clock& clock : *ticket.mutable_clocks())
      if (HasSameKey(clock, change.clock())) held = &clock;
    if (held == nullptr && ticket.clocks_size() >= kTicketClocksKeptMax) DropOldest(ticket);
    if (held == nullptr) held = ticket.add_clocks();
    *held = change.clock();
  }
}

void FollowClocks(v1::Ticket& ticket) {
  if (ticket.clocks().empty()) return;
  Earliest due;
  Earliest warning;
  for (const v1::Clock& clock : ticket.clocks()) {
    if (HasPromise(clock.kind()) && IsOfThisCycle(ticket, clock)) FollowPromise(ticket, clock);
    if (!IsRunning(clock) || clock.paused()) continue;
    if (!HasPromise(clock.kind())) due.Add(clock.due_time());
    if (!clock.warnings().empty()) warning.Add(clock.warnings(0).time());
  }
  due.SetOn(ticket, v1::DEADLINE_KIND_CLOCK);
  warning.SetOn(ticket, v1::DEADLINE_KIND_WARNING);
}

}  // namespace redress::engine
