// Reads of personal data by people who do not work on the tickets are facts of the ledger.
//
// Whoever has the role manager or admin sees the whole tenant without holding a ticket. What they
// are shown of customers is recorded first, durably, and shown then; what cannot be recorded is not
// shown. Agents and owners read what they work on, which the ledger tells already; so does who is
// one of these for every department beside being a manager or an admin, as the local actor of a
// server without tokens is. Customers read their own. Figures, reports and verifications name no
// customer and are not recorded; the lists of tickets behind them are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "redress/v1/audit_service.pb.h"
#include "redress/v1/event.pb.h"
#include "services/backend.h"

namespace redress::services {

// Tickets that one record names; a page never has more.
inline constexpr int kReadTicketsMax = 1000;
// Commits that one page of records may look at.
inline constexpr uint64_t kReadsScanMax = 20'000;

// Whether what this caller is shown is recorded.
bool IsRecorded(const Caller& caller);

// What is about to be shown, still without its tickets. `method`: such as
// "TicketService.GetTicket".
v1::PersonalDataRead MakeRead(absl::string_view method, v1::PersonalDataKind kind);

// Records the read and calls `show` then; `fail` where it could not be recorded. At once for a
// caller whose reads are not recorded, and where nothing is shown.
void RecordThen(Backend& backend, const Caller& caller, v1::PersonalDataRead read,
                std::function<void(const Failure&)> fail, std::function<void()> show);

// The same for a call with one answer.
template <class Response>
void Show(Backend& backend, const Caller& caller, v1::PersonalDataRead read, Response response,
          const Reply<Response>& reply) {
  RecordThen(
      backend, caller, std::move(read), [reply](const Failure& failure) { reply.Fail(failure); },
      [reply, response = std::move(response)] { reply.Finish(response); });
}

// What was recorded.
struct ReadQuery {
  std::string actor;       // empty: anybody's
  uint64_t ticket_id = 0;  // 0: of any
  uint64_t before_commit = 0;
  int size = 0;
};
struct ReadPage {
  std::vector<v1::RecordedRead> reads;  // newest first
  // Where the next page goes on; 0: there is none.
  uint64_t next_before_commit = 0;
};
// Commits below `before_commit`, newest first; all records of a commit are on one page.
absl::StatusOr<ReadPage> ListReads(const storage::LedgerReader& reader, absl::string_view tenant,
                                   const ReadQuery& query);

}  // namespace redress::services
