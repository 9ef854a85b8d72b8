// A tenant's ledger in pages of commits, each with the stored tickets that its events open.
//
// Pages are read in order, which is cheap; what follows from a page alone, such as its hashes, is
// computed afterwards on any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// A page ends with the commit that reaches one of these.
inline constexpr size_t kPageCommitsMax = 1024;
inline constexpr size_t kPageBytesMax = 512 << 10;

// What an event's bytes begin with: the ticket's id and its version after the event, each 0 where
// they do not begin so, as those of an event about no ticket.
struct EventStart {
  uint64_t ticket_id = 0;
  uint64_t version = 0;
};
EventStart PeekEvent(absl::string_view bytes);

// The version that a stored ticket has; 0 when its bytes do not say.
uint64_t PeekTicketVersion(absl::string_view bytes);

struct PagedCommit {
  v1::Commit commit;
  // What the Merkle root over the events and the commit's hash must be. Only prepared, and only
  // when there are events.
  std::string merkle_root;
  std::string hash;
  // Of each event. Only prepared.
  std::vector<EventStart> starts;
};

// Ids from `first` up to before `end`.
struct IdRange {
  uint64_t first = 0;
  uint64_t end = 0;
};

struct CommitPage {
  struct Opened {
    uint64_t ticket_id;
    // The ticket's record; nothing: there is none.
    std::optional<std::string> stored;
  };

  // The stored ticket that an event of this page opens; null: none does.
  const Opened* FindOpened(uint64_t ticket_id) const;

  // The number that the first commit must have.
  uint64_t first = 0;
  std::vector<PagedCommit> commits;
  // Why there is no commit after these; OK: all were read.
  absl::Status failure;

  // The rest is there once it is prepared. Rising ids.
  std::vector<Opened> opened;
  // The ids whose records were read.
  std::vector<IdRange> read;
  // Ids of the stored tickets among them that are none of those opened.
  std::vector<uint64_t> strangers;
  // Why tickets could not be read.
  absl::Status tickets_failure;
};

// The id in the key of a stored ticket; 0 when it cannot be read. `skip`: the size of the table's
// prefix.
uint64_t TicketIdOfKey(absl::string_view key, size_t skip);

class CommitPageReader {
 public:
  // Reads up to the commit `last`. REQUIRES: `reader` outlives this.
  CommitPageReader(const storage::LedgerReader& reader, absl::string_view tenant, uint64_t last);

  // The next page; null: there are no more. One thread at a time.
  std::unique_ptr<CommitPage> Read();

  // Adds the hashes, and the tickets with ids in `wanted` that the page opens. Any thread.
  void Prepare(CommitPage& page, const IdRange& wanted) const;

 private:
  // Reads the records of the tickets opened[begin, end), whose ids follow each other.
  absl::Status ReadRun(CommitPage& page, size_t begin, size_t end) const;
  absl::Status FailureAt(uint64_t number) const;

  const storage::LedgerReader& reader_;
  const std::string tenant_;
  const uint64_t last_;
  uint64_t next_ = 1;
  std::string from_;  // the key to go on from
  bool has_failed_ = false;
};

}  // namespace redress::services
