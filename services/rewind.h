// Takes a tenant's ledger back to an earlier commit: what came after it is gone, and everything
// that is computed from the ledger is made anew from the events that stay.
//
// Tickets, index keys, counter cells and the list of playbooks come from the events; replies and
// words stay as far as an event that stays names them. The head does not change what the commits
// that stay say, so receipts and hashes of those remain true. The cells of the playbook's measures
// are counted anew when the copy is served. With the newest commit as the aim
// nothing is lost, and whatever was damaged beside the ledger is whole again.
//
// For a copy that nobody serves: a rewind that was cut short leaves a database that is neither.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/kv.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets held in memory at a time; the ledger is read once for each such range of ids.
inline constexpr uint64_t kRewindTicketsMax = 200'000;

// Takes `tenant` back to `commit`; 0 leaves nothing of it. OUT_OF_RANGE: its ledger is not that
// long. DATA_LOSS: a commit that stays cannot be read.
absl::Status Rewind(storage::Kv& kv, absl::string_view tenant, uint64_t commit);

// The newest commit of the tenant that was made at `time` or before; 0 when there is none.
absl::StatusOr<uint64_t> FindCommitAt(const storage::LedgerReader& reader,
                                      absl::string_view tenant, absl::Time time);

}  // namespace redress::services
