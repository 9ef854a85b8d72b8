// Reads what a report needs: from the counter cells, or as of an earlier state from the ledger.
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

// The report as of the reader's state costs cells, not tickets. As of an earlier state, or with
// `check`, it costs a scan of the ledger up to there. A report that contradicts itself, or the
// ledger, is refused.
absl::StatusOr<ReportResult> ReadReport(const storage::LedgerReader& reader,
                                        absl::string_view tenant,
                                        const v1::GetReportRequest& request, absl::Time now);

// What a figure carries of its position in the ledger.
struct LedgerPlace {
  std::string hash;
  google::protobuf::Timestamp time;
};
// Of a commit; empty for 0.
absl::StatusOr<LedgerPlace> ReadPlace(const storage::LedgerReader& reader,
                                      absl::string_view tenant, uint64_t commit);

// The day of the tenant's first figure; `today` when there is none.
absl::StatusOr<int32_t> FirstDay(const storage::LedgerReader& reader, absl::string_view tenant,
                                 int32_t today);

}  // namespace redress::services
