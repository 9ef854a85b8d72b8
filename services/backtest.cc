#include "services/backtest.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/playbook/backtest.h"
#include "services/facts.h"

namespace redress::services {
namespace {

// Tickets with ids from `first` up to before `end`, the oldest first.
absl::StatusOr<std::vector<v1::Ticket>> ReadPage(const storage::LedgerReader& reader,
                                                 absl::string_view tenant, uint64_t first,
                                                 uint64_t end) {
  ASSIGN_OR_RETURN(std::vector<v1::Ticket> tickets, reader.ScanTickets(tenant, end, end - first));
  std::reverse(tickets.begin(), tickets.end());
  std::erase_if(tickets, [first](const v1::Ticket& ticket) { return ticket.id() < first; });
  return tickets;
}

// Whether an issue of that kind may come without words, so that none are missing.
bool NeedsWords(const v1::Issue& issue) {
  return issue.kind() != v1::ISSUE_KIND_SCORE && issue.kind() != v1::ISSUE_KIND_ALERT;
}

absl::Status AddTicket(const storage::LedgerReader& reader, absl::string_view tenant,
                       const v1::Ticket& ticket, BacktestDays days, engine::BacktestTally& tally) {
  const int32_t day = engine::DayOf(ticket.create_time());
  if (day < days.from || day >= days.to) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Issue issue, ReadIssue(reader, tenant, ticket));
  if (issue.text().empty() && NeedsWords(issue)) {
    tally.AddErased();
    return absl::OkStatus();
  }
  tally.Add({ticket.reference(), engine::FormatDay(day), issue, ticket.decision()});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::BacktestPlaybookResponse> BacktestLedger(const storage::LedgerReader& reader,
                                                            absl::string_view tenant,
                                                            const engine::Playbook& candidate,
                                                            BacktestDays days,
                                                            BacktestProgress tell) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  v1::BacktestPlaybookResponse response;
  response.set_total(head.last_ticket_id());
  engine::BacktestTally tally(candidate);
  const uint64_t end = head.last_ticket_id() + 1;
  for (uint64_t first = 1; first < end; first += kBacktestPage) {
    const uint64_t page_end = std::min(first + kBacktestPage, end);
    ASSIGN_OR_RETURN(const std::vector<v1::Ticket> tickets,
                     ReadPage(reader, tenant, first, page_end));
    for (const v1::Ticket& ticket : tickets) {
      RETURN_IF_ERROR(AddTicket(reader, tenant, ticket, days, tally));
    }
    response.set_looked_at(page_end - 1);
    if (!tell(response)) return response;
  }
  response.set_done(true);
  *response.mutable_backtest() = std::move(tally).Take();
  return response;
}

}  // namespace redress::services
