// The chain of a ticket as a field, and the deadline that follows from it.
#pragma once

#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

inline bool RunsChain(const v1::Ticket& ticket) {
  return ticket.chain().state() == v1::CHAIN_STATE_RUNNING;
}

// Starts or moves the chain as the event says. Nothing happens to a ticket without one.
void SetChain(v1::Ticket& ticket, const v1::Event& event);

// Goes on to the next step; after the last one the chain is finished.
void PassStep(v1::Ticket& ticket);

// Makes the deadline agree with the chain, which rests while the ticket is paused.
void FollowChain(v1::Ticket& ticket);

// The key of the next step. REQUIRES: the chain runs.
v1::ChainStepKey NextStepKey(const v1::Ticket& ticket);

// What a step counts its time by.
v1::ClockTerms TermsOf(const v1::Chain& chain, const v1::ChainStep& step);

}  // namespace redress::engine
