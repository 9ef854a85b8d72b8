#include "services/report_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/counter.h"
#include "engine/measure/day.h"
#include "engine/measure/report_refusal.h"
#include "engine/measure/tally.h"
#include "engine/time/instant.h"
#include "services/as_of.h"
#include "services/cell_cache.h"
#include "services/figure_difference.h"
#include "services/replay.h"
#include "storage/chain.h"

namespace redress::services {
namespace {

using engine::ReportFailure;

engine::CellKey FirstKey(const engine::CellRange& range) {
  engine::CellKey key;
  key.dimension = range.dimension;
  key.granularity = range.granularity;
  key.group = range.group;
  key.period = range.from_period;
  return key;
}

// From the stored cells.
absl::StatusOr<ReportResult> BuildFromCells(const storage::LedgerReader& reader,
                                            absl::string_view tenant, engine::ReportPlan plan) {
  engine::ReportBuilder builder(std::move(plan));
  ASSIGN_OR_RETURN(const auto open, reader.ReadOpenCells(tenant));
  bool damaged = false;
  for (const engine::CellRange& range : builder.plan().ranges)
    RETURN_IF_ERROR(reader.ScanCells(
        tenant, open, AddressOf(FirstKey(range)), static_cast<uint32_t>(range.to_period),
        [&](const storage::CellAddress& address, const v1::StoredCell& stored) {
          const std::optional<engine::Cell> cell = engine::Cell::FromStored(stored);
          damaged |= !cell.has_value();
          if (cell)
            builder.Add(range, static_cast<int32_t>(address.period), address.value, *cell);
        }));
  if (damaged) return absl::DataLossError("a counter cell is damaged");
  return builder.Build();
}

// What the events of the ledger come to, by rising key.
absl::StatusOr<std::vector<engine::CellDelta>> CountLedger(const storage::LedgerReader& reader,
                                                           absl::string_view tenant,
                                                           uint64_t last_commit) {
  engine::CellDeltas counted;
  RETURN_IF_ERROR(Replay(reader, tenant, last_commit, [&](const ReplayedEvent& replayed) {
    counted.Add(engine::Tally(replayed.before, replayed.event, replayed.after));
  }));
  return counted.Take();
}

ReportResult BuildFromCount(const std::vector<engine::CellDelta>& counted,
                            engine::ReportPlan plan) {
  engine::ReportBuilder builder(std::move(plan));
  for (const engine::CellRange& range : builder.plan().ranges) {
    engine::CellKey end = FirstKey(range);
    end.period = range.to_period;
    const auto is_before = [](const engine::CellDelta& delta, const engine::CellKey& key) {
      return delta.key < key;
    };
    auto it = std::lower_bound(counted.begin(), counted.end(), FirstKey(range), is_before);
    for (; it != counted.end() && it->key < end; ++it)
      builder.Add(range, it->key.period, it->key.value, it->cell);
  }
  return builder.Build();
}

// The day of the first figure that was counted; `today` when there is none.
int32_t FirstDayOfCount(const std::vector<engine::CellDelta>& counted, int32_t today) {
  int32_t first = engine::MonthOf(today);
  for (const engine::CellDelta& delta : counted)
    if (delta.key.granularity == engine::Granularity::kMonth &&
        delta.key.dimension == v1::DIMENSION_UNSPECIFIED)
      first = std::min(first, delta.key.period);
  return std::min(engine::FirstDayOf(first), today);
}

engine::ReportRequest AskedOf(const v1::GetReportRequest& request, int32_t today) {
  engine::ReportRequest asked;
  asked.from_day = request.from_day();
  asked.to_day = request.to_day();
  for (const int dimension : request.by())
    asked.by.push_back(static_cast<v1::Dimension>(dimension));
  asked.today = today;
  return asked;
}

// Where in the ledger it stands, and what it means.
absl::Status Sign(const storage::LedgerReader& reader, absl::string_view tenant,
                  uint64_t number, absl::Time now, v1::Report& report) {
  ASSIGN_OR_RETURN(const LedgerPlace place, ReadPlace(reader, tenant, number));
  report.set_commit(number);
  report.set_commit_hash(place.hash);
  if (number != 0) *report.mutable_commit_time() = place.time;
  report.set_version(engine::CountersVersion());
  *report.mutable_create_time() = engine::ToTimestamp(now);
  return absl::OkStatus();
}

// As of an earlier state: by going through the ledger.
absl::StatusOr<ReportResult> ReadAsOf(const storage::LedgerReader& reader,
                                      absl::string_view tenant,
                                      const v1::GetReportRequest& request, absl::Time now) {
  if (request.check())
    return ReportResult(engine::Refuse(
        "check", "must not be given: a report as of an earlier state is counted from the ledger"));
  ASSIGN_OR_RETURN(auto found, FindHorizon(reader, tenant, AsOfOf(request), now));
  if (auto* failure = std::get_if<ReportFailure>(&found)) return ReportResult(*std::move(failure));
  const Horizon horizon = std::get<Horizon>(found);
  engine::ReportRequest asked = AskedOf(request, horizon.day);
  asked.first_day = horizon.day;
  // What is wrong with the request is told before the ledger is gone through.
  auto plan = engine::PlanReport(asked);
  const bool knows_first_day = !request.from_day().empty();
  if (auto* failure = std::get_if<ReportFailure>(&plan); failure != nullptr && knows_first_day)
    return ReportResult(*std::move(failure));
  ASSIGN_OR_RETURN(const auto counted, CountLedger(reader, tenant, horizon.commit));
  asked.first_day = FirstDayOfCount(counted, horizon.day);
  plan = engine::PlanReport(asked);
  if (auto* failure = std::get_if<ReportFailure>(&plan)) return ReportResult(*std::move(failure));
  ReportResult result = BuildFromCount(counted, std::get<engine::ReportPlan>(std::move(plan)));
  if (auto* report = std::get_if<v1::Report>(&result))
    RETURN_IF_ERROR(Sign(reader, tenant, horizon.commit, now, *report));
  return result;
}

// Whether the ledger says the same.
absl::StatusOr<std::optional<ReportFailure>> CheckAgainstLedger(
    const storage::LedgerReader& reader, absl::string_view tenant, const engine::ReportPlan& plan,
    uint64_t commit, const v1::Report& report) {
  using Result = std::optional<ReportFailure>;
  ASSIGN_OR_RETURN(const auto counted, CountLedger(reader, tenant, commit));
  const ReportResult again = BuildFromCount(counted, plan);
  if (const auto* failure = std::get_if<ReportFailure>(&again)) return Result(*failure);
  const std::string difference = FindDifference(report, std::get<v1::Report>(again));
  if (difference.empty()) return Result();
  return Result(ReportFailure{ReportFailure::Kind::kCheckFailed, difference, ""});
}

}  // namespace

absl::StatusOr<int32_t> FirstDay(const storage::LedgerReader& reader, absl::string_view tenant,
                                 int32_t today) {
  int32_t first = engine::MonthOf(today) + 1;
  engine::CellKey key;
  key.granularity = engine::Granularity::kMonth;
  ASSIGN_OR_RETURN(const auto open, reader.ReadOpenCells(tenant));
  RETURN_IF_ERROR(reader.ScanCells(tenant, open, AddressOf(key), static_cast<uint32_t>(first),
                                   [&](const storage::CellAddress& address, const v1::StoredCell&) {
                                     first = std::min(first, static_cast<int32_t>(address.period));
                                   }));
  return std::min(engine::FirstDayOf(first), today);
}

absl::StatusOr<LedgerPlace> ReadPlace(const storage::LedgerReader& reader,
                                      absl::string_view tenant, uint64_t commit) {
  if (commit == 0) return LedgerPlace();
  ASSIGN_OR_RETURN(const v1::Commit record, reader.ReadCommit(tenant, commit));
  return LedgerPlace{storage::CommitHash(record), record.time()};
}

absl::StatusOr<ReportResult> ReadReport(const storage::LedgerReader& reader,
                                        absl::string_view tenant,
                                        const v1::GetReportRequest& request, absl::Time now) {
  if (AsOfOf(request).is_given()) return ReadAsOf(reader, tenant, request, now);
  engine::ReportRequest asked = AskedOf(request, engine::DayOf(engine::ToTimestamp(now)));
  ASSIGN_OR_RETURN(asked.first_day, FirstDay(reader, tenant, asked.today));
  auto planned = engine::PlanReport(asked);
  if (auto* failure = std::get_if<ReportFailure>(&planned)) return *std::move(failure);
  const auto& plan = std::get<engine::ReportPlan>(planned);

  ASSIGN_OR_RETURN(ReportResult result, BuildFromCells(reader, tenant, plan));
  auto* report = std::get_if<v1::Report>(&result);
  if (report == nullptr) return result;
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  if (request.check()) {
    ASSIGN_OR_RETURN(auto failure,
                     CheckAgainstLedger(reader, tenant, plan, head.commit(), *report));
    if (failure) return ReportResult(*std::move(failure));
    report->set_is_checked(true);
  }
  RETURN_IF_ERROR(Sign(reader, tenant, head.commit(), now, *report));
  return result;
}

}  // namespace redress::services
