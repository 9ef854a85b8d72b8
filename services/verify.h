// The check that nothing was changed: applies every event of a tenant's ledger again and compares
// everything stored.
//
// Hashes and Merkle roots of every commit, the chain between them, every ticket, index key and
// counter cell, the words that are kept, the playbook versions and the head. The ledger is read
// once, and its tickets are parted among the threads. Memory stays bounded: a ticket is in it from
// its first event to its last. Where too many are at a time, they are replayed in ranges of ids,
// the ledger being read once for each range.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "redress/v1/audit_service.pb.h"
#include "services/playbook_store.h"
#include "services/worker_pool.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets held in memory at a time, about 2 KB each.
inline constexpr uint64_t kVerifyTicketsMax = 200'000;

// Called now and then with how far it is; false stops.
using VerifyProgress = absl::FunctionRef<bool(const v1::VerifyLedgerResponse&)>;

struct VerifyOptions {
  // Take a part of the work; null: none do.
  WorkerPool* helpers = nullptr;
  // Where playbooks may have been compiled before; null: nowhere.
  PlaybookStore* playbooks = nullptr;
  uint64_t tickets_max = kVerifyTicketsMax;
};

// The finding, with `done` set. A record that cannot be read is a difference like any other; of
// several differences, the first that one thread would come upon is named, whatever the threads do.
v1::VerifyLedgerResponse VerifyLedgerOf(const storage::LedgerReader& reader,
                                        absl::string_view tenant, VerifyProgress tell,
                                        const VerifyOptions& options = {});

}  // namespace redress::services
