#include "engine/measure/report.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "engine/measure/day.h"

namespace redress::engine {

namespace {

ReportFailure Failed(absl::string_view scope, absl::string_view check) {
  return {ReportFailure::Kind::kCheckFailed, absl::StrCat(scope, ": ", check)};
}

// A dimension in a user's words, such as "department".
std::string WordOf(v1::Dimension dimension) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::Dimension_Name(dimension), "DIMENSION_"));
}

// What is true of figures that are of all tickets.
std::optional<std::string> CheckAll(const Figures& figures) {
  if (auto failure = figures.CheckRow()) return failure;
  return figures.CheckTotal();
}

}  // namespace

ReportBuilder::ReportBuilder(ReportPlan plan) : plan_(std::move(plan)) {
  for (const v1::Dimension dimension : plan_.by) {
    if (dimension == v1::DIMENSION_DAY) {
      days_.resize(plan_.to_day - plan_.from_day);
    } else {
      tables_[dimension];
    }
  }
}

void ReportBuilder::Add(const CellRange& range, int32_t period, absl::string_view value,
                        const Cell& cell) {
  CHECK(range.from_period <= period && period < range.to_period);
  if (range.part == ReportPart::kDays) {
    return days_.at(period - plan_.from_day).AddPeriod(cell, plan_.to_day);
  }
  Figures& row = RowOf(range.dimension, value);
  if (range.part == ReportPart::kPeriod) return row.AddPeriod(cell, plan_.to_day);
  row.AddHistory(cell);
  if (&row == &total_ && !days_.empty()) days_.front().AddHistory(cell);
}

Figures& ReportBuilder::RowOf(v1::Dimension dimension, absl::string_view value) {
  if (dimension == v1::DIMENSION_UNSPECIFIED) return total_;
  Table& table = tables_.at(dimension);
  const auto at = table.find(value);
  return at != table.end() ? at->second : table[std::string(value)];
}

std::variant<v1::Report, ReportFailure> ReportBuilder::Build() const {
  if (const auto failure = CheckAll(total_)) return Failed("total", *failure);
  v1::Report report;
  report.set_from_day(FormatDay(plan_.from_day));
  report.set_to_day(FormatDay(plan_.to_day));
  *report.mutable_total() = total_.ToRow("");
  for (const v1::Dimension dimension : plan_.by) {
    auto table = dimension == v1::DIMENSION_DAY ? BuildDays() : BuildTable(dimension);
    if (auto* failure = std::get_if<ReportFailure>(&table)) return std::move(*failure);
    *report.add_tables() = std::get<v1::ReportTable>(std::move(table));
  }
  return report;
}

std::variant<v1::ReportTable, ReportFailure> ReportBuilder::BuildTable(
    v1::Dimension dimension) const {
  const Table& rows = tables_.at(dimension);
  if (rows.size() > kReportRowsMax) {
    return ReportFailure{
        ReportFailure::Kind::kTooLarge,
        absl::StrCat("by: there are ", rows.size(), " values of ", WordOf(dimension),
                     "; a table shows at most ", kReportRowsMax),
        "by"};
  }
  v1::ReportTable table;
  table.set_dimension(dimension);
  Figures sum;
  for (const auto& [value, figures] : rows) {
    if (figures.IsBlank()) continue;
    if (const auto failure = figures.CheckRow()) {
      return Failed(absl::StrCat(WordOf(dimension), " \"", value, "\""), *failure);
    }
    sum.Merge(figures);
    *table.add_rows() = figures.ToRow(value);
  }
  if (const auto failure = total_.CheckSum(sum)) return Failed(WordOf(dimension), *failure);
  return table;
}

std::variant<v1::ReportTable, ReportFailure> ReportBuilder::BuildDays() const {
  v1::ReportTable table;
  table.set_dimension(v1::DIMENSION_DAY);
  Figures sum;
  // Each day begins with what stood when the day before ended.
  Figures day;
  for (size_t i = 0; i < days_.size(); ++i) {
    day = day.Following();
    day.Merge(days_[i]);
    sum.Merge(days_[i]);
    const std::string value = FormatDay(plan_.from_day + static_cast<int32_t>(i));
    if (const auto failure = CheckAll(day)) return Failed(absl::StrCat("day ", value), *failure);
    *table.add_rows() = day.ToRow(value);
  }
  if (const auto failure = total_.CheckSum(sum)) return Failed("day", *failure);
  return table;
}

}  // namespace redress::engine
