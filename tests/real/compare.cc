// Compares a closure report with figures that an independent program computed from the same event
// log.
//
//     compare months ORACLE                         prints a line per month: name, first day, day
//     after the last compare figures ORACLE IMPORT REPORT MONTHS   prints a line per figure; exit 1
//     if one differs
//
// IMPORT is what "redressctl --json import" printed, REPORT what "redressctl --json report"
// printed, MONTHS a folder with such a report per month, named after it. Counts and sums must agree
// to the unit, percentiles within one percent.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "redress/v1/audit_service.pb.h"

namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using redress::v1::Durations;
using redress::v1::HistogramBar;
using redress::v1::Report;
using redress::v1::ReportRow;

constexpr double kPercentileTolerance = 0.01;
constexpr double kMeanTolerance = 0.00006;  // the oracle's means have four decimals
// How the oracle writes a missing value, and what the mapping makes of it.
constexpr char kMissing[] = "?";
constexpr char kMissingDepartment[] = "unassigned";

template <typename Message>
Message ReadJson(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(text.str(), &message);
  if (!status.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), status.ToString().c_str());
    std::exit(2);
  }
  return message;
}

Report ReadReport(const std::string& path) {
  return ReadJson<redress::v1::GetReportResponse>(path).report();
}

// Prints a line per figure and remembers whether one differed.
class Comparison {
 public:
  void Count(const std::string& name, double expected, double got) {
    Print(name, absl::StrFormat("%.0f", expected), absl::StrFormat("%.0f", got), expected == got);
  }

  void Near(const std::string& name, double expected, double got, double tolerance) {
    Print(name, absl::StrFormat("%.4f", expected), absl::StrFormat("%.4f", got),
          std::abs(expected - got) <= tolerance);
  }

  void Hours(const std::string& name, const Struct& expected, const Durations& got) {
    const auto& fields = expected.fields();
    Count(name + ".n", fields.at("n").number_value(), static_cast<double>(got.count()));
    const double mean = got.count() == 0 ? 0
                                         : static_cast<double>(got.sum_seconds()) / 3600 /
                                               static_cast<double>(got.count());
    Near(name + ".mean", fields.at("mean").number_value(), mean, kMeanTolerance);
    const std::pair<const char*, int64_t> percentiles[] = {
        {"p50", got.p50_seconds()}, {"p75", got.p75_seconds()}, {"p90", got.p90_seconds()},
        {"p95", got.p95_seconds()}, {"p99", got.p99_seconds()}, {"max", got.max_seconds()}};
    for (const auto& [percentile, seconds] : percentiles) {
      const double hours = fields.at(percentile).number_value();
      Near(absl::StrCat(name, ".", percentile), hours, static_cast<double>(seconds) / 3600,
           hours * kPercentileTolerance);
    }
  }

  bool has_difference() const { return has_difference_; }

 private:
  void Print(const std::string& name, const std::string& expected, const std::string& got,
             bool is_equal) {
    std::printf("%-52s %14s %14s  %s\n", name.c_str(), expected.c_str(), got.c_str(),
                is_equal ? "ok" : "DIFFERS");
    has_difference_ |= !is_equal;
  }

  bool has_difference_ = false;
};

using Bars = google::protobuf::RepeatedPtrField<HistogramBar>;

double TicketsWith(const Bars& bars, int64_t count) {
  double tickets = 0;
  for (const auto& bar : bars)
    tickets += bar.count() == count ? static_cast<double>(bar.tickets()) : 0;
  return tickets;
}

double TicketsWithAny(const Bars& bars) {
  double tickets = 0;
  for (const auto& bar : bars) tickets += bar.count() > 0 ? static_cast<double>(bar.tickets()) : 0;
  return tickets;
}

double SumOf(const Bars& bars) {
  double sum = 0;
  for (const auto& bar : bars) sum += static_cast<double>(bar.count() * bar.tickets());
  return sum;
}

