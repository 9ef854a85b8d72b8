// What the due instants of a ticket follow from: every stretch of time that counted or did not, and
// who held the ticket meanwhile (SEMANTICS 1, rule 7).
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "engine/ticket/decision.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket_service.pb.h"

namespace redress::engine {

inline constexpr int kDueSpansMax = 2'000;
inline constexpr int kDueDatesMax = 31;

// Explains every clock of the facts' ticket as of `now`, those by a route's own budget too, in the
// order of kinds. `history` is all of the ticket's events, oldest first. REQUIRES: facts hold the
// calendars that the ticket's clocks are on.
std::vector<v1::ExplainedClock> ExplainDue(const Facts& facts,
                                           const std::vector<v1::Event>& history, absl::Time now);

}  // namespace redress::engine
