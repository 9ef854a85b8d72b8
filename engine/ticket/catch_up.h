// Letting time catch up with a ticket before anybody acts on it.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "engine/ticket/draft.h"

namespace redress::engine {

// Records what every deadline before `now` does, in the order of the deadlines, each at its due
// instant. So a promise is broken at its exact instant also when it is noticed late, and nobody
// acts under a lease that has ended. A deadline is kept when met at its very instant.
void CatchUp(const Facts& facts, Draft& draft, absl::Time now);

// The same for an imported history, where only promises count, as of the instant of the next fact.
void CatchUpImported(Draft& draft, absl::Time now);

// What ends a running pause at `end`. `cap_reached`: at its cap.
v1::TicketResumed EndPause(const v1::Ticket& ticket, absl::Time end, bool cap_reached);

}  // namespace redress::engine
