// The only place that changes a ticket.
//
// A list of assignments: no choice that the event does not carry, no playbook, no clock, no
// failure. What an old event means never changes; a new meaning is a new event.
#pragma once

#include <optional>
#include <string>

#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The ticket after the event. For TicketOpened the ticket before is an empty message. REQUIRES: the
// state table allows the event, and its version is the ticket's plus one; anything else is our own
// fault and stops the process.
v1::Ticket Apply(v1::Ticket ticket, const v1::Event& event);
// The same in place, for a ticket that must stay where it is, such as in an arena.
void ApplyTo(v1::Ticket& ticket, const v1::Event& event);

// The loop invariant and what else always holds of a ticket. Nothing when it holds, or else what
// does not.
std::optional<std::string> FindBrokenInvariant(const v1::Ticket& ticket);

// The etag of a version of a ticket.
std::string MakeEtag(uint32_t version);

}  // namespace redress::engine
