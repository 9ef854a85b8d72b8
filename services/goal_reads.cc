#include "services/goal_reads.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/time/instant.h"
#include "services/measure_reader.h"
#include "services/refusal.h"
#include "services/report_failure.h"

namespace redress::services {
namespace {

constexpr int64_t kMillion = 1'000'000;

// The first day of a month such as "2026-11"; nothing when it is none.
std::optional<int32_t> FirstDayOf(const std::string& month) {
  return engine::ParseDay(absl::StrCat(month, "-01"));
}

// What is compared with the target, as a fraction; nothing when nothing was counted.
struct Fraction {
  int64_t part = 0;
  int64_t whole = 1;
};
std::optional<Fraction> FigureOf(const v1::MeasureReport& report, const v1::MeasureRow& row) {
  if (report.is_share() || report.value() != v1::MEASURE_VALUE_UNSPECIFIED) {
    if (row.count() == 0) return std::nullopt;
    if (report.is_share()) return Fraction{row.share() * kMillion, row.count()};
    return Fraction{row.values_added().sum_seconds(), row.count()};
  }
  return Fraction{row.count(), 1};
}

const v1::MeasureRow& RowOf(const v1::MeasureReport& report, const std::string& department) {
  for (const v1::MeasureTable& table : report.tables())
    for (const v1::MeasureRow& row : table.rows())
      if (row.values_size() == 1 && row.values(0) == department) return row;
  return v1::MeasureRow::default_instance();
}

// The month of a request as days.
struct Month {
  int32_t first_day = 0;
  int32_t end_day = 0;
  int32_t today = 0;
  bool is_over() const { return end_day <= today; }
  bool has_begun() const { return first_day <= today; }
};

absl::StatusOr<std::variant<v1::MeasureReport, Failure>> ReadMeasure(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const engine::Playbook& playbook, const std::string& id, const Month& month, absl::Time now) {
  v1::GetMeasuresRequest request;
  request.add_measures(id);
  request.add_by("department");
  request.set_from_day(engine::FormatDay(month.first_day));
  request.set_to_day(engine::FormatDay(month.end_day));
  if (month.is_over()) request.set_as_of_day(engine::FormatDay(month.end_day - 1));
  ASSIGN_OR_RETURN(auto result, ReadMeasureReports(reader, tenant, &playbook, request, now));
  if (const auto* failure = std::get_if<engine::ReportFailure>(&result))
    return ToFailure(*failure);
  return std::move(*std::get<v1::GetMeasuresResponse>(result).mutable_measures(0));
}

absl::Status AddEvidence(const storage::LedgerReader& reader, absl::string_view tenant,
                         bool is_over, v1::GoalStanding& standing) {
  ASSIGN_OR_RETURN(const auto evidence, reader.ReadGoalEvidence(tenant, standing.goal().id()));
  for (const storage::RecordedEvent& recorded : evidence)
    *standing.add_evidence() = ToEvidence(recorded.event);
  if (!evidence.empty()) standing.set_state(v1::GOAL_STATE_ATTAINED);
  else standing.set_state(is_over ? v1::GOAL_STATE_MISSED : v1::GOAL_STATE_OFF_TRACK);
  return absl::OkStatus();
}

}  // namespace

v1::GoalEvidence ToEvidence(const v1::Event& event) {
  const v1::GoalEvidenced& fact = event.goal_evidenced();
  v1::GoalEvidence evidence;
  evidence.set_number(fact.number());
  evidence.set_actor(event.actor());
  *evidence.mutable_time() = event.time();
  evidence.set_text(fact.text());
  evidence.set_link(fact.link());
  return evidence;
}

void JudgeGoal(const v1::MeasureReport& report, const v1::MeasureRow& row, bool is_over,
               v1::GoalStanding& standing) {
  standing.set_count(row.count());
  standing.set_filled_percent(report.filled_percent());
  const std::optional<Fraction> figure = FigureOf(report, row);
  if (!figure) {
    standing.set_state(is_over ? v1::GOAL_STATE_NOTHING_COUNTED : v1::GOAL_STATE_OFF_TRACK);
    return;
  }
  standing.set_figure((figure->part + figure->whole / 2) / figure->whole);
  const v1::GoalTarget& target = standing.goal().target();
  const __int128 wanted = static_cast<__int128>(target.value()) * figure->whole;
  const bool holds = target.side() == v1::GOAL_SIDE_AT_LEAST ? figure->part >= wanted
                                                             : figure->part <= wanted;
  if (is_over) standing.set_state(holds ? v1::GOAL_STATE_ATTAINED : v1::GOAL_STATE_MISSED);
  else standing.set_state(holds ? v1::GOAL_STATE_ON_TRACK : v1::GOAL_STATE_OFF_TRACK);
}

absl::StatusOr<std::variant<v1::ListGoalsResponse, Failure>> ReadGoals(
    const storage::LedgerReader& reader, absl::string_view tenant,
    const engine::Playbook& playbook, const v1::ListGoalsRequest& request, absl::Time now) {
  Month month;
  month.today = engine::DayOf(engine::ToTimestamp(now));
  v1::ListGoalsResponse response;
  response.set_month(request.month().empty() ? engine::FormatDay(month.today).substr(0, 7)
                                             : request.month());
  const std::optional<int32_t> first = FirstDayOf(response.month());
  if (!first)
    return ToFailure(engine::InvalidField("month", "must be a month such as \"2026-11\""));
  if (!request.department().empty() && playbook.FindDepartment(request.department()) == nullptr)
    return ToFailure(engine::InvalidField("department", "must be one of the playbook"));
  month.first_day = *first;
  month.end_day = engine::FirstDayOf(engine::MonthOf(*first) + 1);
  std::set<std::string> without;
  for (const v1::Department& department : playbook.message().departments())
    without.insert(department.id());
  for (const v1::Goal& goal : playbook.message().goals()) {
    if (goal.month() != response.month()) continue;
    without.erase(goal.department());
    if (!request.department().empty() && goal.department() != request.department()) continue;
    v1::GoalStanding& standing = *response.add_goals();
    *standing.mutable_goal() = goal;
    if (goal.measure().empty()) {
      RETURN_IF_ERROR(AddEvidence(reader, tenant, month.is_over(), standing));
      continue;
    }
    standing.set_state(v1::GOAL_STATE_OFF_TRACK);
    if (!month.has_begun()) continue;
    ASSIGN_OR_RETURN(auto read,
                     ReadMeasure(reader, tenant, playbook, goal.measure(), month, now));
    if (auto* failure = std::get_if<Failure>(&read)) return std::move(*failure);
    const auto& report = std::get<v1::MeasureReport>(read);
    JudgeGoal(report, RowOf(report, goal.department()), month.is_over(), standing);
  }
  for (const v1::Department& department : playbook.message().departments())
    if (without.contains(department.id())) response.add_departments_without(department.id());
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  response.set_commit(head.commit());
  response.set_commit_hash(head.hash());
  return response;
}

}  // namespace redress::services
