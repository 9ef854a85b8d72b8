// What a year's closure report costs, with many tickets behind it and with few.
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/report_call.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "engine/measure/cell.h"
#include "services/cell_cache.h"
#include "storage/ledger.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

// Room for noise; tickets would cost a hundred times as much.
constexpr double kGrowthMax = 1.5;

constexpr v1::Dimension kBy[] = {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL,
                                 v1::DIMENSION_CATEGORY, v1::DIMENSION_CHANNEL,
                                 v1::DIMENSION_SEGMENT};

// Thousands of sums in the cells of months, of which a year's report is made. A cell grows with its
// distinct days and durations, until it has them all.
double ThousandSums(const std::string& directory) {
  const auto kv = storage::RocksDbKv::Open(directory + "/data", {});
  CHECK_OK(kv.status());
  const auto snapshot = (*kv)->TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const auto open = reader.ReadOpenCells(kTenant);
  CHECK_OK(open.status());
  std::vector<v1::Dimension> dimensions(std::begin(kBy), std::end(kBy));
  dimensions.push_back(v1::DIMENSION_UNSPECIFIED);
  double sums = 0;
  for (const v1::Dimension dimension : dimensions)
    for (const engine::CounterGroup group : engine::kCounterGroups)
      CHECK_OK(reader.ScanCells(
          kTenant, *open,
          services::AddressOf({dimension, engine::Granularity::kMonth, group, 0, ""}), UINT32_MAX,
          [&](const storage::CellAddress&, const v1::StoredCell& cell) {
            sums += cell.keys_size();
          }));
  return sums / 1000;
}

}  // namespace

bool RunReport(const Workspace& workspace) {
  const double few_sums = ThousandSums(workspace.small);
  const double many_sums = ThousandSums(workspace.large);
  const double few = TimeReport(workspace.small, kBy).milliseconds;
  const double many = TimeReport(workspace.large, kBy).milliseconds;
  Remark("report: a year, 10,000 tickets", few, "ms");
  Remark("report: of so many sums in its cells", few_sums, "thousand");
  const bool is_quick =
      Report("report: a year, 1,000,000 tickets", many, "ms", Aim::kAtMost, 50);
  Remark("report: of so many sums in its cells", many_sums, "thousand");
  const bool is_flat = Report("report: time of a sum, 1,000,000 over 10,000",
                              (many / many_sums) / (few / few_sums), "", Aim::kAtMost, kGrowthMax);
  return is_quick && is_flat;
}

}  // namespace redress::bench
