// The closure report as a table for calculating.
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/redressctl/report_text.h"
#include "tools/text/enum_text.h"

namespace redress::ctl {
namespace {

constexpr char kHeader[] =
    "by,value,open_start,created,reopened,transferred_in,closed,transferred_out,open_end,tickets,"
    "resolved,cohort_closed,cohort_created,first_answer_met,first_answer_due,resolution_met,"
    "resolution_due,resolved_reopened,reopen_events,transfers,close_count,close_seconds,close_p50,"
    "close_p75,close_p90,close_p95,close_p99,close_max,resolve_count,resolve_seconds,resolve_p50,"
    "resolve_p75,resolve_p90,resolve_p95,resolve_p99,resolve_max,commit,commit_hash,version\n";

std::string DurationCells(const v1::Durations& durations) {
  return absl::StrJoin(
      {durations.count(), durations.sum_seconds(), durations.p50_seconds(),
       durations.p75_seconds(), durations.p90_seconds(), durations.p95_seconds(),
       durations.p99_seconds(), durations.max_seconds()},
      ",");
}

// Each row says by itself where in which ledger its figures stand.
void AddRow(const v1::Report& report, absl::string_view by, const v1::ReportRow& row,
            std::string& csv) {
  const v1::Flow& flow = row.flow();
  absl::StrAppend(&csv, by, ",\"", absl::StrReplaceAll(row.value(), {{"\"", "\"\""}}), "\",",
                  absl::StrJoin({flow.open_start(), flow.created(), flow.reopened(),
                                 flow.transferred_in(), flow.closed(), flow.transferred_out(),
                                 flow.open_end(), flow.tickets(), flow.resolved(),
                                 row.closure_cohort().numerator(),
                                 row.closure_cohort().denominator(),
                                 row.first_answer_on_time().numerator(),
                                 row.first_answer_on_time().denominator(),
                                 row.resolution_on_time().numerator(),
                                 row.resolution_on_time().denominator(),
                                 row.reopen_rate().numerator(), row.reopen_intensity().numerator(),
                                 row.transfers_per_ticket().numerator()},
                                ","),
                  ",", DurationCells(row.time_to_close()), ",",
                  DurationCells(row.time_to_resolve()), ",", report.commit(), ",",
                  absl::BytesToHexString(report.commit_hash()), ",",
                  absl::BytesToHexString(report.version()), "\n");
}

}  // namespace

std::string ReportCsv(const v1::Report& report) {
  std::string csv = kHeader;
  AddRow(report, "", report.total(), csv);
  for (const v1::ReportTable& table : report.tables())
    for (const v1::ReportRow& row : table.rows())
      AddRow(report, text::EnumText(table.dimension()), row, csv);
  return csv;
}

}  // namespace redress::ctl
