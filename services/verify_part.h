// The tickets of one part of a ledger, made again from their events and compared with what is
// stored.
//
// A ticket is held from its first event until it is as its record says, which is compared at once;
// so what is held are the tickets that more is still to happen to. One thread at a time.
#pragma once

#include <google/protobuf/arena.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/measure/before_copy.h"
#include "engine/measure/cell.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"
#include "services/commit_pages.h"
#include "services/first_difference.h"
#include "services/held_tickets.h"
#include "services/key_sum.h"
#include "services/measure_check.h"
#include "services/sample_check.h"
#include "services/ticket_id_set.h"
#include "storage/ledger.h"

namespace redress::services {

// What the parts of one verification share. Everything outlives them.
struct VerifyShared {
  const storage::LedgerReader& reader;
  absl::string_view tenant;
  const MeasureCheck& measures;
  SampleCheck& samples;
  FirstDifference& first;
  // Tickets compared.
  std::atomic<uint64_t> records = 0;
  // A part was to hold more than it may.
  std::atomic<bool> is_too_much = false;
};

class VerifyPart {
 public:
  // Takes the tickets in `ids` whose id leaves `part` when divided by `parts`. `tickets_max`: how
  // many all parts together may hold at a time.
  VerifyPart(VerifyShared& shared, const IdRange& ids, size_t part, size_t parts,
             uint64_t tickets_max);

  // Takes its events of the next page.
  void Take(const CommitPage& page);
  // There are no more pages: what is still held is not what is stored.
  void Finish();

  // What the events add up to. The index keys are those of the tickets that were compared.
  std::vector<engine::CellDelta> TakeCells() { return cells_.Take(); }
  std::vector<MeasureCheck::AddressedCell> TakeMeasures() { return measures_.Take(); }
  const KeySum& index_keys() const { return index_keys_; }

 private:
  bool IsOwn(uint64_t ticket_id) const {
    return ticket_id % parts_ == part_ && ticket_id >= ids_.first && ticket_id < ids_.end &&
           ticket_id != 0;
  }
  absl::Status TakeEvent(const CommitPage& page, const v1::Commit& commit,
                         const v1::Event& event, const v1::Position& position);
  absl::Status TakeFirst(const CommitPage& page, const v1::Commit& commit, const v1::Event& event,
                         const v1::Position& position);
  absl::Status TakeLater(v1::Ticket& ticket, const v1::Commit& commit, const v1::Event& event,
                         const v1::Position& position);
  absl::StatusOr<v1::Ticket*> HoldAgain(uint64_t ticket_id);
  // Whether one more ticket may be held.
  bool MayHold();
  // Makes the ticket from its first event.
  void Begin(v1::Ticket& ticket, const v1::Commit& commit, const v1::Event& event,
             const v1::Position& position);
  // Whether the ticket is as its record says.
  bool IsStored(const v1::Ticket& ticket, absl::string_view stored);
  void Count(const v1::Ticket* before, const v1::Commit& commit, const v1::Event& event,
             const v1::Ticket& after, const v1::Position& position);
  void Complete(const v1::Ticket& ticket);

  VerifyShared& shared_;
  const IdRange ids_;
  const size_t part_;
  const size_t parts_;
  const uint64_t held_max_;
  const std::unique_ptr<char[]> block_;
  google::protobuf::Arena arena_;  // of what an event needs; begins in the block
  HeldTickets held_;
  TicketIdSet complete_;
  const engine::BeforeCopy before_copy_;
  engine::CellDeltas cells_;
  MeasureCheck::Count measures_;
  KeySum index_keys_;
  std::string serialized_;  // a ticket that is being compared
};

}  // namespace redress::services
