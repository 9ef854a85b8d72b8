// Reads a tenant's history for how well its rules decide; see engine/playbook/rule_review.h.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "redress/v1/playbook_service.pb.h"
#include "services/backtest.h"
#include "services/playbook_store.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets read at a time.
inline constexpr uint64_t kReviewPage = 500;
// Published versions that are looked at for the age of rows. Rows that are older count as having
// come with the oldest of these.
inline constexpr uint32_t kReviewVersionsMax = 50;

// Called after each page with how far it is; false stops.
using ReviewProgress = absl::FunctionRef<bool(const v1::ReviewRulesResponse&)>;

// How well the live playbook's rows decide; with `done` unset when it was stopped. REQUIRES: the
// tenant has a live playbook.
absl::StatusOr<v1::ReviewRulesResponse> ReviewRules(const storage::LedgerReader& reader,
                                                    absl::string_view tenant,
                                                    PlaybookStore& playbooks, BacktestDays days,
                                                    ReviewProgress tell);

}  // namespace redress::services
