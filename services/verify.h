// The check that nothing was changed: applies every event of a tenant's ledger again and compares
// everything stored.
//
// Hashes and Merkle roots of every commit, the chain between them, every ticket, index key and
// counter cell, the words that are kept, the playbook versions and the head. Memory stays bounded:
// tickets are replayed in ranges of ids, the ledger being read once for each range.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "redress/v1/audit_service.pb.h"
#include "services/worker_pool.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets held in memory at a time.
inline constexpr uint64_t kVerifyTicketsMax = 200'000;

// Called now and then with how far it is; false stops.
using VerifyProgress = absl::FunctionRef<bool(const v1::VerifyLedgerResponse&)>;

// The finding, with `done` set. A record that cannot be read is a difference like any other.
// `helpers`: read ahead; null for none.
v1::VerifyLedgerResponse VerifyLedgerOf(const storage::LedgerReader& reader,
                                        absl::string_view tenant, VerifyProgress tell,
                                        WorkerPool* helpers = nullptr);

}  // namespace redress::services
