#include "engine/ticket/apply_chain.h"

#include <algorithm>

#include "base/check.h"
#include "engine/ticket/chain.h"
#include "engine/ticket/deadline.h"
#include "engine/ticket/lifecycle.h"

namespace redress::engine {
namespace {

void CancelChain(v1::Ticket& ticket) {
  ticket.mutable_chain()->set_state(v1::CHAIN_STATE_CANCELLED);
  ticket.mutable_chain()->clear_next_time();
}

void Offer(v1::Ticket& ticket, const v1::Event& event) {
  v1::LevelOffer& offer = *ticket.mutable_offer();
  offer.set_to_level(event.level_offered().to_level());
  offer.set_to_department(event.level_offered().to_department());
  offer.set_reason(event.level_offered().reason());
  offer.set_actor(event.actor());
}

void SetDirector(v1::Ticket& ticket, const v1::DirectorChanged& fact) {
  v1::Director& director = *ticket.mutable_director();
  director.set_actor(fact.to_director());
  director.set_month(fact.month());
  if (fact.needs_hand_over()) director.set_needs_hand_over(true);
  if (fact.has_until()) SetDeadline(ticket, v1::DEADLINE_KIND_DIRECTOR, fact.until());
  else ClearDeadline(ticket, v1::DEADLINE_KIND_DIRECTOR);
}

}  // namespace

void ApplyChainFact(v1::Ticket& ticket, const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kChainStepFired:
    case Fact::kChainStepSkipped: return PassStep(ticket);
    case Fact::kChainCancelled: return CancelChain(ticket);
    case Fact::kSeverityChanged:
      return ticket.set_severity(event.severity_changed().to_severity());
    case Fact::kLevelOffered: return Offer(ticket, event);
    case Fact::kLevelOfferDeclined: return ticket.clear_offer();
    case Fact::kDirectorChanged: return SetDirector(ticket, event.director_changed());
    case Fact::kPersonReminded:
      if (event.person_reminded().reason() == v1::PERSON_REMINDER_HAND_OVER)
        ClearDeadline(ticket, v1::DEADLINE_KIND_HAND_OVER);
      return;
    default: base::CheckFailed(__FILE__, __LINE__, "a fact of chains and their like");
  }
}

void CountHandOver(v1::Ticket& ticket, const v1::TicketTransferred& fact) {
  EndHandOver(ticket);
  const auto& visited = ticket.departments();
  if (std::find(visited.begin(), visited.end(), fact.to_department()) != visited.end())
    ticket.set_bounces(ticket.bounces() + 1);
  if (ticket.level() != v1::LEVEL_RELAY) return;
  v1::HandOver& hand_over = *ticket.mutable_hand_over();
  hand_over.set_count(hand_over.count() + 1);
  hand_over.set_owner(fact.owner());
  if (!fact.has_due_time()) return;
  *hand_over.mutable_due_time() = fact.due_time();
  SetDeadline(ticket, v1::DEADLINE_KIND_HAND_OVER, fact.due_time());
}

void EndHandOver(v1::Ticket& ticket) {
  if (!ticket.has_hand_over()) return;
  ticket.mutable_hand_over()->clear_owner();
  ticket.mutable_hand_over()->clear_due_time();
  ClearDeadline(ticket, v1::DEADLINE_KIND_HAND_OVER);
}

void LeaveDirector(v1::Ticket& ticket) {
  if (!ticket.has_director()) return;
  ticket.clear_director();
  ClearDeadline(ticket, v1::DEADLINE_KIND_DIRECTOR);
}

}  // namespace redress::engine
