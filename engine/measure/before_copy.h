// Copies of tickets as they were before an event, without the decision that routed them, unless a
// measure makes use of it: it is much of a ticket, and whoever goes through a whole ledger copies a
// ticket for each of its events.
#pragma once

#include "engine/measure/built_in_dimension.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

class BeforeCopy {
 public:
  // `reads`: the fields that measures make use of. Tally makes no use of the decision.
  explicit BeforeCopy(const TicketFields& reads)
      : has_decision_(reads[v1::Ticket::kDecisionFieldNumber]) {}

  // Makes `copy` what the ticket is, but for that. The ticket stays as it is; it is changed only
  // meanwhile.
  void Copy(v1::Ticket& ticket, v1::Ticket& copy) const;

 private:
  const bool has_decision_;
};

}  // namespace redress::engine
