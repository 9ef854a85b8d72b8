#include "services/cell_cache.h"

#include <optional>
#include <utility>

#include "base/status.h"
#include "storage/tables.h"

namespace redress::services {

storage::CellAddress AddressOf(const engine::CellKey& key) {
  return {static_cast<uint32_t>(key.dimension), static_cast<uint32_t>(key.granularity),
          static_cast<uint32_t>(key.group), static_cast<uint32_t>(key.period), key.value};
}

absl::Status CellCache::Merge(absl::string_view tenant, const storage::CellAddress& address,
                              const engine::Cell& cell, bool (*is_key)(uint64_t key),
                              storage::LedgerWriter& writer) {
  std::string key = storage::CellKeyOf(tenant, address);
  auto it = cells_.find(key);
  if (it == cells_.end()) {
    ASSIGN_OR_RETURN(const v1::StoredCell stored, writer.reader().ReadCell(tenant, address));
    std::optional<engine::Cell> read = is_key == nullptr ? engine::Cell::FromStored(stored)
                                                         : engine::Cell::FromStored(stored, is_key);
    if (!read) return absl::DataLossError("a counter cell is damaged");
    it = cells_.emplace(std::move(key), *std::move(read)).first;
  }
  it->second.Merge(cell);
  writer.PutCell(tenant, address, it->second.ToStored());
  return absl::OkStatus();
}

absl::Status CellCache::Add(absl::string_view tenant, engine::CellDeltas& deltas,
                            storage::LedgerWriter& writer) {
  if (cells_.size() > kKeptMax) cells_.clear();
  for (const engine::CellDelta& delta : deltas.Take())
    RETURN_IF_ERROR(Merge(tenant, AddressOf(delta.key), delta.cell, nullptr, writer));
  return absl::OkStatus();
}

}  // namespace redress::services
