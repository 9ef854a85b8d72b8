// The state table, as data: which facts a ticket in a state allows, and the state after each.
#pragma once

#include <optional>

#include "redress/v1/event.pb.h"
#include "redress/v1/types.pb.h"

namespace redress::engine {

using Fact = v1::Event::FactCase;

// The state after the fact, or nothing when the state does not allow it. UNSPECIFIED: the fact or
// the ticket carries it (a pause ends in the state before it, an imported history settles in the
// state that it ended in). An imported history may skip steps that only people here take.
std::optional<v1::TicketState> NextState(v1::TicketState state, Fact fact,
                                         v1::Provenance provenance);

inline bool Allows(v1::TicketState state, Fact fact) {
  return NextState(state, fact, v1::PROVENANCE_LIVE).has_value();
}

}  // namespace redress::engine
