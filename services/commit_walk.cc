#include "services/commit_walk.h"

#include <algorithm>

#include "base/status.h"
#include "services/commit_pages.h"

namespace redress::services {
namespace {

void ParseEvents(const WalkQuery& query, WalkedCommit& walked) {
  for (int i = 0; i < walked.commit.events_size(); ++i) {
    const std::string& bytes = walked.commit.events(i);
    const uint64_t id = PeekEvent(bytes).ticket_id;
    walked.last_ticket_id = std::max(walked.last_ticket_id, id);
    if (id != 0 && !query.Wants(id)) continue;
    v1::Event event;
    if (!event.ParseFromString(bytes)) {
      walked.damaged = i;
      return;
    }
    walked.last_ticket_id = std::max(walked.last_ticket_id, event.ticket_id());
    if (query.Wants(event.ticket_id())) walked.events.emplace_back(i, std::move(event));
  }
}

}  // namespace

absl::Status WalkCommits(const storage::LedgerReader& reader, absl::string_view tenant,
                         const WalkQuery& query,
                         absl::FunctionRef<absl::Status(WalkedCommit)> take) {
  for (uint64_t number = 1; number <= query.last_commit; ++number) {
    WalkedCommit walked;
    ASSIGN_OR_RETURN(walked.commit, reader.ReadCommit(tenant, number));
    ParseEvents(query, walked);
    RETURN_IF_ERROR(take(std::move(walked)));
  }
  return absl::OkStatus();
}

}  // namespace redress::services
