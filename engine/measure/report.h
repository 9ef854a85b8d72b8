// The closure report from counter cells.
//
// Plan, read, add, build: the caller reads the cells of each range of the plan from one snapshot
// and adds them in any order. A report whose figures contradict each other is never built, so what
// is served has passed every check of figures.h, in each row and across the rows of each table.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "engine/measure/figures.h"
#include "engine/measure/report_plan.h"
#include "redress/v1/report.pb.h"

namespace redress::engine {

class ReportBuilder {
 public:
  explicit ReportBuilder(ReportPlan plan);

  const ReportPlan& plan() const { return plan_; }

  // Adds a cell. REQUIRES: `range` is one of plan().ranges, and holds the period.
  void Add(const CellRange& range, int32_t period, absl::string_view value, const Cell& cell);

  // The report, but for the commit and the times, which the caller knows. REQUIRES: every cell of
  // every range was added once.
  std::variant<v1::Report, ReportFailure> Build() const;

 private:
  // The figures of each value, in the order of values.
  using Table = absl::btree_map<std::string, Figures>;

  Figures& RowOf(v1::Dimension dimension, absl::string_view value);
  std::variant<v1::ReportTable, ReportFailure> BuildTable(v1::Dimension dimension) const;
  std::variant<v1::ReportTable, ReportFailure> BuildDays() const;

  ReportPlan plan_;
  Figures total_;
  absl::btree_map<v1::Dimension, Table> tables_;
  // What each day of the period added, if the report is split by day; the first holds the history.
  std::vector<Figures> days_;
};

}  // namespace redress::engine
