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
#include "engine/measure/measure_cells.h"
#include "engine/measure/report_refusal.h"
#include "engine/ticket/apply.h"
#include "engine/time/instant.h"
#include "services/as_of.h"
#include "services/figure_difference.h"
#include "services/history.h"
#include "services/measure_keeper.h"
#include "services/replay.h"
#include "services/report_reader.h"

namespace redress::services {
namespace {

using engine::Measure;
using engine::Refuse;
using engine::ReportFailure;

constexpr absl::string_view kEverySplit = "*";

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

// The split whose members are asked for, see MeasureDelta::splits.
std::variant<int, ReportFailure> SplitOf(const Measure& measure,
                                         const v1::ListMembersRequest& request) {
  if (request.by().empty()) return 0;
  const std::optional<int> split = measure.FindSplit(request.by());
  if (!split) return Refuse("by", "is not a split of this measure");
  const size_t dimensions = measure.splits[static_cast<size_t>(*split)].size();
  if (static_cast<size_t>(request.values_size()) != dimensions)
    return Refuse("values", absl::StrCat("must be ", dimensions, ", one for each of ",
                                         request.by(), "; there are ", request.values_size()));
  return *split + 1;
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

using OneReport = std::variant<v1::MeasureReport, ReportFailure>;

absl::StatusOr<OneReport> ReadOne(const storage::LedgerReader& reader, absl::string_view tenant,
                                  const Measure& measure, const v1::MeasureState& state,
                                  const engine::MeasurePeriod& period,
                                  const v1::GetMeasuresRequest& request) {
  engine::MeasureReportBuilder builder(measure, period, SplitsOf(measure, request),
                                       request.rank());
  ASSIGN_OR_RETURN(const auto open, reader.ReadOpenCells(tenant));
  bool damaged = false;
  for (const engine::MeasureRange& range : builder.ranges()) {
    engine::MeasureCells::Place place;
    place.split = range.split;
    place.granularity = range.granularity;
    place.period = range.from_period;
    RETURN_IF_ERROR(reader.ScanCells(
        tenant, open, AddressOf(state.number(), place), static_cast<uint32_t>(range.to_period),
        [&](const storage::CellAddress& address, const v1::StoredCell& stored) {
          const auto cell = engine::Cell::FromStored(stored, engine::MeasureEntry::IsKey);
          damaged |= !cell.has_value();
          if (cell) builder.Add(range, static_cast<int32_t>(address.period), address.value, *cell);
        }));
  }
  if (damaged) return absl::DataLossError("a counter cell is damaged");
  return builder.Build();
}

int32_t FilledPercent(const v1::MeasureState& state) {
  const uint64_t all = state.end_ticket_id() - std::min<uint64_t>(state.end_ticket_id(), 1);
  const uint64_t done = state.next_ticket_id() - std::min<uint64_t>(state.next_ticket_id(), 1);
  const bool is_done = state.next_ticket_id() >= state.end_ticket_id();
  return is_done ? 100 : static_cast<int32_t>(99 * done / all);
}

// By rising place.
using CountedCells = std::vector<std::pair<engine::MeasureCells::Place, engine::Cell>>;

// What the events of the ledger come to.
absl::StatusOr<CountedCells> CountLedger(const storage::LedgerReader& reader,
                                         absl::string_view tenant,
                                         const engine::Playbook& playbook,
                                         const std::vector<int>& places, uint64_t last_commit) {
  engine::MeasureEvaluation evaluation(playbook.measures());
  engine::MeasureCells counted;
  engine::MeasureChoice wanted;
  for (const int place : places) wanted.set(static_cast<size_t>(place));
  RETURN_IF_ERROR(Replay(reader, tenant, last_commit, [&](const ReplayedEvent& replayed) {
    counted.Add(evaluation.Evaluate(replayed.before, replayed.event, replayed.after,
                                    engine::DayOf(replayed.record_time), wanted));
  }));
  return counted.Take();
}

OneReport BuildOne(const CountedCells& counted, int place, const Measure& measure,
                   const engine::MeasurePeriod& period, const v1::GetMeasuresRequest& request) {
  engine::MeasureReportBuilder builder(measure, period, SplitsOf(measure, request),
                                       request.rank());
  for (const engine::MeasureRange& range : builder.ranges()) {
    const engine::MeasureCells::Place from{place, range.split, range.granularity,
                                           range.from_period, ""};
    const auto is_before = [](const auto& cell, const engine::MeasureCells::Place& key) {
      return cell.first < key;
    };
    auto it = std::lower_bound(counted.begin(), counted.end(), from, is_before);
    engine::MeasureCells::Place end = from;
    end.period = range.to_period;
    for (; it != counted.end() && it->first < end; ++it)
      builder.Add(range, it->first.period, it->first.value, it->second);
  }
  return builder.Build();
}

absl::StatusOr<std::variant<engine::MeasurePeriod, ReportFailure>> PeriodOf(
    const storage::LedgerReader& reader, absl::string_view tenant, engine::MeasureQuery query,
    absl::Time now) {
  query.today = engine::DayOf(engine::ToTimestamp(now));
  ASSIGN_OR_RETURN(query.first_day, FirstDay(reader, tenant, query.today));
  return engine::ReadPeriod(query);
}

// What is asked of which measures over which period.
struct Asked {
  engine::MeasurePeriod period;
  std::vector<int> places;
  // Up to where the ledger is meant; 0: all of it.
  uint64_t last_commit = 0;
};

absl::StatusOr<std::variant<Asked, ReportFailure>> ReadAsked(const storage::LedgerReader& reader,
                                                             absl::string_view tenant,
                                                             const engine::Playbook* playbook,
                                                             const v1::GetMeasuresRequest& request,
                                                             absl::Time now) {
  using Result = std::variant<Asked, ReportFailure>;
  Asked asked;
  engine::MeasureQuery query;
  query.from_day = request.from_day();
  query.to_day = request.to_day();
  query.as_of_day = request.as_of_day();
  query.series = request.series();
  const bool is_instant = request.has_as_of_time() || request.as_of_commit() != 0;
  // A day is counted from the cells; only a check needs to know where it ends in the ledger.
  if (is_instant || (request.check() && !request.as_of_day().empty())) {
    ASSIGN_OR_RETURN(auto horizon, FindHorizon(reader, tenant, AsOfOf(request), now));
    if (auto* failure = std::get_if<ReportFailure>(&horizon)) return Result(*std::move(failure));
    asked.last_commit = std::get<Horizon>(horizon).commit;
    if (is_instant && query.to_day.empty())
      query.to_day = engine::FormatDay(std::get<Horizon>(horizon).day + 1);
  }
  if (is_instant && request.check())
    return Result(Refuse(
        "check", "must not be given: figures as of an instant are counted from the ledger"));
  ASSIGN_OR_RETURN(auto period, PeriodOf(reader, tenant, query, now));
  if (auto* failure = std::get_if<ReportFailure>(&period)) return Result(std::move(*failure));
  asked.period = std::get<engine::MeasurePeriod>(period);
  auto places = FindMeasures(playbook, request);
  if (auto* failure = std::get_if<ReportFailure>(&places)) return Result(std::move(*failure));
  asked.places = std::get<std::vector<int>>(std::move(places));
  if (auto failure = CheckSplits(playbook, asked.places, request))
    return Result(*std::move(failure));
  return Result(std::move(asked));
}

// From the cells; the failure of the first that cannot be served.
absl::StatusOr<std::optional<ReportFailure>> AddFromCells(const storage::LedgerReader& reader,
                                                          absl::string_view tenant,
                                                          const engine::Playbook& playbook,
                                                          const Asked& asked,
                                                          const v1::GetMeasuresRequest& request,
                                                          v1::GetMeasuresResponse& response) {
  using Result = std::optional<ReportFailure>;
  ASSIGN_OR_RETURN(const v1::MeasureStates states, reader.ReadMeasures(tenant));
  for (const int place : asked.places) {
    const Measure& measure = playbook.measures().measures()[place];
    const v1::MeasureState* state = FindState(states, measure.version);
    if (state == nullptr) return absl::AbortedError("the playbook has just changed");
    const int32_t filled = FilledPercent(*state);
    if (request.check() && filled < 100)
      return Result(Refuse("check", absl::StrCat("the history of ", measure.rule->id(),
                                                 " is still being counted, ", filled,
                                                 " percent are done")));
    ASSIGN_OR_RETURN(OneReport report,
                     ReadOne(reader, tenant, measure, *state, asked.period, request));
    if (auto* failure = std::get_if<ReportFailure>(&report)) return Result(*std::move(failure));
    std::get<v1::MeasureReport>(report).set_filled_percent(filled);
    *response.add_measures() = std::get<v1::MeasureReport>(std::move(report));
  }
  return Result();
}

// From the ledger: adds the reports, or compares those that are there already.
absl::StatusOr<std::optional<ReportFailure>> AddFromLedger(const storage::LedgerReader& reader,
                                                           absl::string_view tenant,
                                                           const engine::Playbook& playbook,
                                                           const Asked& asked, uint64_t last_commit,
                                                           const v1::GetMeasuresRequest& request,
                                                           v1::GetMeasuresResponse& response) {
  using Result = std::optional<ReportFailure>;
  ASSIGN_OR_RETURN(const CountedCells counted,
                   CountLedger(reader, tenant, playbook, asked.places, last_commit));
  for (size_t i = 0; i < asked.places.size(); ++i) {
    const int place = asked.places[i];
    const Measure& measure = playbook.measures().measures()[place];
    OneReport report = BuildOne(counted, place, measure, asked.period, request);
    if (auto* failure = std::get_if<ReportFailure>(&report)) return Result(*std::move(failure));
    auto& built = std::get<v1::MeasureReport>(report);
    built.set_filled_percent(100);
    if (!request.check()) {
      response.add_measures()->Swap(&built);
      continue;
    }
    const std::string difference =
        FindDifference(response.measures(static_cast<int>(i)), built);
    if (!difference.empty())
      return Result(ReportFailure{ReportFailure::Kind::kCheckFailed, difference, ""});
  }
  return Result();
}

}  // namespace

absl::StatusOr<MeasuresResult> ReadMeasureReports(const storage::LedgerReader& reader,
                                                  absl::string_view tenant,
                                                  const engine::Playbook* playbook,
                                                  const v1::GetMeasuresRequest& request,
                                                  absl::Time now) {
  ASSIGN_OR_RETURN(auto read, ReadAsked(reader, tenant, playbook, request, now));
  if (auto* failure = std::get_if<ReportFailure>(&read)) return std::move(*failure);
  const Asked& asked = std::get<Asked>(read);
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  const bool is_instant = request.has_as_of_time() || request.as_of_commit() != 0;
  const uint64_t commit = is_instant ? asked.last_commit : head.commit();

  v1::GetMeasuresResponse response;
  if (playbook != nullptr && !is_instant) {
    ASSIGN_OR_RETURN(auto failure,
                     AddFromCells(reader, tenant, *playbook, asked, request, response));
    if (failure) return MeasuresResult(*std::move(failure));
  }
  if (playbook != nullptr && (is_instant || request.check())) {
    const uint64_t last = asked.last_commit != 0 || !request.as_of_day().empty()
                              ? asked.last_commit
                              : commit;
    ASSIGN_OR_RETURN(auto failure,
                     AddFromLedger(reader, tenant, *playbook, asked, last, request, response));
    if (failure) return MeasuresResult(*std::move(failure));
    response.set_is_checked(request.check());
  }
  response.set_from_day(engine::FormatDay(asked.period.from_day));
  response.set_to_day(engine::FormatDay(asked.period.to_day));
  response.set_as_of_day(request.as_of_day());
  ASSIGN_OR_RETURN(LedgerPlace place, ReadPlace(reader, tenant, commit));
  response.set_commit(commit);
  response.set_commit_hash(place.hash);
  if (commit != 0) *response.mutable_commit_time() = place.time;
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
  const auto found = SplitOf(measure, request);
  if (const auto* failure = std::get_if<ReportFailure>(&found)) return Result(*failure);
  const int split = std::get<int>(found);
  if (!v1::MeasurePart_IsValid(request.part())) return Result(Refuse("part", "has no such value"));
  engine::MeasureQuery query;
  query.from_day = request.from_day();
  query.to_day = request.to_day();
  query.as_of_day = request.as_of_day();
  uint64_t last_commit = kEveryCommit;
  if (request.has_as_of_time() || request.as_of_commit() != 0) {
    ASSIGN_OR_RETURN(auto horizon, FindHorizon(reader, tenant, AsOfOf(request), now));
    if (auto* failure = std::get_if<ReportFailure>(&horizon)) return Result(std::move(*failure));
    last_commit = std::get<Horizon>(horizon).commit;
    if (query.to_day.empty())
      query.to_day = engine::FormatDay(std::get<Horizon>(horizon).day + 1);
  }
  ASSIGN_OR_RETURN(auto period, PeriodOf(reader, tenant, query, now));
  if (auto* failure = std::get_if<ReportFailure>(&period)) return Result(std::move(*failure));
  const auto& read = std::get<engine::MeasurePeriod>(period);

  const std::vector<std::string> values(request.values().begin(), request.values().end());
  const std::string value = split == 0 ? "" : engine::JoinValues(values);
  HistoryReader histories(reader, tenant);
  engine::MeasureEvaluation evaluation(playbook->measures());
  engine::MeasureChoice wanted;
  wanted.set(static_cast<size_t>(*place));
  const auto amount_of = [&](const v1::Ticket& ticket) -> absl::StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const std::vector<DatedEvent> history, histories.ReadDated(ticket));
    int64_t amount = 0;
    std::optional<v1::Ticket> before;
    for (const DatedEvent& dated : history) {
      if (dated.position.commit() > last_commit) break;
      v1::Ticket after = engine::Apply(before.value_or(v1::Ticket()), dated.event);
      const engine::MeasureDeltas& deltas =
          evaluation.Evaluate(before ? &*before : nullptr, dated.event, after,
                              engine::DayOf(dated.record_time), wanted);
      for (const engine::MeasureDelta& delta : deltas.all())
        if (delta.splits[static_cast<size_t>(split)] && deltas.JoinedValue(delta, split) == value)
          amount += engine::MemberAmount(delta, measure, read, request.part());
      before = std::move(after);
    }
    return amount;
  };
  ASSIGN_OR_RETURN(MemberPage page,
                   ReadMembersBy(reader, tenant, amount_of, first_ticket_id, size));
  return Result(std::move(page));
}

}  // namespace redress::services
