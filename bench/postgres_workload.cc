// A year's report by department and level, beside the same figures by SQL over an indexed table of
// the same tickets in PostgreSQL.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/postgres.h"
#include "bench/report_call.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "engine/measure/day.h"
#include "redress/v1/report.pb.h"
#include "services/backend.h"
#include "storage/index.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr int kQueries = 5;
constexpr double kReportAim = 10;
constexpr double kFasterAim = 100;

constexpr char kTable[] = R"(
create unlogged table tickets (
  id bigint primary key, department text, level text, created bigint, closed bigint,
  transfers integer, reopens integer);
)";
constexpr char kIndexes[] = R"(
create index on tickets (created);
create index on tickets (closed);
create index on tickets (department);
create index on tickets (level);
create index on tickets (department, level, created, closed);
vacuum analyze tickets;
)";

// What both say of one scope. Instants are in microseconds, durations in whole seconds.
struct Figures {
  int64_t created = 0;
  int64_t closed = 0;
  int64_t open_end = 0;
  int64_t cohort_closed = 0;
  int64_t close_seconds = 0;
};
using Table = std::map<std::string, Figures>;

std::string LevelName(v1::Level level) { return v1::Level_Name(level).substr(6); }

// Writes every ticket as a line of the table; how many.
size_t WriteTickets(const std::string& directory, const std::string& file) {
  const auto kv = storage::RocksDbKv::Open(directory + "/data", {});
  CHECK_OK(kv.status());
  const services::LedgerView view(**kv);
  const auto head = view.reader().ReadHead(kTenant);
  CHECK_OK(head.status());
  std::ofstream out(file);
  for (uint64_t id = 1; id <= head->last_ticket_id(); ++id) {
    const auto ticket = view.reader().ReadTicket(kTenant, id);
    CHECK_OK(ticket.status());
    const v1::Ticket& row = **ticket;
    const bool is_closed = row.state() == v1::TICKET_STATE_CLOSED;
    out << id << '\t' << row.department() << '\t' << LevelName(row.level()) << '\t'
        << storage::ToMicros(row.create_time()) << '\t'
        << (is_closed ? absl::StrCat(storage::ToMicros(row.close_time())) : "\\N") << '\t'
        << row.transfers() << '\t' << row.reopens() << '\n';
  }
  return head->last_ticket_id();
}

// The figures of a report by department and level: counts, the cohort, and how long closing took.
std::string Query(const v1::Report& report) {
  const auto micros = [](const std::string& day) {
    return absl::StrCat(engine::ParseDay(day).value() * engine::kSecondsPerDay * 1'000'000);
  };
  const std::string from = micros(report.from_day());
  const std::string to = micros(report.to_day());
  const std::string seconds = "(closed - created) / 1000000";
  const std::string created = absl::StrCat("created >= ", from, " and created < ", to);
  const std::string closed = absl::StrCat("closed >= ", from, " and closed < ", to);
  const auto count = [](const std::string& condition) {
    return absl::StrCat("count(*) filter (where ", condition, ")");
  };
  std::string percentiles;
  for (const char* share : {"0.5", "0.75", "0.9", "0.95", "0.99", "1"})
    absl::StrAppend(&percentiles, ", percentile_disc(", share,
                    ") within group (order by ", seconds, ") filter (where ", closed, ")");
  return absl::StrCat(
      "select grouping(department), department, level, ", count(created), ", ", count(closed),
      ", ", count(absl::StrCat("created < ", to, " and (closed is null or closed >= ", to, ")")),
      ", ", count(absl::StrCat(created, " and closed < ", to)),
      ", coalesce(sum(", seconds, ") filter (where ", closed, "), 0)", percentiles,
      ", sum(transfers), sum(reopens) from tickets where created < ", to,
      " group by grouping sets ((department), (level), ());");
}

Table TableOf(const std::string& printed) {
  Table table;
  for (const absl::string_view line : absl::StrSplit(printed, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields = absl::StrSplit(line, '|');
    Figures figures;
    int64_t* const numbers[] = {&figures.created, &figures.closed, &figures.open_end,
                                &figures.cohort_closed, &figures.close_seconds};
    for (size_t i = 0; i < std::size(numbers); ++i)
      CHECK(absl::SimpleAtoi(fields[3 + i], numbers[i]));
    table[absl::StrCat(fields[1], "/", fields[2])] = figures;
  }
  return table;
}

std::string Print(const Table& table) {
  std::string text;
  for (const auto& [scope, figures] : table)
    absl::StrAppend(&text, scope, ": ", figures.created, " ", figures.closed, " ",
                    figures.open_end, " ", figures.cohort_closed, " ", figures.close_seconds, "\n");
  return text;
}

Figures FiguresOf(const v1::ReportRow& row) {
  return {row.flow().created(), row.flow().closed(), row.flow().open_end(),
          row.closure_cohort().numerator(), row.time_to_close().sum_seconds()};
}

Table TableOf(const v1::Report& report) {
  Table table;
  table["/"] = FiguresOf(report.total());
  for (const v1::ReportRow& row : report.tables(0).rows())
    table[absl::StrCat(row.value(), "/")] = FiguresOf(row);
  for (const v1::ReportRow& row : report.tables(1).rows())
    table[absl::StrCat("/", row.value())] = FiguresOf(row);
  return table;
}

}  // namespace

bool RunPostgres(const Workspace& workspace) {
  const Postgres postgres;
  std::filesystem::create_directories(workspace.scratch);
  const std::string file = workspace.scratch + "/tickets.tsv";
  const size_t tickets = WriteTickets(workspace.large, file);
  postgres.Run(kTable);
  postgres.CopyFrom("tickets", file);
  postgres.Run(kIndexes);
  const auto [ours, report] =
      TimeReport(workspace.large, {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL});
  const std::string query = Query(report);
  const std::string by_sql = Print(TableOf(postgres.Run(query)));
  const std::string by_us = Print(TableOf(report));
  if (by_sql != by_us) {
    std::fprintf(stderr, "postgres: SQL says\n%sand the report\n%s", by_sql.c_str(), by_us.c_str());
    return false;
  }
  const double theirs = Median(postgres.Time(query, kQueries));
  Remark("postgres: tickets in its table", static_cast<double>(tickets), "");
  Remark("postgres: the same figures by SQL", theirs, "ms");
  const bool is_quick = Report("postgres: our report by department and level", ours, "ms",
                               Aim::kAtMost, kReportAim);
  return Report("postgres: SQL over our report", theirs / ours, "", Aim::kAtLeast, kFasterAim) &&
         is_quick;
}

}  // namespace redress::bench
