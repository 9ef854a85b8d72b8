#include "services/cell_cache.h"

#include <optional>
#include <utility>

#include "base/status.h"
#include "engine/measure/measure_tally.h"
#include "services/measure_check.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

absl::StatusOr<engine::Cell> Parse(absl::string_view tenant, absl::string_view key,
                                   const v1::StoredCell& stored) {
  const bool is_measure = MeasureCheck::NumberOf(tenant, key).has_value();
  std::optional<engine::Cell> cell =
      is_measure ? engine::Cell::FromStored(stored, engine::MeasureEntry::IsKey)
                 : engine::Cell::FromStored(stored);
  if (!cell) return absl::DataLossError("a counter cell is damaged");
  return *std::move(cell);
}

void AddTo(std::map<std::string, engine::Cell>& sums, const std::string& key,
           const engine::Cell& cell) {
  const auto [it, is_new] = sums.try_emplace(key, cell);
  if (!is_new) it->second.Merge(cell);
}

v1::OpenCells ToRecord(absl::string_view tenant, const std::map<std::string, engine::Cell>& sums) {
  const size_t skip = storage::TableKey(tenant, storage::Table::kCell).key().size();
  v1::OpenCells record;
  for (const auto& [key, sum] : sums) {
    record.add_cells(key.data() + skip, key.size() - skip);
    record.add_sizes(static_cast<uint32_t>(sum.entries().size()));
    for (const engine::Cell::Entry& entry : sum.entries()) {
      record.add_keys(entry.key);
      record.add_values(entry.value);
    }
  }
  return record;
}

}  // namespace

storage::CellAddress AddressOf(const engine::CellKey& key) {
  return {static_cast<uint32_t>(key.dimension), static_cast<uint32_t>(key.granularity),
          static_cast<uint32_t>(key.group), static_cast<uint32_t>(key.period), key.value};
}

absl::StatusOr<CellCache::Open*> CellCache::OpenOf(absl::string_view tenant,
                                                   const storage::LedgerReader& reader) {
  if (const auto known = open_.find(tenant); known != open_.end()) return &known->second;
  ASSIGN_OR_RETURN(const storage::LedgerReader::OpenSums stored, reader.ReadOpenCells(tenant));
  Open open;
  open.records = stored.records;
  for (const auto& [key, sum] : stored.sums) {
    ASSIGN_OR_RETURN(open.sums[key], Parse(tenant, key, sum));
  }
  return &open_.emplace(std::string(tenant), std::move(open)).first->second;
}

absl::StatusOr<engine::Cell*> CellCache::StoredOf(absl::string_view tenant, const std::string& key,
                                                  const storage::LedgerReader& reader) {
  if (const auto known = cells_.find(key); known != cells_.end()) return &known->second;
  ASSIGN_OR_RETURN(const v1::StoredCell stored, reader.ReadCell(key));
  engine::Cell cell;
  if (!stored.keys().empty()) {
    ASSIGN_OR_RETURN(cell, Parse(tenant, key, stored));
  }
  return &cells_.emplace(key, std::move(cell)).first->second;
}

absl::Status CellCache::Merge(absl::string_view tenant, const storage::CellAddress& address,
                              const engine::Cell& cell, const storage::LedgerReader& reader) {
  ASSIGN_OR_RETURN(Open* const open, OpenOf(tenant, reader));
  AddTo(open->added, storage::CellKeyOf(tenant, address), cell);
  return absl::OkStatus();
}

absl::Status CellCache::Add(absl::string_view tenant, engine::CellDeltas& deltas,
                            const storage::LedgerReader& reader) {
  for (const engine::CellDelta& delta : deltas.Take())
    RETURN_IF_ERROR(Merge(tenant, AddressOf(delta.key), delta.cell, reader));
  return absl::OkStatus();
}

absl::Status CellCache::Write(bool may_stay_open, storage::LedgerWriter& writer) {
  if (cells_.size() > kKeptMax) cells_.clear();
  for (auto& [tenant, open] : open_) {
    if (may_stay_open && LeaveOpen(tenant, open, writer)) continue;
    RETURN_IF_ERROR(CloseOne(tenant, open, writer));
  }
  if (open_.size() > kTenantsMax)
    std::erase_if(open_, [](const auto& known) { return known.second.IsEmpty(); });
  return absl::OkStatus();
}

bool CellCache::LeaveOpen(absl::string_view tenant, Open& open, storage::LedgerWriter& writer) {
  if (open.added.empty()) return true;
  if (open.records + 1 >= kOpenCommitsMax) return false;
  if (open.sums.size() + open.added.size() > kOpenCellsMax) return false;
  const v1::OpenCells record = ToRecord(tenant, open.added);
  if (record.ByteSizeLong() > kOpenBytesMax) return false;
  writer.PutOpenCells(tenant, open.records++, record);
  for (const auto& [key, sum] : open.added) AddTo(open.sums, key, sum);
  open.added.clear();
  return true;
}

absl::Status CellCache::Close(absl::string_view tenant, storage::LedgerWriter& writer) {
  ASSIGN_OR_RETURN(Open* const open, OpenOf(tenant, writer.reader()));
  return CloseOne(tenant, *open, writer);
}

absl::Status CellCache::CloseOne(absl::string_view tenant, Open& open,
                                 storage::LedgerWriter& writer) {
  for (const auto& [key, sum] : open.added) AddTo(open.sums, key, sum);
  for (const auto& [key, sum] : open.sums) {
    ASSIGN_OR_RETURN(engine::Cell* const stored, StoredOf(tenant, key, writer.reader()));
    stored->Merge(sum);
    writer.PutCell(key, stored->ToStored());
  }
  for (uint32_t number = 0; number < open.records; ++number)
    writer.DeleteOpenCells(tenant, number);
  open = Open();
  return absl::OkStatus();
}

}  // namespace redress::services
