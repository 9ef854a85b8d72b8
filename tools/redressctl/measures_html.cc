// The printed report: one page of HTML with its charts drawn in place, so that it can be mailed and
// printed.
#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tools/redressctl/measure_figure.h"
#include "tools/redressctl/measures_text.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

using Rows = google::protobuf::RepeatedPtrField<v1::MeasureRow>;

// A table shows the rows of the greatest counts; the rest is in the CSV.
constexpr int kRowsShown = 40;
constexpr int kBarWidth = 320;
constexpr int kBarHeight = 14;
constexpr int kSeriesWidth = 720;
constexpr int kSeriesHeight = 160;

constexpr absl::string_view kHead =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Measures</title>\n"
    "<style>body{font:14px/1.4 sans-serif;margin:2em;color:#222}h1{font-size:1.5em}"
    "h2{font-size:1.2em;margin:2em 0 .2em;border-top:1px solid #bbb;padding-top:.6em}"
    "table{border-collapse:collapse;margin:.6em 0}td,th{padding:2px 10px;text-align:right}"
    "td:first-child,th:first-child{text-align:left}th{border-bottom:1px solid #888}"
    ".note{color:#666}section{break-inside:avoid}rect{fill:#3b6ea5}"
    "polyline{fill:none;stroke:#3b6ea5;stroke-width:2}</style></head><body>\n";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

int64_t GreatestOf(const v1::MeasureReport& measure, const Rows& rows) {
  int64_t greatest = 1;
  for (const v1::MeasureRow& row : rows) greatest = std::max(greatest, ChartedValue(measure, row));
  return greatest;
}

std::string BarOf(int64_t value, int64_t greatest) {
  return absl::StrFormat(
      "<svg width=\"%d\" height=\"%d\"><rect width=\"%d\" height=\"%d\"/></svg>", kBarWidth,
      kBarHeight, static_cast<int>(std::max<int64_t>(value, 0) * kBarWidth / greatest), kBarHeight);
}

void AddTable(const v1::MeasureReport& measure, const v1::MeasureTable& table, std::string& out) {
  std::vector<const v1::MeasureRow*> rows;
  for (const v1::MeasureRow& row : table.rows()) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const auto* left, const auto* right) {
    if (left->count() != right->count()) return left->count() > right->count();
    return ValuesText(*left) < ValuesText(*right);
  });
  const size_t shown = std::min<size_t>(rows.size(), kRowsShown);
  const int64_t greatest = GreatestOf(measure, table.rows());
  absl::StrAppend(&out, "<table><tr><th>", Escaped(table.by()),
                  "</th><th>n</th><th>figure</th><th></th></tr>\n");
  for (size_t i = 0; i < shown; ++i) {
    const v1::MeasureRow& row = *rows[i];
    absl::StrAppend(&out, "<tr><td>", Escaped(ValuesText(row)), "</td><td>",
                    text::FormatCount(row.count()), "</td><td>", ChartedText(measure, row));
    if (row.has_interval())
      absl::StrAppend(&out, " <span class=\"note\">(", PercentText(row.interval().low()), " to ",
                      PercentText(row.interval().high()), ")</span>");
    absl::StrAppend(&out, "</td><td>", BarOf(ChartedValue(measure, row), greatest), "</td></tr>\n");
  }
  absl::StrAppend(&out, "</table>\n");
  if (shown < rows.size())
    absl::StrAppend(&out, "<p class=\"note\">", rows.size() - shown,
                    " more with smaller counts are not shown.</p>\n");
}

void AddSeries(const v1::MeasureReport& measure, std::string& out) {
  const Rows& rows = measure.series();
  if (rows.size() < 2) return;
  const int64_t greatest = GreatestOf(measure, rows);
  std::string points;
  for (int i = 0; i < rows.size(); ++i) {
    const int64_t value = std::max<int64_t>(ChartedValue(measure, rows[i]), 0);
    absl::StrAppend(&points, i * kSeriesWidth / (rows.size() - 1), ",",
                    kSeriesHeight - value * kSeriesHeight / greatest, " ");
  }
  absl::StrAppend(&out, "<p class=\"note\">", Escaped(rows[0].values(0)), " to ",
                  Escaped(rows[rows.size() - 1].values(0)), "; the top is ",
                  measure.is_share() ? PercentText(greatest) : ValueText(measure, greatest),
                  "</p>\n<svg width=\"", kSeriesWidth, "\" height=\"", kSeriesHeight,
                  "\" style=\"border-bottom:1px solid #888\"><polyline points=\"", points,
                  "\"/></svg>\n");
}

}  // namespace

std::string MeasuresHtml(const v1::GetMeasuresResponse& response) {
  std::string out(kHead);
  absl::StrAppend(&out, "<h1>Measures</h1><p>", response.from_day(), " until ", response.to_day(),
                  response.as_of_day().empty() ? "" : ", as of ", response.as_of_day(),
                  "<br><span class=\"note\">ledger commit ", response.commit(), ", ",
                  absl::BytesToHexString(response.commit_hash()), "</span></p>\n");
  for (const v1::MeasureReport& measure : response.measures()) {
    absl::StrAppend(&out, "<section><h2>", Escaped(measure.title()), "</h2>\n<p>",
                    Escaped(TotalText(measure)), "<br><span class=\"note\">", Escaped(measure.id()),
                    ", version ", absl::BytesToHexString(measure.version()));
    if (measure.filled_percent() < 100)
      absl::StrAppend(&out, "; counting the history: ", measure.filled_percent(), "% done");
    absl::StrAppend(&out, "</span></p>\n");
    AddSeries(measure, out);
    for (const v1::MeasureTable& table : measure.tables()) AddTable(measure, table, out);
    absl::StrAppend(&out, "</section>\n");
  }
  absl::StrAppend(&out, "</body></html>\n");
  return out;
}

}  // namespace redress::ctl
