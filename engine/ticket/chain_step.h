// What a fact does to the ticket's chain: which row of the playbook's chains table starts, when the
// next step is due, and what stops it (SEMANTICS 4).
//
// Pure. It runs once, when an event is recorded; the event carries what came out. A chain is frozen
// when it starts: a later version of the playbook does not change it. While the ticket is paused it
// rests, and what it had left runs on when the pause ends.
#pragma once

#include <optional>

#include "engine/ticket/decision.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Adds to the event what its fact does to the chain. `after` is the ticket after the fact, its
// clocks changed already, its chain not yet. A history that has not settled starts no chains.
// REQUIRES: facts hold the calendars that the ticket's clocks and chain are on.
void StepChain(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after,
               v1::Event& event);

// Why the event is about to stop the ticket's running chain; nothing: it does not.
std::optional<v1::ChainCancel> ChainStoppedBy(const Facts& facts, const v1::Ticket& ticket,
                                              const v1::Event& event);

// Whether the clock that the step goes by has ended otherwise than by a breach, or never ran.
bool IsClockOver(const v1::Ticket& ticket, const v1::ChainStep& step);

}  // namespace redress::engine
