// Reads what reports of measures need from the counter cells.
#pragma once

#include <memory>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/measure/measure_report.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/audit_service.pb.h"
#include "services/members.h"
#include "storage/ledger.h"

namespace redress::services {

using MeasuresResult = std::variant<v1::GetMeasuresResponse, engine::ReportFailure>;

// The figures as of the reader's state, or as of a day, cost cells, not tickets; as of an instant
// or a commit, or with `check`, a scan of the ledger up to there. `playbook`: the live one; null
// when there is none.
absl::StatusOr<MeasuresResult> ReadMeasureReports(const storage::LedgerReader& reader,
                                                  absl::string_view tenant,
                                                  const engine::Playbook* playbook,
                                                  const v1::GetMeasuresRequest& request,
                                                  absl::Time now);

// The tickets behind a figure of a measure, or the fields that are wrong. As ReadMembers.
absl::StatusOr<std::variant<MemberPage, engine::ReportFailure>> ReadMeasureMembers(
    const storage::LedgerReader& reader, absl::string_view tenant, const engine::Playbook* playbook,
    const v1::ListMembersRequest& request, uint64_t first_ticket_id, int size, absl::Time now);

}  // namespace redress::services