// In the order of the numbers, not of the texts.
std::map<int64_t, double> ByNumber(const Struct& counts) {
  std::map<int64_t, double> sorted;
  for (const auto& [key, value] : counts.fields()) {
    int64_t number = 0;
    if (absl::SimpleAtoi(key, &number)) sorted[number] = value.number_value();
  }
  return sorted;
}

const ReportRow& RowOf(const Report& report, redress::v1::Dimension dimension,
                       const std::string& value) {
  static const ReportRow& none = *new ReportRow;
  for (const auto& table : report.tables()) {
    if (table.dimension() != dimension) continue;
    for (const auto& row : table.rows()) {
      if (row.value() == value) return row;
    }
  }
  return none;
}

std::string DepartmentOf(const std::string& group) {
  return group == kMissing ? kMissingDepartment : group;
}

double TicketsOf(const ReportRow& row) { return static_cast<double>(row.flow().tickets()); }

// "Category 42" is the root of "category_42.subcategory_7" and others.
double TicketsUnder(const Report& report, const std::string& category) {
  std::string root = absl::AsciiStrToLower(category);
  for (char& letter : root) letter = letter == ' ' ? '_' : letter;
  double tickets = 0;
  for (const auto& table : report.tables()) {
    if (table.dimension() != redress::v1::DIMENSION_CATEGORY) continue;
    for (const auto& row : table.rows()) {
      if (row.value().substr(0, row.value().find('.')) == root) tickets += TicketsOf(row);
    }
  }
  return tickets;
}

const Struct& Part(const Struct& oracle, const char* name) {
  static const Struct& none = *new Struct;
  const auto found = oracle.fields().find(name);
  return found == oracle.fields().end() ? none : found->second.struct_value();
}

std::map<std::string, Value> Sorted(const Struct& part) {
  return {part.fields().begin(), part.fields().end()};
}

void CompareTotals(const Struct& oracle, const Struct& import, const Report& report,
                   Comparison& comparison) {
  const auto& expected = oracle.fields();
  const ReportRow& total = report.total();
  comparison.Count("events", expected.at("events").number_value(),
                   import.fields().at("rows").number_value());
  comparison.Count("events refused", 0, import.fields().at("rowsRefused").number_value());
  comparison.Count("incidents", expected.at("incidents").number_value(), TicketsOf(total));
  for (const auto& [count, tickets] : ByNumber(Part(oracle, "reassignment_count"))) {
    comparison.Count(absl::StrCat("reassignment_count.", count), tickets,
                     TicketsWith(total.transfers(), count));
  }
  comparison.Count("reassigned_at_least_once",
                   expected.at("reassigned_at_least_once").number_value(),
                   TicketsWithAny(total.transfers()));
  comparison.Count("reassignment_total", expected.at("reassignment_total").number_value(),
                   SumOf(total.transfers()));
  comparison.Count("reassignment_total, as transfers",
                   expected.at("reassignment_total").number_value(),
                   static_cast<double>(total.transfers_per_ticket().numerator()));
  for (const auto& [count, tickets] : ByNumber(Part(oracle, "reopen_count"))) {
    comparison.Count(absl::StrCat("reopen_count.", count), tickets,
                     TicketsWith(total.reopenings(), count));
  }
  comparison.Count("reopened_at_least_once", expected.at("reopened_at_least_once").number_value(),
                   TicketsWithAny(total.reopenings()));
  comparison.Count("reopen_total", expected.at("reopen_total").number_value(),
                   SumOf(total.reopenings()));
  comparison.Hours("hours_open_to_close", Part(oracle, "hours_open_to_close"),
                   total.time_to_close());
  comparison.Hours("hours_open_to_resolve", Part(oracle, "hours_open_to_resolve"),
                   total.time_to_resolve());
}

