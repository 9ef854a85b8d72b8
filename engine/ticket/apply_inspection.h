// What facts about its inspections do to a ticket: assignments, as in apply.h.
#pragma once

#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The inspection of that number; nullptr: the ticket has none.
const v1::Inspection* FindInspection(const v1::Ticket& ticket, uint32_t number);

// REQUIRES: the event is about an inspection, which the ticket has unless the event brings it.
void ApplyInspection(v1::Ticket& ticket, const v1::Event& event);

}  // namespace redress::engine
