// The part of Apply that is about chains, hand-overs and directors.
#pragma once

#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// REQUIRES: the fact is of a chain, an offer, a director or a person's reminder.
void ApplyChainFact(v1::Ticket& ticket, const v1::Event& event);

// Counts a hand-over to another department, before the department is set, and whether it comes
// back.
void CountHandOver(v1::Ticket& ticket, const v1::TicketTransferred& fact);

// Nobody is waited for any more to take it on.
void EndHandOver(v1::Ticket& ticket);

// It is no initiative any more.
void LeaveDirector(v1::Ticket& ticket);

}  // namespace redress::engine
