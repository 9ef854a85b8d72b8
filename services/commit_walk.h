// Goes through a tenant's commits in order.
//
// An event that is about a ticket outside the wanted range of ids is not parsed: its id stands in
// its first bytes.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "storage/ledger.h"

namespace redress::services {

struct WalkQuery {
  uint64_t last_commit = 0;
  // Events of tickets from `first_id` up to before `end_id`, and with first_id 1 those that are
  // about no ticket.
  uint64_t first_id = 1;
  uint64_t end_id = 0;

  bool Wants(uint64_t ticket_id) const {
    if (ticket_id == 0) return first_id == 1;
    return ticket_id >= first_id && ticket_id < end_id;
  }
};

struct WalkedCommit {
  v1::Commit commit;
  // By their places in the commit; up to the first that cannot be parsed.
  std::vector<std::pair<int, v1::Event>> events;
  // The place of an event that cannot be parsed; -1: all can.
  int damaged = -1;
  // The greatest ticket id of all events.
  uint64_t last_ticket_id = 0;
};

// Calls `take` with each commit from the first one on, until it or a read fails.
absl::Status WalkCommits(const storage::LedgerReader& reader, absl::string_view tenant,
                         const WalkQuery& query,
                         absl::FunctionRef<absl::Status(WalkedCommit)> take);

}  // namespace redress::services
