#include "services/report_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/time/instant.h"
#include "services/cell_cache.h"

namespace redress::services {

absl::StatusOr<int32_t> FirstDay(const storage::LedgerReader& reader, absl::string_view tenant,
                                 int32_t today) {
  int32_t first = engine::MonthOf(today) + 1;
  engine::CellKey key;
  key.granularity = engine::Granularity::kMonth;
  RETURN_IF_ERROR(reader.ScanCells(tenant, AddressOf(key), static_cast<uint32_t>(first),
                                   [&](const storage::CellAddress& address, const v1::StoredCell&) {
                                     first = std::min(first, static_cast<int32_t>(address.period));
                                   }));
  return std::min(engine::FirstDayOf(first), today);
}

absl::StatusOr<ReportResult> ReadReport(const storage::LedgerReader& reader,
                                        absl::string_view tenant,
                                        const v1::GetReportRequest& request, absl::Time now) {
  engine::ReportRequest asked;
  asked.from_day = request.from_day();
  asked.to_day = request.to_day();
  for (const int dimension : request.by())
    asked.by.push_back(static_cast<v1::Dimension>(dimension));
  asked.today = engine::DayOf(engine::ToTimestamp(now));
  ASSIGN_OR_RETURN(asked.first_day, FirstDay(reader, tenant, asked.today));
  auto plan = engine::PlanReport(asked);
  if (auto* failure = std::get_if<engine::ReportFailure>(&plan)) return *std::move(failure);

  engine::ReportBuilder builder(std::get<engine::ReportPlan>(std::move(plan)));
  bool damaged = false;
  for (const engine::CellRange& range : builder.plan().ranges) {
    engine::CellKey from;
    from.dimension = range.dimension;
    from.granularity = range.granularity;
    from.group = range.group;
    from.period = range.from_period;
    RETURN_IF_ERROR(reader.ScanCells(
        tenant, AddressOf(from), static_cast<uint32_t>(range.to_period),
        [&](const storage::CellAddress& address, const v1::StoredCell& stored) {
          const std::optional<engine::Cell> cell = engine::Cell::FromStored(stored);
          damaged |= !cell.has_value();
          if (cell)
            builder.Add(range, static_cast<int32_t>(address.period), address.value, *cell);
        }));
  }
  if (damaged) return absl::DataLossError("a counter cell is damaged");
  ReportResult result = builder.Build();
  if (auto* report = std::get_if<v1::Report>(&result)) {
    ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
    report->set_commit(head.commit());
    report->set_commit_hash(head.hash());
    *report->mutable_create_time() = engine::ToTimestamp(now);
  }
  return result;
}

}  // namespace redress::services
