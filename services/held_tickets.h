// The tickets that a verification holds between their events.
//
// Those that something happened to lately are messages, ready for the next event; the others are
// serialized, which takes a tenth of the memory and, when the next event comes much later, less
// time than finding all of a message's pieces again. One thread at a time.
#pragma once

#include <google/protobuf/arena.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "redress/v1/ticket.pb.h"

namespace redress::services {

// Tickets that are held as messages, about 8 KB each.
inline constexpr size_t kWarmTicketsMax = 1024;

class HeldTickets {
 public:
  // What is stored of a ticket, which it is compared with in the end.
  struct Stored {
    std::optional<std::string> ticket;  // nothing: it has no record
    uint64_t version = 0;
  };

  size_t size() const { return held_.size(); }

  // Holds one more, empty. REQUIRES: it is not held.
  v1::Ticket& Add(uint64_t id, Stored stored);
  // Nullptr: it is not held. Valid until the next call.
  v1::Ticket* Find(uint64_t id);
  // REQUIRES of both: it is held.
  const Stored& StoredOf(uint64_t id) const { return held_.at(id).stored; }
  void Erase(uint64_t id);

  // Visits all of them, in no order, and forgets them.
  void TakeAll(absl::FunctionRef<void(uint64_t id, const v1::Ticket&, const Stored&)> visit);

 private:
  // A message in one piece, as far as it goes.
  struct Warm {
    static constexpr size_t kBlockBytes = 4096;

    Warm() : arena(block, sizeof(block)) {}

    char block[kBlockBytes];
    google::protobuf::Arena arena;
    v1::Ticket* ticket = nullptr;
  };
  struct Held {
    Stored stored;
    std::unique_ptr<Warm> warm;  // null: serialized
    std::string serialized;
  };

  // Makes an empty message of it, for which the one that was warmed first may have to cool.
  v1::Ticket& WarmUp(uint64_t id, Held& held);
  void CoolFirst();
  void Recycle(std::unique_ptr<Warm> warm);

  absl::flat_hash_map<uint64_t, Held> held_;
  std::deque<uint64_t> warmed_;  // in their order; some may have been erased since
  std::vector<std::unique_ptr<Warm>> spare_;
};

}  // namespace redress::services
