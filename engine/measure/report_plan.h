// Which cells a report needs.
//
// Whole months are read as month cells and only the edges as day cells, in the period as well as
// from the beginning of time to its start, where what stood at the start comes from. So the number
// of cells is bounded by the plan before any is read.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "redress/v1/report.pb.h"

namespace redress::engine {

// The widest period of a report: twenty years.
inline constexpr int32_t kReportDaysMax = 20 * 366;
// The widest period that is split by day: three years.
inline constexpr int32_t kReportDayRowsMax = 3 * 366;
// The most values of a dimension that one table shows.
inline constexpr int kReportRowsMax = 5000;

// Why there is no report.
struct ReportFailure {
  enum class Kind {
    kRefused,      // the request asks for what no report gives
    kTooLarge,     // there are more rows than a table shows
    kCheckFailed,  // the cells contradict each other: they are damaged, and no figure can be
                   // trusted
  };
  Kind kind = Kind::kRefused;
  // For people: the field or the scope and the figure, the rule, and the numbers that broke it.
  std::string text = {};
  // The field of the request that is to blame; empty for kCheckFailed.
  std::string field = {};
};

struct ReportRequest {
  // As in GetReportRequest; may be empty.
  std::string from_day;
  std::string to_day;
  std::vector<v1::Dimension> by;
  // The day of the first figure, which an empty from_day means; `today` if there is none.
  int32_t first_day = 0;
  // The day of asking; an empty to_day means the one after it.
  int32_t today = 0;
};

// What a range of cells is for.
enum class ReportPart {
  kHistory,  // what stood when the period began
  kPeriod,   // what happened in the period
  kDays,     // the same again, each day by itself
};

// All cells of a dimension and a group in the periods [from_period, to_period). With keys in the
// order of CellKey, one scan.
struct CellRange {
  v1::Dimension dimension = v1::DIMENSION_UNSPECIFIED;
  Granularity granularity = Granularity::kDay;
  CounterGroup group = CounterGroup::kFlow;
  int32_t from_period = 0;
  int32_t to_period = 0;
  ReportPart part = ReportPart::kPeriod;
};

// Splits the days [from, to) into whole months and the days at the edges; calls add(granularity,
// from period, to period) for each part, also for empty ones.
void ForMonthsAndDays(int32_t from, int32_t to,
                      absl::FunctionRef<void(Granularity, int32_t, int32_t)> add);

struct ReportPlan {
  int32_t from_day = 0;
  int32_t to_day = 0;
  // The tables, as asked for.
  std::vector<v1::Dimension> by;
  // What is to be read. No range is empty; no two of one part overlap.
  std::vector<CellRange> ranges;
};

std::variant<ReportPlan, ReportFailure> PlanReport(const ReportRequest& request);

}  // namespace redress::engine
