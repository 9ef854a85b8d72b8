// The reads of counter cells.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/ledger.h"
#include "storage/record.h"

namespace redress::storage {
namespace {

// Both have as many values as keys, and these rise. A sum of zero is left out.
v1::StoredCell SumOf(const v1::StoredCell& left, const v1::StoredCell& right) {
  v1::StoredCell sum;
  const auto add = [&sum](uint64_t key, int64_t value) {
    if (value == 0) return;
    sum.add_keys(key);
    sum.add_values(value);
  };
  int l = 0, r = 0;
  while (l < left.keys_size() || r < right.keys_size()) {
    const bool has_left = l < left.keys_size() &&
                          (r == right.keys_size() || left.keys(l) <= right.keys(r));
    const bool has_right = r < right.keys_size() &&
                           (l == left.keys_size() || right.keys(r) <= left.keys(l));
    const uint64_t key = has_left ? left.keys(l) : right.keys(r);
    add(key, (has_left ? left.values(l) : 0) + (has_right ? right.values(r) : 0));
    l += has_left;
    r += has_right;
  }
  return sum;
}

using Sums = std::map<std::string, v1::StoredCell>;

// Adds a record to `sums`. `prefix`: of every cell's key. False: the record is damaged.
bool AddRecord(const v1::OpenCells& record, const std::string& prefix, Sums& sums) {
  if (record.sizes_size() != record.cells_size()) return false;
  if (record.values_size() != record.keys_size()) return false;
  int next = 0;
  for (int i = 0; i < record.cells_size(); ++i) {
    if (i > 0 && record.cells(i) <= record.cells(i - 1)) return false;
    if (record.sizes(i) > static_cast<uint32_t>(record.keys_size() - next)) return false;
    v1::StoredCell sum;
    for (const int end = next + static_cast<int>(record.sizes(i)); next < end; ++next) {
      sum.add_keys(record.keys(next));
      sum.add_values(record.values(next));
    }
    v1::StoredCell& kept = sums[absl::StrCat(prefix, record.cells(i))];
    kept = kept.keys_size() == 0 ? std::move(sum) : SumOf(kept, sum);
  }
  return next == record.keys_size();
}

bool IsWhole(const v1::StoredCell& cell) { return cell.keys_size() == cell.values_size(); }

// Shows cells by the address that their keys name.
class CellScan {
 public:
  using Visit = absl::FunctionRef<void(const CellAddress&, v1::StoredCell)>;

  // `skip`: the bytes of a key before the dimension.
  CellScan(size_t skip, const CellAddress& from, Visit visit)
      : skip_(skip), address_(from), visit_(visit) {}

  const absl::Status& damage() const { return damage_; }
  void Damage(absl::Status damage) { damage_ = std::move(damage); }

  void Show(absl::string_view key, v1::StoredCell cell) {
    if (cell.keys_size() == 0) return;
    KeyReader reader(key.substr(skip_));
    for (int i = 0; i < 3; ++i) reader.ReadUnsigned();
    address_.period = static_cast<uint32_t>(reader.ReadUnsigned().value_or(0));
    address_.value = reader.ReadBytes().value_or("");
    if (!reader.IsAtEnd()) return Damage(absl::DataLossError("the key of a cell cannot be read"));
    visit_(address_, std::move(cell));
  }

 private:
  const size_t skip_;
  CellAddress address_;
  const Visit visit_;
  absl::Status damage_;
};

}  // namespace

absl::StatusOr<v1::StoredCell> LedgerReader::ReadCell(const std::string& key) const {
  ASSIGN_OR_RETURN(std::optional<v1::StoredCell> cell,
                   ReadRecord<v1::StoredCell>(reader_, key, "cell"));
  return cell ? *std::move(cell) : v1::StoredCell();
}

absl::StatusOr<LedgerReader::OpenSums> LedgerReader::ReadOpenCells(absl::string_view tenant) const {
  OpenSums open;
  const std::string prefix = TableKey(tenant, Table::kCell).Take();
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<v1::OpenCells> record,
                     ReadRecord<v1::OpenCells>(reader_, OpenCellsKey(tenant, open.records),
                                               "open cells"));
    if (!record) return open;
    if (!AddRecord(*record, prefix, open.sums))
      return absl::DataLossError("the stored open cells cannot be read");
    ++open.records;
  }
}

absl::Status LedgerReader::ScanCells(
    absl::string_view tenant, const OpenSums& open, const CellAddress& from, uint32_t to_period,
    absl::FunctionRef<void(const CellAddress&, v1::StoredCell)> visit) const {
  const auto key_at = [&](uint32_t period) {
    return TableKey(tenant, Table::kCell)
        .AppendUnsigned(from.dimension)
        .AppendUnsigned(from.granularity)
        .AppendUnsigned(from.group)
        .AppendUnsigned(period)
        .Take();
  };
  const std::string end = key_at(to_period);
  std::string begin = key_at(from.period);
  auto next = open.sums.lower_bound(begin);
  const auto last = open.sums.lower_bound(end);
  CellScan scan(TableKey(tenant, Table::kCell).key().size(), from, visit);
  size_t visited = kScanLimitMax;
  while (visited == kScanLimitMax && scan.damage().ok()) {
    std::string seen;
    const auto take = [&](absl::string_view key, absl::string_view value) {
      seen = std::string(key);
      absl::StatusOr<v1::StoredCell> cell = Parse<v1::StoredCell>(value, "cell");
      if (cell.ok() && !IsWhole(*cell)) cell = absl::DataLossError("the stored cell is cut");
      if (!cell.ok()) {
        scan.Damage(cell.status());
        return false;
      }
      for (; next != last && next->first < key; ++next) scan.Show(next->first, next->second);
      if (next != last && next->first == key) cell = SumOf(*cell, (next++)->second);
      scan.Show(key, *std::move(cell));
      return scan.damage().ok();
    };
    ASSIGN_OR_RETURN(visited, reader_.Scan({begin, end}, kScanLimitMax, Direction::kForward, take));
    begin = seen + '\0';
  }
  for (; next != last && scan.damage().ok(); ++next) scan.Show(next->first, next->second);
  return scan.damage();
}

}  // namespace redress::storage
