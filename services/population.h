// The tickets that a sample is drawn from.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// Visits the population of a draw in the order of the ids, from `first_id` on and before `end_id`,
// each ticket as far as its stratum goes as it was after its last resolving in the period. Stops
// early when `visit` returns false. REQUIRES: the draw's days are days, and it names the commit
// that it looks at.
absl::Status ScanPopulation(const storage::LedgerReader& reader, absl::string_view tenant,
                            const v1::SampleDrawn& draw, uint64_t first_id, uint64_t end_id,
                            absl::FunctionRef<bool(const v1::Ticket&)> visit);

}  // namespace redress::services
