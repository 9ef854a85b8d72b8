// The clocks of a ticket as fields, and the deadlines that follow from them.
//
// A clock is told from others by its key: the kind, with the level for LEVEL and the department for
// OWNER. FIRST and RESOLVE stand in the ticket's promises too, which is what queues, reports and
// the customer see.
#pragma once

#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Whether both are of the same key.
bool HasSameKey(const v1::Clock& left, const v1::Clock& right);

// The clock of that kind, for the kinds that a ticket has one of; null: none.
const v1::Clock* FindClock(const v1::Ticket& ticket, v1::ClockKind kind);
// The clock behind the promise of this cycle, FIRST or RESOLVE; null: it was promised without one.
const v1::Clock* FindPromiseClock(const v1::Ticket& ticket, v1::ClockKind kind);
// The clock of that key; null: none.
const v1::Clock* FindClock(const v1::Ticket& ticket, const v1::Clock& key);

inline bool IsRunning(const v1::Clock& clock) {
  return clock.state() == v1::PROMISE_STATE_RUNNING;
}
inline bool IsOpen(const v1::Clock& clock) {
  return IsRunning(clock) || clock.state() == v1::PROMISE_STATE_MISSED;
}

// Puts the changed clocks in the place of those of the same keys. When there are more than are
// kept, those that ended first go.
void SetClocks(v1::Ticket& ticket, const v1::Event& event);

// Makes promises and deadlines agree with the clocks. Nothing happens to a ticket without clocks.
void FollowClocks(v1::Ticket& ticket);

}  // namespace redress::engine
