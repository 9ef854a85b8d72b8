#include "tools/redressctl/measures_text.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/redressctl/measure_figure.h"
#include "tools/text/duration_text.h"
#include "tools/text/table.h"

namespace redress::ctl {
namespace {

using text::Align;
using text::FormatCount;

constexpr int kHashBytesShown = 6;
constexpr int kValueColumns = 40;

std::vector<text::Column> ColumnsOf(const v1::MeasureReport& measure, const std::string& first,
                                    bool is_ranked) {
  std::vector<text::Column> columns = {{first, Align::kLeft, kValueColumns},
                                       {"COUNT", Align::kRight}};
  const auto add = [&](std::vector<const char*> names) {
    for (const char* name : names) columns.push_back({name, Align::kRight});
  };
  if (measure.is_share()) add({"SHARE", "RATE", "95% FROM", "TO"});
  if (measure.value() != v1::MEASURE_VALUE_UNSPECIFIED)
    add({"SUM", "MEAN", "MEDIAN", "90TH", "MOST"});
  if (is_ranked) add({"RANK", "WORST WEEK"});
  return columns;
}

// "2026-11-02  61.0%": its Monday, and its rate or its mean.
std::string WorstText(const v1::MeasureReport& measure, const v1::MeasureRow& row) {
  if (!row.has_worst()) return "-";
  const v1::WorstWeek& worst = row.worst();
  return absl::StrCat(worst.from_day(), "  ",
                      measure.is_share() ? text::FormatShare(worst.share(), worst.count())
                                         : ValueText(measure, worst.sum() / worst.count()));
}

std::vector<std::string> CellsOf(const v1::MeasureReport& measure, const v1::MeasureRow& row,
                                 bool is_ranked) {
  std::vector<std::string> cells = {ValuesText(row), FormatCount(row.count())};
  if (measure.is_share()) {
    cells.push_back(FormatCount(row.share()));
    cells.push_back(RateText(row));
    cells.push_back(row.has_interval() ? PercentText(row.interval().low()) : "-");
    cells.push_back(row.has_interval() ? PercentText(row.interval().high()) : "-");
  }
  if (measure.value() != v1::MEASURE_VALUE_UNSPECIFIED) {
    const v1::Durations& values = row.values_added();
    const int64_t mean = values.count() == 0 ? 0 : values.sum_seconds() / values.count();
    for (const int64_t value : {values.sum_seconds(), mean, values.p50_seconds(),
                                values.p90_seconds(), values.max_seconds()})
      cells.push_back(row.count() == 0 ? "-" : ValueText(measure, value));
  }
  if (is_ranked) {
    cells.push_back(row.rank() == 0 ? "-" : absl::StrCat(row.rank(), " of band ", row.band()));
    cells.push_back(WorstText(measure, row));
  }
  return cells;
}

bool IsRanked(const v1::MeasureTable& rows) {
  for (const v1::MeasureRow& row : rows.rows())
    if (row.rank() > 0) return true;
  return false;
}

std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + "\"";
}

// Each row says by itself where in which ledger its figures stand.
void AddCsvRow(const v1::GetMeasuresResponse& response, const v1::MeasureReport& measure,
               const std::string& by, const v1::MeasureRow& row, std::string& csv) {
  const v1::Durations& values = row.values_added();
  absl::StrAppend(&csv, Quoted(measure.id()), ",",
                  absl::BytesToHexString(measure.version().substr(0, kHashBytesShown)), ",",
                  Quoted(by), ",", Quoted(absl::StrJoin(row.values(), "/")), ",", row.count(), ",",
                  row.share(), ",", row.interval().low(), ",", row.interval().high(), ",",
                  values.sum_seconds(), ",", values.p50_seconds(), ",", values.p75_seconds(), ",");
  absl::StrAppend(&csv, values.p90_seconds(), ",", values.p95_seconds(), ",", values.p99_seconds(),
                  ",", values.max_seconds(), ",", row.rank(), ",", row.band(), ",",
                  row.worst().from_day(), ",", row.worst().count(), ",", row.worst().share(), ",",
                  row.worst().sum(), ",", response.commit(), ",",
                  absl::BytesToHexString(response.commit_hash()), "\n");
}

}  // namespace

std::string MeasuresText(const v1::GetMeasuresResponse& response, bool has_color) {
  std::string out = absl::StrCat(
      "Measures, ", response.from_day(), " until ", response.to_day(),
      response.as_of_day().empty() ? "" : absl::StrCat(", as of ", response.as_of_day()),
      ", commit ", response.commit(), " ",
      absl::BytesToHexString(response.commit_hash().substr(0, kHashBytesShown)),
      response.is_checked() ? ", agrees with the ledger\n" : "\n");
  for (const v1::MeasureReport& measure : response.measures()) {
    absl::StrAppend(&out, "\n", measure.id(), ": ", measure.title(), "  (version ",
                    absl::BytesToHexString(measure.version().substr(0, kHashBytesShown)), ")\n");
    if (measure.filled_percent() < 100)
      absl::StrAppend(&out, "  counting the history: ", measure.filled_percent(), "% done\n");
    absl::StrAppend(&out, "  ", TotalText(measure), "\n");
    for (const v1::MeasureTable& rows : measure.tables()) {
      const bool is_ranked = IsRanked(rows);
      text::Table table(ColumnsOf(measure, rows.by(), is_ranked));
      for (const v1::MeasureRow& row : rows.rows()) table.AddRow(CellsOf(measure, row, is_ranked));
      absl::StrAppend(&out, "\n", table.Render(has_color));
    }
    if (measure.series().empty()) continue;
    text::Table table(ColumnsOf(measure, "from", false));
    for (const v1::MeasureRow& row : measure.series()) table.AddRow(CellsOf(measure, row, false));
    absl::StrAppend(&out, "\n", table.Render(has_color));
  }
  return out;
}

std::string MeasuresCsv(const v1::GetMeasuresResponse& response) {
  std::string csv =
      "measure,version,by,value,count,share,low_millionths,high_millionths,sum,p50,p75,p90,p95,"
      "p99,max,rank,band,worst_week,worst_count,worst_share,worst_sum,commit,commit_hash\n";
  for (const v1::MeasureReport& measure : response.measures()) {
    AddCsvRow(response, measure, "", measure.total(), csv);
    for (const v1::MeasureTable& table : measure.tables())
      for (const v1::MeasureRow& row : table.rows())
        AddCsvRow(response, measure, table.by(), row, csv);
    for (const v1::MeasureRow& row : measure.series())
      AddCsvRow(response, measure, "time", row, csv);
  }
  return csv;
}

}  // namespace redress::ctl
