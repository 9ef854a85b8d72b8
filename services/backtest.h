// Decides a tenant's stored tickets again with a candidate playbook.
//
// Memory stays bounded: tickets are read in pages, and only what they come to is kept. Pages are
// tried on several threads and counted in order, so the finding does not depend on how many.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/rejection.h"
#include "redress/v1/playbook_service.pb.h"
#include "services/worker_pool.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets read at a time.
inline constexpr uint64_t kBacktestPage = 500;

// The days on which tickets were opened, as days since 1970 in UTC: from the first up to before the
// last.
struct BacktestDays {
  int32_t from;
  int32_t to;
};

// The days that a request names, and what is wrong with them. An empty one is open.
BacktestDays ParseDays(const std::string& from_day, const std::string& to_day,
                       std::vector<engine::FieldViolation>& violations);

// Called after each page with how far it is; false stops.
using BacktestProgress = absl::FunctionRef<bool(const v1::BacktestPlaybookResponse&)>;

// What would change, in the order in which the tickets were opened; with `done` unset when it was
// stopped. `helpers` lends threads; null: none.
absl::StatusOr<v1::BacktestPlaybookResponse> BacktestLedger(const storage::LedgerReader& reader,
                                                            absl::string_view tenant,
                                                            const engine::Playbook& candidate,
                                                            BacktestDays days, WorkerPool* helpers,
                                                            BacktestProgress tell);

}  // namespace redress::services
