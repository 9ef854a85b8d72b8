// The automata of the clocks: what a fact about a ticket does to each of them (SEMANTICS 1).
//
// Pure. It runs once, when an event is recorded; the event carries what came out, so that applying
// it again needs neither a playbook nor a calendar.
#pragma once

#include "engine/ticket/decision.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Adds to the event what its fact does to the clocks. `after` is the ticket after the fact, its
// clocks not yet changed. No clock starts before an imported history has settled. REQUIRES: facts
// hold the calendars that the ticket's clocks are on.
void StepClocks(const Facts& facts, const v1::Ticket& before, const v1::Ticket& after,
                v1::Event& event);

}  // namespace redress::engine
