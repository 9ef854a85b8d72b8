#include "services/measure_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "engine/cel/issue.h"
#include "engine/measure/day.h"
#include "engine/ticket/apply.h"
#include "engine/time/instant.h"
#include "services/history.h"
#include "services/measure_keeper.h"
#include "services/report_reader.h"

namespace redress::services {
namespace {

using engine::Measure;
using engine::ReportFailure;

constexpr absl::string_view kEverySplit = "*";

ReportFailure Refuse(absl::string_view field, absl::string_view rule) {
  return {ReportFailure::Kind::kRefused, absl::StrCat(field, ": ", rule), std::string(field)};
}

ReportFailure NoSuchMeasure(absl::string_view field, absl::string_view id,
                            const engine::Playbook* playbook) {
  std::vector<std::string> ids;
  if (playbook != nullptr)
    for (const Measure& measure : playbook->measures().measures())
      ids.push_back(measure.rule->id());
  if (ids.empty()) return Refuse(field, "the playbook has no measures");
  return Refuse(field, absl::StrCat("no measure is named \"", id, "\"", cel::DidYouMean(id, ids)));
}

// Places in the playbook's measures.
std::variant<std::vector<int>, ReportFailure> FindMeasures(const engine::Playbook* playbook,
                                                           const v1::GetMeasuresRequest& request) {
  std::vector<int> places;
  for (const std::string& id : request.measures()) {
    const std::optional<int> place =
        playbook == nullptr ? std::nullopt : playbook->measures().Find(id);
    if (!place) return NoSuchMeasure("measures", id, playbook);
    places.push_back(*place);
  }
  if (!request.measures().empty() || playbook == nullptr) return places;
  for (size_t i = 0; i < playbook->measures().measures().size(); ++i)
    places.push_back(static_cast<int>(i));
  return places;
}

// The splits of a measure that were asked for.
std::vector<int> SplitsOf(const Measure& measure, const v1::GetMeasuresRequest& request) {
  std::vector<int> splits;
  for (size_t i = 0; i < measure.splits.size(); ++i) {
    const std::string name = measure.SplitName(static_cast<int>(i));
    const bool is_wanted =
        std::any_of(request.by().begin(), request.by().end(),
                    [&](const std::string& by) { return by == kEverySplit || by == name; });
    if (is_wanted) splits.push_back(static_cast<int>(i) + 1);
  }
  return splits;
}

// A name that no measure can be split by is an error of the caller.
std::optional<ReportFailure> CheckSplits(const engine::Playbook* playbook,
                                         const std::vector<int>& places,
                                         const v1::GetMeasuresRequest& request) {
  for (const std::string& by : request.by()) {
    if (by == kEverySplit) continue;
    std::vector<std::string> known;
    for (const int place : places) {
      const Measure& measure = playbook->measures().measures()[place];
      for (size_t i = 0; i < measure.splits.size(); ++i)
        known.push_back(measure.SplitName(static_cast<int>(i)));
    }
    if (std::find(known.begin(), known.end(), by) == known.end())
      return Refuse("by", absl::StrCat("none of these measures is split by \"", by, "\"",
                                       cel::DidYouMean(by, known)));
  }
  return std::nullopt;
}

absl::StatusOr<std::variant<v1::MeasureReport, ReportFailure>> ReadOne(
    const storage::LedgerReader& reader, absl::string_view tenant, const Measure& measure,
    const v1::MeasureState& state, const engine::MeasurePeriod& period,
    const v1::GetMeasuresRequest& request) {
  engine::MeasureReportBuilder builder(measure, period, SplitsOf(measure, request));
  bool damaged = false;
  for (const engine::MeasureRange& range : builder.ranges()) {
    engine::MeasureCells::Place place;
    place.split = range.split;
    place.granularity = range.granularity;
    place.period = range.from_period;
    RETURN_IF_ERROR(reader.ScanCells(
        tenant, AddressOf(state.number(), place), static_cast<uint32_t>(range.to_period),
        [&](const storage::CellAddress& address, const v1::StoredCell& stored) {
          const auto cell = engine::Cell::FromStored(stored, engine::MeasureEntry::IsKey);
          damaged |= !cell.has_value();
          if (cell) builder.Add(range, static_cast<int32_t>(address.period), address.value, *cell);
        }));
  }
  if (damaged) return absl::DataLossError("a counter cell is damaged");
  auto result = builder.Build(request.rank());
  if (auto* report = std::get_if<v1::MeasureReport>(&result)) {
    const uint64_t all = state.end_ticket_id() - std::min<uint64_t>(state.end_ticket_id(), 1);
    const uint64_t done = state.next_ticket_id() - std::min<uint64_t>(state.next_ticket_id(), 1);
    const bool is_done = state.next_ticket_id() >= state.end_ticket_id();
    report->set_filled_percent(is_done ? 100 : static_cast<int32_t>(99 * done / all));
  }
  return result;
}

absl::StatusOr<std::variant<engine::MeasurePeriod, ReportFailure>> PeriodOf(
    const storage::LedgerReader& reader, absl::string_view tenant, engine::MeasureQuery query,
    absl::Time now) {
  query.today = engine::DayOf(engine::ToTimestamp(now));
  ASSIGN_OR_RETURN(query.first_day, FirstDay(reader, tenant, query.today));
  return engine::ReadPeriod(query);
}

}  // namespace

absl::StatusOr<MeasuresResult> ReadMeasureReports(const storage::LedgerReader& reader,
                                                  absl::string_view tenant,
                                                  const engine::Playbook* playbook,
                                                  const v1::GetMeasuresRequest& request,
                                                  absl::Time now) {
  engine::MeasureQuery query;
  query.from_day = request.from_day();
  query.to_day = request.to_day();
  query.as_of_day = request.as_of_day();
  query.series = request.series();
  ASSIGN_OR_RETURN(auto period, PeriodOf(reader, tenant, query, now));
  if (auto* failure = std::get_if<ReportFailure>(&period)) return std::move(*failure);
  const auto& read = std::get<engine::MeasurePeriod>(period);
  auto places = FindMeasures(playbook, request);
  if (auto* failure = std::get_if<ReportFailure>(&places)) return std::move(*failure);
  const auto& wanted = std::get<std::vector<int>>(places);
  if (auto failure = CheckSplits(playbook, wanted, request)) return *std::move(failure);

  v1::GetMeasuresResponse response;
  ASSIGN_OR_RETURN(const v1::MeasureStates states, reader.ReadMeasures(tenant));
  for (const int place : wanted) {
    const Measure& measure = playbook->measures().measures()[place];
    const v1::MeasureState* state = FindState(states, measure.version);
    if (state == nullptr) return absl::AbortedError("the playbook has just changed");
    ASSIGN_OR_RETURN(auto report, ReadOne(reader, tenant, measure, *state, read, request));
    if (auto* failure = std::get_if<ReportFailure>(&report)) return std::move(*failure);
    *response.add_measures() = std::get<v1::MeasureReport>(std::move(report));
  }
  response.set_from_day(engine::FormatDay(read.from_day));
  response.set_to_day(engine::FormatDay(read.to_day));
  response.set_as_of_day(request.as_of_day());
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  response.set_commit(head.commit());
  response.set_commit_hash(head.hash());
  *response.mutable_create_time() = engine::ToTimestamp(now);
  return response;
}

absl::StatusOr<std::variant<MemberPage, ReportFailure>> ReadMeasureMembers(
    const storage::LedgerReader& reader, absl::string_view tenant, const engine::Playbook* playbook,
    const v1::ListMembersRequest& request, uint64_t first_ticket_id, int size, absl::Time now) {
  using Result = std::variant<MemberPage, ReportFailure>;
  const std::optional<int> place =
      playbook == nullptr ? std::nullopt : playbook->measures().Find(request.measure());
  if (!place) return Result(NoSuchMeasure("measure", request.measure(), playbook));
  const Measure& measure = playbook->measures().measures()[*place];
  std::optional<int> split = 0;
  if (!request.by().empty()) {
    split = measure.FindSplit(request.by());
    if (!split) return Result(Refuse("by", "is not a split of this measure"));
    ++*split;
  }
  if (!v1::MeasurePart_IsValid(request.part())) return Result(Refuse("part", "has no such value"));
  engine::MeasureQuery query;
  query.from_day = request.from_day();
  query.to_day = request.to_day();
  query.as_of_day = request.as_of_day();
  ASSIGN_OR_RETURN(auto period, PeriodOf(reader, tenant, query, now));
  if (auto* failure = std::get_if<ReportFailure>(&period)) return Result(std::move(*failure));
  const auto& read = std::get<engine::MeasurePeriod>(period);

  const std::vector<std::string> values(request.values().begin(), request.values().end());
  const std::string value = *split == 0 ? "" : engine::JoinValues(values);
  HistoryReader histories(reader, tenant);
  engine::MeasureEvaluation evaluation(playbook->measures());
  std::vector<engine::MeasureDelta> deltas;
  const auto amount_of = [&](const v1::Ticket& ticket) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const std::vector<DatedEvent> history, histories.ReadDated(ticket));
    deltas.clear();
    std::optional<v1::Ticket> before;
    for (const DatedEvent& dated : history) {
      v1::Ticket after = engine::Apply(before.value_or(v1::Ticket()), dated.event);
      evaluation.Add(before ? &*before : nullptr, dated.event, after,
                     engine::DayOf(dated.record_time), {*place}, deltas);
      before = std::move(after);
    }
    int64_t amount = 0;
    for (const engine::MeasureDelta& delta : deltas)
      if (delta.split == *split && delta.value == value)
        amount += engine::MemberAmount(delta, measure, read, request.part());
    return amount;
  };
  ASSIGN_OR_RETURN(MemberPage page,
                   ReadMembersBy(reader, tenant, amount_of, first_ticket_id, size));
  return Result(std::move(page));
}

}  // namespace redress::services
