// Histories of many tickets, for reads that go through them one after another.
//
// Neighbouring tickets share commits, so the last ones read are kept. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/ticket.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// An event, where it stands and when it was recorded.
struct DatedEvent {
  v1::Event event;
  v1::Position position;
  google::protobuf::Timestamp record_time;
};

class HistoryReader {
 public:
  // Commits kept.
  static constexpr size_t kKeptMax = 64;

  // REQUIRES: `reader` outlives this.
  HistoryReader(const storage::LedgerReader& reader, absl::string_view tenant)
      : reader_(reader), tenant_(tenant) {}

  // Every event of the ticket, oldest first.
  absl::StatusOr<std::vector<v1::Event>> Read(const v1::Ticket& ticket);
  absl::StatusOr<std::vector<DatedEvent>> ReadDated(const v1::Ticket& ticket);

 private:
  absl::StatusOr<const v1::Commit*> CommitAt(uint64_t number);

  const storage::LedgerReader& reader_;
  const std::string tenant_;
  std::deque<v1::Commit> kept_;
};

}  // namespace redress::services
