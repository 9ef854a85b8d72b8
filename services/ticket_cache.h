// The tickets that the executor decided on last, after everything that its commits wrote.
//
// Making a ticket of what is stored takes longer than deciding on it, and something more is
// often done soon to the same ticket. What is written of a ticket that is kept is applied to it.
//
// Belongs to the executor's thread, as the only writer of tickets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/ticket/decision.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

class TicketCache {
 public:
  // Tickets kept, about 8 KB each; all are dropped when there are more.
  static constexpr size_t kKeptMax = 1000;

  // Null: there is no such ticket. Valid until the next MakeRoom or Clear.
  absl::StatusOr<const v1::Ticket*> Find(const storage::LedgerReader& reader,
                                         absl::string_view tenant, uint64_t ticket_id);
  // The named ticket (id or reference), likewise.
  absl::StatusOr<const v1::Ticket*> FindNamed(const storage::LedgerReader& reader,
                                              absl::string_view tenant, absl::string_view name);

  // Steps of one ticket were written, which is `after` now.
  void Apply(absl::string_view tenant, absl::Span<const engine::Step> steps,
             const v1::Ticket& after);

  // Before each command, whose facts point into this.
  void MakeRoom() {
    if (tickets_.size() > kKeptMax) tickets_.clear();
  }
  // Forgets everything: a commit failed, so what was applied may not be stored.
  void Clear() { tickets_.clear(); }

 private:
  // By the keys of their records.
  absl::flat_hash_map<std::string, std::unique_ptr<v1::Ticket>> tickets_;
};

}  // namespace redress::services
