#include "engine/measure/report_plan.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/measure/report_refusal.h"

namespace redress::engine {

namespace {

std::optional<ReportFailure> CheckDimensions(const std::vector<v1::Dimension>& by) {
  for (size_t i = 0; i < by.size(); ++i) {
    if (by[i] == v1::DIMENSION_UNSPECIFIED || !v1::Dimension_IsValid(by[i])) {
      return Refuse("by", absl::StrCat(by[i], " is not a dimension"));
    }
    if (std::count(by.begin(), by.end(), by[i]) > 1) {
      return Refuse("by", absl::StrCat(v1::Dimension_Name(by[i]), " is named twice"));
    }
  }
  return std::nullopt;
}

std::optional<ReportFailure> CheckPeriod(const ReportPlan& plan) {
  if (plan.from_day >= plan.to_day) {
    return Refuse("from_day",
                  absl::StrCat(FormatDay(plan.from_day), " is not before to_day ",
                               FormatDay(plan.to_day), ", which is the day after the last"));
  }
  const bool by_day = std::count(plan.by.begin(), plan.by.end(), v1::DIMENSION_DAY) > 0;
  const int32_t days_max = by_day ? kReportDayRowsMax : kReportDaysMax;
  if (plan.to_day - plan.from_day > days_max) {
    return Refuse("to_day",
                  absl::StrCat(FormatDay(plan.to_day), " is ", plan.to_day - plan.from_day,
                               " days after from_day ", FormatDay(plan.from_day), "; a report ",
                               by_day ? "by day " : "", "covers at most ", days_max));
  }
  return std::nullopt;
}

void AddMonthsAndDays(CellRange range, int32_t from, int32_t to, std::vector<CellRange>& ranges) {
  ForMonthsAndDays(from, to, [&](Granularity granularity, int32_t from_period, int32_t to_period) {
    range.granularity = granularity;
    range.from_period = from_period;
    range.to_period = to_period;
    if (from_period < to_period) ranges.push_back(range);
  });
}

void AddDimension(v1::Dimension dimension, ReportPlan& plan) {
  CellRange range;
  range.dimension = dimension;
  // All stocks lie in the flow group.
  range.part = ReportPart::kHistory;
  AddMonthsAndDays(range, kDayFirst, plan.from_day, plan.ranges);
  range.part = ReportPart::kPeriod;
  for (const CounterGroup group : kCounterGroups) {
    range.group = group;
    AddMonthsAndDays(range, plan.from_day, plan.to_day, plan.ranges);
  }
}

// The rows of days come from the total's day cells, its own row from month cells: that their sums
// agree is a check of the one against the other.
void AddDays(ReportPlan& plan) {
  for (const CounterGroup group : kCounterGroups) {
    plan.ranges.push_back({v1::DIMENSION_UNSPECIFIED, Granularity::kDay, group, plan.from_day,
                           plan.to_day, ReportPart::kDays});
  }
}

}  // namespace

void ForMonthsAndDays(int32_t from, int32_t to,
                      absl::FunctionRef<void(Granularity, int32_t, int32_t)> add) {
  const int32_t month = MonthOf(from);
  const int32_t from_month = FirstDayOf(month) == from ? month : month + 1;
  const int32_t to_month = MonthOf(to);
  if (from_month >= to_month) return add(Granularity::kDay, from, to);
  add(Granularity::kDay, from, FirstDayOf(from_month));
  add(Granularity::kMonth, from_month, to_month);
  add(Granularity::kDay, FirstDayOf(to_month), to);
}

std::variant<ReportPlan, ReportFailure> PlanReport(const ReportRequest& request) {
  const std::optional<int32_t> from =
      request.from_day.empty() ? request.first_day : ParseDay(request.from_day);
  if (!from) return Refuse("from_day", "must be a day such as 2026-11-01");
  const std::optional<int32_t> to =
      request.to_day.empty() ? request.today + 1 : ParseDay(request.to_day);
  if (!to) return Refuse("to_day", "must be a day such as 2026-11-01");

  ReportPlan plan = {*from, *to, request.by, {}};
  if (const auto failure = CheckDimensions(plan.by)) return *failure;
  if (const auto failure = CheckPeriod(plan)) return *failure;
  AddDimension(v1::DIMENSION_UNSPECIFIED, plan);
  for (const v1::Dimension dimension : plan.by) {
    if (dimension == v1::DIMENSION_DAY) {
      AddDays(plan);
    } else {
      AddDimension(dimension, plan);
    }
  }
  return plan;
}

}  // namespace redress::engine
