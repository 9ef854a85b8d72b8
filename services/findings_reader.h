// What should be looked at, from the histories of a tenant's tickets.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/measure/report_plan.h"
#include "redress/v1/audit_service.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// Answers of the same words that are told apart.
inline constexpr size_t kSameAnswersShownMax = 100;

// Counts by kind and department. Goes through the whole ledger.
absl::StatusOr<std::variant<v1::GetFindingsResponse, engine::ReportFailure>> ReadFindings(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::GetFindingsRequest& request, absl::Time now);

struct FindingPage {
  std::vector<v1::Finding> findings;
  // The first ticket of the next page; 0: there is none.
  uint64_t next_ticket_id = 0;
};

// The findings of one kind among tickets from `first_ticket_id` on, by rising ticket id; all of one
// ticket are on one page, so it can hold a few more than `size`.
absl::StatusOr<std::variant<FindingPage, engine::ReportFailure>> ReadFindingPage(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const v1::ListFindingsRequest& request, uint64_t first_ticket_id, int size, absl::Time now);

}  // namespace redress::services
