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

absl::Status CellCache::Add(absl::string_view tenant, engine::CellDeltas& deltas,
                            storage::LedgerWriter& writer) {
  if (cells_.size() > kKeptMax) cells_.clear();
  for (const engine::CellDelta& delta : deltas.Take()) {
    const storage::CellAddress address = AddressOf(delta.key);
    std::string key = storage::CellKeyOf(tenant, address);
    auto it = cells_.find(key);
    if (it == cells_.end()) {
      ASSIGN_OR_RETURN(const v1::StoredCell stored, writer.reader().ReadCell(tenant, address));
      std::optional<engine::Cell> cell = engine::Cell::FromStored(stored);
      if (!cell) return absl::DataLossError("a counter cell is damaged");
      it = cells_.emplace(std::move(key), *std::move(cell)).first;
    }
    it->second.Merge(delta.cell);
    writer.PutCell(tenant, address, it->second.ToStored());
  }
  return absl::OkStatus();
}

}  // namespace redress::services
