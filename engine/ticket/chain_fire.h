// What the due step of a ticket's chain does.
#pragma once

#include "absl/time/time.h"
#include "engine/ticket/draft.h"

namespace redress::engine {

// What guards see of a ticket at `time`.
v1::ChainFacts ChainFactsOf(const v1::Ticket& ticket, absl::Time time);

// Records that the next step fired or was skipped, and what it does to the ticket. REQUIRES: the
// ticket's chain runs, and its next step was due at `due`.
void FireChainStep(const Facts& facts, Draft& draft, absl::Time due);

}  // namespace redress::engine
