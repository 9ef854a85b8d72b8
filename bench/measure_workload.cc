// What the starter playbook's measures take of the intake, and what their reports cost.
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/fill.h"
#include "bench/rounds.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "services/backend.h"
#include "services/measure_check.h"
#include "services/measure_reader.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"
#include "storage/tables.h"

namespace redress::bench {
namespace {

constexpr int kRounds = 5;
constexpr uint64_t kIssues = 40'000;
constexpr uint64_t kLarge = 1'000'000;
constexpr int kRepeats = 21;
constexpr double kRateMin = 0.85;
constexpr double kCellMegabytesMax = 200;

std::unique_ptr<storage::RocksDbKv> OpenEmpty(const std::string& directory) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  auto kv = storage::RocksDbKv::Open(directory, {});
  CHECK_OK(kv.status());
  CHECK_OK(storage::EnsureFormatVersion(**kv));
  return *std::move(kv);
}

// Milliseconds of a report over everything.
double MedianReport(storage::Kv& kv, const v1::GetMeasuresRequest& request) {
  services::PlaybookStore playbooks;
  const services::LedgerView view(kv);
  const auto live = playbooks.Live(view.reader(), kTenant);
  CHECK_OK(live.status());
  std::vector<double> times;
  for (int i = 0; i < kRepeats; ++i) {
    const absl::Time start = absl::Now();
    const auto result = services::ReadMeasureReports(view.reader(), kTenant, live->playbook.get(),
                                                     request, absl::Now());
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    CHECK_OK(result.status());
    CHECK(std::holds_alternative<v1::GetMeasuresResponse>(*result));
  }
  return Median(std::move(times));
}

// The keys and values of all cells of measures, before compression.
double CellMegabytes(const storage::Kv& kv) {
  const services::LedgerView view(kv);
  double bytes = 0;
  const auto add = [&](absl::string_view key, absl::string_view value) {
    if (services::MeasureCheck::NumberOf(kTenant, key))
      bytes += static_cast<double>(key.size() + value.size());
    return true;
  };
  CHECK_OK(view.reader().ScanPrefix(storage::TableKey(kTenant, storage::Table::kCell).key(), add));
  return bytes / 1e6;
}

}  // namespace

bool RunMeasures(const Workspace& workspace) {
  const std::string measures = StarterMeasures();
  const std::string directory = absl::StrCat(workspace.scratch, "/measures");
  Rounds without, with;
  std::vector<double> rates;
  for (int round = 0; round < kRounds; ++round) {
    without.Add([&] {
      CHECK_OK(
          Fill(*OpenEmpty(directory), {.large_queue = kIssues * 9 / 10, .closed = kIssues / 10}));
      return kIssues;
    });
    with.Add([&] {
      CHECK_OK(Fill(
          *OpenEmpty(directory),
          {.large_queue = kIssues * 9 / 10, .closed = kIssues / 10, .playbook_end = measures}));
      return kIssues;
    });
    rates.push_back(with.per_second() / without.per_second());
  }
  without.Print("measures: issues through the executor, without measures");
  with.Print("measures: the same with the starter's");
  const bool is_cheap = Report("measures: rate with them over without", Median(std::move(rates)),
                               "", Aim::kAtLeast, kRateMin);

  const auto kv = OpenEmpty(directory);
  CHECK_OK(
      Fill(*kv, {.large_queue = kLarge * 9 / 10, .closed = kLarge / 10, .playbook_end = measures}));
  const bool is_small = Report("measures: cells, 1,000,000 tickets over a year", CellMegabytes(*kv),
                               "MB", Aim::kAtMost, kCellMegabytesMax);
  v1::GetMeasuresRequest one;
  one.add_measures("first_time_fix");
  one.add_by("department");
  one.add_by("level");
  v1::GetMeasuresRequest backlog;
  backlog.add_measures("backlog");
  backlog.add_by("department");
  backlog.add_by("level");
  v1::GetMeasuresRequest all;
  all.add_by("*");
  const bool is_quick =
      Report("measures: one over a year, 1,000,000 tickets, by department and level",
             MedianReport(*kv, backlog), "ms", Aim::kAtMost, 10);
  Remark("measures: one by the day of resolving, likewise", MedianReport(*kv, one), "ms");
  Remark("measures: all of the starter's, by everything", MedianReport(*kv, all), "ms");
  return is_cheap && is_small && is_quick;
}

}  // namespace redress::bench
