// Goes through the events of a tenant's ledger again, as far as a commit.
//
// Independent of everything that is stored beside the ledger: tickets are made from their events.
// Costs every event; the tickets of kReplayTicketsMax ids are in memory at a time, and the ledger
// is read once for each such range.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

inline constexpr uint64_t kReplayTicketsMax = 200'000;

// One event of a ticket.
struct ReplayedEvent {
  // Null for a ticket's first event.
  const v1::Ticket* before;
  const v1::Event& event;
  const v1::Ticket& after;
  v1::Position position;
  google::protobuf::Timestamp record_time;
};

// Visits every event about a ticket in the commits up to `last_commit`; those of one ticket in
// their order. DATA_LOSS: an event that does not follow the one before it.
absl::Status Replay(const storage::LedgerReader& reader, absl::string_view tenant,
                    uint64_t last_commit, absl::FunctionRef<void(const ReplayedEvent&)> visit);

}  // namespace redress::services
