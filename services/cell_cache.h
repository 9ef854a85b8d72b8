// The counter cells that the executor is adding to.
//
// A hot cell is not read again for every commit. While more waits it is not even written by every
// commit: what the newest commits add stays open, in one record for each, and is merged into the
// cells once nothing more waits or after kOpenCommitsMax commits. A small commit under load would
// otherwise write more cells than anything else. Readers add what is open to what is stored
// (storage/ledger.h), so they see each commit whole.
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

  // Commits of a tenant that stay open, cells that they add to, and the bytes of one record.
  static constexpr uint32_t kOpenCommitsMax = 16;
  static constexpr size_t kOpenCellsMax = 5000;
  static constexpr size_t kOpenBytesMax = 256 << 10;
  // Tenants of which it is known that nothing is open; with more, those are forgotten.
  static constexpr size_t kTenantsMax = 64;

  // Takes what a commit adds for one tenant.
  absl::Status Add(absl::string_view tenant, engine::CellDeltas& deltas,
                   const storage::LedgerReader& reader);
  // Takes what it adds to one cell.
  absl::Status Merge(absl::string_view tenant, const storage::CellAddress& address,
                     const engine::Cell& cell, const storage::LedgerReader& reader);
  // Writes what was taken since the last Write. `may_stay_open`: as sums; otherwise, nothing of any
  // tenant stays open.
  absl::Status Write(bool may_stay_open, storage::LedgerWriter& writer);
  // Merges what is open for one tenant into its cells.
  absl::Status Close(absl::string_view tenant, storage::LedgerWriter& writer);

  // Cells were deleted.
  void ForgetStored() { cells_.clear(); }
  // Forgets everything: a commit failed, so what was merged may not be stored.
  void Clear() {
    cells_.clear();
    open_.clear();
  }

 private:
  using Sums = std::map<std::string, engine::Cell>;  // by the cells' keys
  // Of one tenant.
  struct Open {
    Sums sums;             // what is open in the store
    Sums added;            // what is to be written
    uint32_t records = 0;  // of what is open

    bool IsEmpty() const { return sums.empty() && added.empty() && records == 0; }
  };

  // Writes what is added as a record. False: it is too large, or there are too many.
  static bool LeaveOpen(absl::string_view tenant, Open& open, storage::LedgerWriter& writer);
  // Reads what is open the first time.
  absl::StatusOr<Open*> OpenOf(absl::string_view tenant, const storage::LedgerReader& reader);
  absl::Status CloseOne(absl::string_view tenant, Open& open, storage::LedgerWriter& writer);
  absl::StatusOr<engine::Cell*> StoredOf(absl::string_view tenant, const std::string& key,
                                         const storage::LedgerReader& reader);

  absl::flat_hash_map<std::string, engine::Cell> cells_;  // as stored, by key
  std::map<std::string, Open, std::less<>> open_;         // of tenants that were asked for
};

// Where a cell is stored.
storage::CellAddress AddressOf(const engine::CellKey& key);

}  // namespace redress::services
