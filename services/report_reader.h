// Reads what a report needs from the counter cells.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/measure/report.h"
#include "redress/v1/audit_service.pb.h"
#include "storage/ledger.h"

namespace redress::services {

using ReportResult = std::variant<v1::Report, engine::ReportFailure>;

// The report as of the reader's state. Costs cells, not tickets.
absl::StatusOr<ReportResult> ReadReport(const storage::LedgerReader& reader,
                                        absl::string_view tenant,
                                        const v1::GetReportRequest& request, absl::Time now);

// The day of the tenant's first figure; `today` when there is none.
absl::StatusOr<int32_t> FirstDay(const storage::LedgerReader& reader, absl::string_view tenant,
                                 int32_t today);

}  // namespace redress::services
