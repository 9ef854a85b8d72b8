#include "engine/measure/before_copy.h"

namespace redress::engine {

void BeforeCopy::Copy(v1::Ticket& ticket, v1::Ticket& copy) const {
  if (has_decision_) {
    copy.CopyFrom(ticket);
    return;
  }
  v1::Decision* const decision = ticket.unsafe_arena_release_decision();
  copy.CopyFrom(ticket);
  ticket.unsafe_arena_set_allocated_decision(decision);
}

}  // namespace redress::engine
