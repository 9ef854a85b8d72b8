// The tickets behind a figure, found by applying their histories again and asking the same Tally.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/measure/counter.h"
#include "redress/v1/audit_service.pb.h"
#include "storage/ledger.h"

namespace redress::services {

// A commit that is never reached.
inline constexpr uint64_t kEveryCommit = std::numeric_limits<uint64_t>::max();

struct MemberQuery {
  engine::Counter counter;
  v1::Dimension dimension = v1::DIMENSION_UNSPECIFIED;
  std::string value;
  int32_t from_day = 0;
  int32_t to_day = 0;
  // Only what was recorded up to this commit.
  uint64_t last_commit = kEveryCommit;
};

struct MemberPage {
  std::vector<v1::Member> members;
  // The first ticket of the next page; 0: there is none.
  uint64_t next_ticket_id = 0;
};

// Tickets that one page may look at.
inline constexpr uint64_t kMembersScanMax = 20'000;

// Tickets from `first_ticket_id` on to whom `amount_of` gives another amount than 0.
absl::StatusOr<MemberPage> ReadMembersBy(
    const storage::LedgerReader& reader, absl::string_view tenant,
    absl::FunctionRef<absl::StatusOr<int64_t>(const v1::Ticket&)> amount_of,
    uint64_t first_ticket_id, int size);

// Members among the tickets from `first_ticket_id` on, `size` at most, by rising id.
absl::StatusOr<MemberPage> ReadMembers(const storage::LedgerReader& reader,
                                       absl::string_view tenant, const MemberQuery& query,
                                       uint64_t first_ticket_id, int size);

}  // namespace redress::services
