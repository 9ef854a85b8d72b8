#include "services/commit_walk.h"

#include <algorithm>
#include <optional>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "services/ordered_work.h"
#include "storage/chain.h"

namespace redress::services {
namespace {

using Page = absl::StatusOr<std::vector<WalkedCommit>>;

// The id of the ticket that a stored event is about, where its bytes begin with it: field 1 as a
// varint. Nothing: they begin otherwise, as those of an event about no ticket do.
std::optional<uint64_t> PeekTicketId(absl::string_view bytes) {
  constexpr char kTag = 0x08;
  constexpr int kVarintBytesMax = 10;
  if (bytes.empty() || bytes[0] != kTag) return std::nullopt;
  uint64_t id = 0;
  for (int i = 0; i < kVarintBytesMax && i + 1 < static_cast<int>(bytes.size()); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i + 1]);
    id |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return id;
  }
  return std::nullopt;
}

void ParseEvents(const WalkQuery& query, WalkedCommit& walked) {
  for (int i = 0; i < walked.commit.events_size(); ++i) {
    const std::string& bytes = walked.commit.events(i);
    const std::optional<uint64_t> id = PeekTicketId(bytes);
    if (id) walked.last_ticket_id = std::max(walked.last_ticket_id, *id);
    if (id && !query.Wants(*id)) continue;
    v1::Event event;
    if (!event.ParseFromString(bytes)) {
      walked.damaged = i;
      return;
    }
    walked.last_ticket_id = std::max(walked.last_ticket_id, event.ticket_id());
    if (query.Wants(event.ticket_id())) walked.events.emplace_back(i, std::move(event));
  }
}

void Hash(WalkedCommit& walked) {
  std::vector<std::string> leaves;
  for (const std::string& event : walked.commit.events())
    leaves.push_back(storage::LeafHash(event));
  walked.merkle_root = storage::MerkleRoot(std::move(leaves));
  walked.hash = storage::CommitHash(walked.commit);
}

Page ReadPage(const storage::LedgerReader& reader, absl::string_view tenant,
              const WalkQuery& query, uint64_t first, uint64_t last) {
  std::vector<WalkedCommit> page;
  for (uint64_t number = first; number <= last; ++number) {
    ASSIGN_OR_RETURN(v1::Commit commit, reader.ReadCommit(tenant, number));
    WalkedCommit& walked = page.emplace_back();
    walked.commit = std::move(commit);
    ParseEvents(query, walked);
    if (query.with_hashes && walked.commit.events_size() > 0) Hash(walked);
  }
  return page;
}

}  // namespace

absl::Status WalkCommits(const storage::LedgerReader& reader, absl::string_view tenant,
                         const WalkQuery& query, WorkerPool* helpers,
                         absl::FunctionRef<absl::Status(WalkedCommit)> take) {
  absl::Status status;
  const size_t pages = static_cast<size_t>((query.last_commit + kWalkPage - 1) / kWalkPage);
  OrderedWork<Page>::Run(
      helpers, pages,
      [&](size_t page) {
        const uint64_t first = 1 + page * kWalkPage;
        return ReadPage(reader, tenant, query, first,
                        std::min(query.last_commit, first + kWalkPage - 1));
      },
      [&](Page page) {
        status = page.status();
        for (size_t i = 0; status.ok() && i < page->size(); ++i)
          status = take(std::move((*page)[i]));
        return status.ok();
      });
  return status;
}

}  // namespace redress::services