void CompareDimensions(const Struct& oracle, const Report& report, Comparison& comparison) {
  for (const auto& [channel, tickets] : Sorted(Part(oracle, "by_contact_type"))) {
    comparison.Count("by_contact_type." + channel, tickets.number_value(),
                     TicketsOf(RowOf(report, redress::v1::DIMENSION_CHANNEL, channel)));
  }
  for (const auto& [category, tickets] : Sorted(Part(oracle, "top10_category"))) {
    comparison.Count("top10_category." + category, tickets.number_value(),
                     TicketsUnder(report, category));
  }
  for (const auto& [location, tickets] : Sorted(Part(oracle, "top10_location"))) {
    comparison.Count("top10_location." + location, tickets.number_value(),
                     TicketsOf(RowOf(report, redress::v1::DIMENSION_SEGMENT, location)));
  }
  for (const auto& [group, tickets] : Sorted(Part(oracle, "top10_assignment_group"))) {
    comparison.Count(
        "top10_assignment_group." + group, tickets.number_value(),
        TicketsOf(RowOf(report, redress::v1::DIMENSION_DEPARTMENT, DepartmentOf(group))));
  }
  for (const auto& [group, figures] : Sorted(Part(oracle, "by_group_top12"))) {
    const std::string name = "by_group_top12." + group;
    const auto& expected = figures.struct_value().fields();
    const ReportRow& row = RowOf(report, redress::v1::DIMENSION_DEPARTMENT, DepartmentOf(group));
    comparison.Count(name + ".n", expected.at("n").number_value(), TicketsOf(row));
    comparison.Count(name + ".reopened", expected.at("reopened").number_value(),
                     TicketsWithAny(row.reopenings()));
    comparison.Count(name + ".reassigned", expected.at("reassigned").number_value(),
                     TicketsWithAny(row.transfers()));
    comparison.Hours(name + ".hours_open_to_close",
                     expected.at("hours_open_to_close").struct_value(), row.time_to_close());
  }
}

// The oracle knows one closing per case, its last. So it is held against the closings that still
// stand, and its backlog against what was opened less what was closed for good; a case that was
// closed for a while in between counts as open.
void CompareMonths(const Struct& oracle, const std::string& folder, Comparison& comparison) {
  double backlog = 0;
  for (const auto& [month, figures] : Sorted(Part(oracle, "month_opened_closed_backlog"))) {
    const auto& expected = figures.list_value().values();
    const Report report = ReadReport(absl::StrCat(folder, "/", month, ".json"));
    const auto opened = static_cast<double>(report.total().flow().created());
    const auto closed = static_cast<double>(report.total().time_to_close().count());
    backlog += opened - closed;
    comparison.Count(month + ".opened", expected[0].number_value(), opened);
    comparison.Count(month + ".closed", expected[1].number_value(), closed);
    comparison.Count(month + ".backlog", expected[2].number_value(), backlog);
  }
}

void PrintMonths(const Struct& oracle) {
  for (const auto& [name, figures] : Sorted(Part(oracle, "month_opened_closed_backlog"))) {
    int year = 0;
    int month = 0;
    if (std::sscanf(name.c_str(), "%d-%d", &year, &month) != 2) continue;
    const bool is_last = month == 12;
    std::printf("%s %s-01 %04d-%02d-01\n", name.c_str(), name.c_str(), is_last ? year + 1 : year,
                is_last ? 1 : month + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "months" && argc == 3) {
    PrintMonths(ReadJson<Struct>(argv[2]));
    return 0;
  }
  if (mode != "figures" || argc != 6) {
    std::fprintf(stderr,
                 "usage: compare months ORACLE | compare figures ORACLE IMPORT REPORT MONTHS\n");
    return 2;
  }
  const auto oracle = ReadJson<Struct>(argv[2]);
  const Report report = ReadReport(argv[4]);
  Comparison comparison;
  CompareTotals(oracle, ReadJson<Struct>(argv[3]), report, comparison);
  CompareDimensions(oracle, report, comparison);
  CompareMonths(oracle, argv[5], comparison);
  return comparison.has_difference() ? 1 : 0;
}
