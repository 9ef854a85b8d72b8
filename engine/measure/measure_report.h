// Figures of measures from their cells.
//
// Plan, read, add, build, as for the closure report: the caller reads the cells of each range from
// one snapshot and adds them in any order. Figures that contradict each other are never built. As
// of a day: an entry counts if it was recorded by the end of that day, which no later event
// changes, so neither does the report.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "engine/measure/measure.h"
#include "engine/measure/measure_tally.h"
#include "engine/measure/report_plan.h"
#include "redress/v1/report.pb.h"

namespace redress::engine {

// The period of a request, read and checked.
struct MeasurePeriod {
  int32_t from_day = 0;
  int32_t to_day = 0;
  // kDayLast: as of now.
  int32_t as_of_day = 0;
  v1::MeasureSeries series = v1::MEASURE_SERIES_UNSPECIFIED;
};

// As in GetMeasuresRequest.
struct MeasureQuery {
  std::string from_day;
  std::string to_day;
  std::string as_of_day;
  v1::MeasureSeries series = v1::MEASURE_SERIES_UNSPECIFIED;
  // The day of the first figure, and the day of asking, which empty days mean.
  int32_t first_day = 0;
  int32_t today = 0;
};

std::variant<MeasurePeriod, ReportFailure> ReadPeriod(const MeasureQuery& query);

// Cells of one split of one measure.
struct MeasureRange {
  int split = 0;
  Granularity granularity = Granularity::kDay;
  int32_t from_period = 0;
  int32_t to_period = 0;
  bool is_series = false;
};

// Builds the report of one measure.
class MeasureReportBuilder {
 public:
  // `splits`: those asked for, see MeasureDelta::split, without the total. `is_ranked`: their rows
  // are ranked, and told with their worst weeks. The measure must outlive this.
  MeasureReportBuilder(const Measure& measure, const MeasurePeriod& period, std::vector<int> splits,
                       bool is_ranked = false);

  const std::vector<MeasureRange>& ranges() const { return ranges_; }

  // REQUIRES: the range is one of ranges() and holds the period.
  void Add(const MeasureRange& range, int32_t period, const std::string& value, const Cell& cell);

  // REQUIRES: every cell of every range was added once.
  std::variant<v1::MeasureReport, ReportFailure> Build() const;

 private:
  struct Sums {
    int64_t count = 0;
    int64_t share = 0;
    int64_t sum = 0;
    std::map<uint32_t, int64_t> buckets;

    void Merge(const Sums& other);
    bool operator==(const Sums&) const = default;
    bool IsBlank() const { return *this == Sums(); }
  };
  using Table = std::map<std::string, Sums>;

  void AddRanges(int split);
  // Whether a row of this measure can have a worst week.
  bool HasWorstWeeks() const;
  void AddCell(const Cell& cell, int32_t first_day, Sums& sums) const;
  v1::MeasureRow ToRow(const Sums& sums) const;
  std::variant<v1::MeasureTable, ReportFailure> BuildTable(int split) const;
  // Nothing, or what does not agree.
  std::string CheckSums(const Sums& sums) const;
  std::string BuildSeries(v1::MeasureReport& report) const;
  // Whether the first row is worse than the second: a lower rate, or a higher mean.
  bool IsWorse(const v1::MeasureRow& row, const v1::MeasureRow& than) const;
  void Rank(v1::MeasureTable& table) const;
  void SetWorstWeek(int split, const std::string& value, v1::MeasureRow& row) const;

  const Measure& measure_;
  const MeasurePeriod period_;
  const std::vector<int> splits_;
  const bool is_ranked_;
  std::vector<MeasureRange> ranges_;
  Sums total_;
  std::map<int, Table> tables_;
  std::map<int32_t, Sums> series_;  // by the first day of the part
  // Of the rows of each split, by the Monday.
  std::map<int, std::map<std::string, std::map<int32_t, Sums>>> weeks_;
};

// What an event's delta adds to a part of the figure over the period; for lists of members.
int64_t MemberAmount(const MeasureDelta& delta, const Measure& measure, const MeasurePeriod& period,
                     v1::MeasurePart part);

// Where the true rate lies at 95 percent (E. B. Wilson 1927), in millionths. REQUIRES: 0 <= share
// <= count, 0 < count.
v1::Interval WilsonInterval(int64_t share, int64_t count);

}  // namespace redress::engine
