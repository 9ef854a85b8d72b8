#include "engine/ticket/chain.h"

#include "engine/ticket/deadline.h"

namespace redress::engine {

void SetChain(v1::Ticket& ticket, const v1::Event& event) {
  if (!event.has_chain_change()) return;
  const v1::ChainChange& change = event.chain_change();
  if (change.has_started()) *ticket.mutable_chain() = change.started();
  if (change.has_next_time()) *ticket.mutable_chain()->mutable_next_time() = change.next_time();
}

void PassStep(v1::Ticket& ticket) {
  v1::Chain& chain = *ticket.mutable_chain();
  chain.set_next_step(chain.next_step() + 1);
  if (chain.next_step() < static_cast<uint32_t>(chain.steps_size())) return;
  chain.set_state(v1::CHAIN_STATE_FINISHED);
  chain.clear_next_time();
}

void FollowChain(v1::Ticket& ticket) {
  if (!ticket.has_chain()) return;
  const bool climbs = RunsChain(ticket) && ticket.state() != v1::TICKET_STATE_PAUSED;
  if (climbs) SetDeadline(ticket, v1::DEADLINE_KIND_CHAIN, ticket.chain().next_time());
  else ClearDeadline(ticket, v1::DEADLINE_KIND_CHAIN);
}

v1::ChainStepKey NextStepKey(const v1::Ticket& ticket) {
  const v1::Chain& chain = ticket.chain();
  v1::ChainStepKey key;
  key.set_chain(chain.rule());
  key.set_playbook_hash(chain.playbook_hash());
  key.set_cycle(chain.cycle());
  key.set_generation(chain.generation());
  key.set_step(chain.steps(static_cast<int>(chain.next_step())).id());
  key.set_place(chain.next_step());
  return key;
}

v1::ClockTerms TermsOf(const v1::Chain& chain, const v1::ChainStep& step) {
  v1::ClockTerms terms;
  terms.set_playbook_hash(chain.playbook_hash());
  terms.set_calendar(step.calendar());
  terms.set_calendar_hash(step.calendar_hash());
  return terms;
}

}  // namespace redress::engine
