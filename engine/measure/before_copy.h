// Copies of tickets as they were before an event, without parts that are much of a ticket and of
// which Tally makes no use, unless a measure does: the decision that routed it, chain, clocks,
// deadlines and issues. Whoever goes through a whole ledger copies a ticket for each of its events.
#pragma once

#include "engine/measure/built_in_dimension.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

class BeforeCopy {
 public:
  // `reads`: the fields that measures make use of.
  explicit BeforeCopy(const TicketFields& reads) : reads_(reads) {}

  // Makes `copy` what the ticket is, but for those parts. The ticket stays as it is; it is changed
  // only meanwhile.
  void Copy(v1::Ticket& ticket, v1::Ticket& copy) const;

 private:
  const TicketFields reads_;
};

}  // namespace redress::engine
