// The counter cells that the executor is adding to, so that a hot cell is not read again for every
// commit.
//
// Belongs to the executor's thread, as the only writer of cells.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "storage/ledger.h"

namespace redress::services {

class CellCache {
 public:
  // Cells kept; all are dropped when there are more.
  static constexpr size_t kKeptMax = 50'000;

  // Merges what a commit adds for one tenant into the stored cells and writes them.
  absl::Status Add(absl::string_view tenant, engine::CellDeltas& deltas,
                   storage::LedgerWriter& writer);
  // Merges one cell. `is_key`: of a cell whose keys are not counters.
  absl::Status Merge(absl::string_view tenant, const storage::CellAddress& address,
                     const engine::Cell& cell, bool (*is_key)(uint64_t key),
                     storage::LedgerWriter& writer);
  // Forgets everything: a commit failed, so what was merged may not be stored.
  void Clear() { cells_.clear(); }

 private:
  absl::flat_hash_map<std::string, engine::Cell> cells_;
};

// Where a cell is stored.
storage::CellAddress AddressOf(const engine::CellKey& key);

}  // namespace redress::services
