// Reads of tickets that take more than one record.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "redress/v1/ticket_service.pb.h"
#include "services/call.h"
#include "services/playbook_store.h"
#include "storage/ledger.h"

namespace redress::services {

// Tickets that one page may look at.
inline constexpr int kListScanMax = 10'000;
inline constexpr uint64_t kFromTheNewest = std::numeric_limits<uint64_t>::max();

struct TicketPage {
  std::vector<v1::Ticket> tickets;
  // Where the next page begins; 0 or 1: nowhere.
  uint64_t next_before_id = 0;
};

// Tickets that match and that the caller may see, newest first.
absl::StatusOr<TicketPage> ListMatching(const storage::LedgerReader& reader, const Caller& caller,
                                        const v1::TicketFilter& filter, uint64_t before_id,
                                        int size);

// What is behind the due instants of a ticket's clocks as of `now`, of one kind or all.
absl::StatusOr<v1::ExplainDueResponse> ExplainClocks(const storage::LedgerReader& reader,
                                                     PlaybookStore& playbooks,
                                                     const std::string& tenant,
                                                     const v1::Ticket& ticket, v1::ClockKind kind,
                                                     absl::Time now);

// Who had a ticket, for how long, and why it moved, up to `now`.
absl::StatusOr<v1::GetStoryResponse> ReadStory(const storage::LedgerReader& reader,
                                               const std::string& tenant,
                                               const v1::Ticket& ticket, absl::Time now);

// Something that was said.
struct SaidWords {
  v1::Words words;
  bool is_to_customer = false;
};

// In the order in which it was said; erased words are left out.
absl::StatusOr<std::vector<SaidWords>> ReadWords(const storage::LedgerReader& reader,
                                                 absl::string_view tenant,
                                                 const v1::Ticket& ticket);

}  // namespace redress::services
