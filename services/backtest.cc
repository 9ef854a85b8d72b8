#include "services/backtest.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/playbook/backtest.h"
#include "services/backend.h"
#include "services/issue_reader.h"
#include "services/ordered_work.h"

namespace redress::services {
namespace {

// What is looked at of a ticket.
constexpr int kTicketFields[] = {
    v1::Ticket::kIdFieldNumber, v1::Ticket::kReferenceFieldNumber,
    v1::Ticket::kCreateTimeFieldNumber, v1::Ticket::kDecisionFieldNumber,
    v1::Ticket::kFirstEventFieldNumber, v1::Ticket::kMysteryFieldNumber};

// What was found in one page of tickets.
struct TriedPage {
  std::vector<engine::TriedTicket> tickets;
  uint64_t erased = 0;
};

// Tries the tickets with ids from `first` up to before `end`, the oldest first.
absl::StatusOr<TriedPage> TryPage(const storage::LedgerReader& reader, absl::string_view tenant,
                                  const engine::Playbook& candidate, BacktestDays days,
                                  uint64_t first, uint64_t end) {
  ASSIGN_OR_RETURN(std::vector<v1::Ticket> tickets,
                   reader.ScanTickets(tenant, end, end - first, kTicketFields));
  const bool reads_words = candidate.rules().reads_words();
  const auto words = reads_words ? IssueReader::Words::kRead : IssueReader::Words::kLeaveOut;
  IssueReader issues(reader, tenant);
  TriedPage page;
  page.tickets.reserve(tickets.size());
  for (auto it = tickets.rbegin(); it != tickets.rend(); ++it) {
    v1::Ticket& ticket = *it;
    const int32_t day = engine::DayOf(ticket.create_time());
    if (ticket.id() < first || day < days.from || day >= days.to) continue;
    if (ticket.has_mystery()) continue;  // no customer reported it
    ASSIGN_OR_RETURN(const v1::Issue issue, issues.Read(ticket, words));
    if (reads_words && !IsWhole(issue)) {
      ++page.erased;
      continue;
    }
    page.tickets.push_back(engine::TryTicket(
        candidate, {std::move(*ticket.mutable_reference()), engine::FormatDay(day), issue,
                    std::move(*ticket.mutable_decision())}));
  }
  return page;
}

}  // namespace

BacktestDays ParseDays(const std::string& from_day, const std::string& to_day,
                       std::vector<engine::FieldViolation>& violations) {
  const BacktestDays days{
      ParseDayOr(from_day, "from_day", engine::kDayFirst, violations),
      ParseDayOr(to_day, "to_day", engine::kDayLast + 1, violations)};
  if (violations.empty() && days.to <= days.from)
    violations.push_back({"to_day", "must be after from_day"});
  return days;
}

absl::StatusOr<v1::BacktestPlaybookResponse> BacktestLedger(const storage::LedgerReader& reader,
                                                            absl::string_view tenant,
                                                            const engine::Playbook& candidate,
                                                            BacktestDays days, WorkerPool* helpers,
                                                            BacktestProgress tell) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  v1::BacktestPlaybookResponse response;
  response.set_total(head.last_ticket_id());
  engine::BacktestTally tally(candidate);
  const uint64_t end = head.last_ticket_id() + 1;
  const auto page_end = [end](size_t page) {
    return std::min<uint64_t>(1 + (page + 1) * kBacktestPage, end);
  };
  absl::Status status;
  bool is_stopped = false;
  size_t taken = 0;
  OrderedWork<absl::StatusOr<TriedPage>>::Run(
      helpers, (end - 1 + kBacktestPage - 1) / kBacktestPage,
      [&](size_t page) {
        return TryPage(reader, tenant, candidate, days, 1 + page * kBacktestPage, page_end(page));
      },
      [&](absl::StatusOr<TriedPage> page) {
        status = page.status();
        if (!status.ok()) return false;
        for (const engine::TriedTicket& ticket : page->tickets) tally.Add(ticket);
        for (uint64_t i = 0; i < page->erased; ++i) tally.AddErased();
        response.set_looked_at(page_end(taken++) - 1);
        is_stopped = !tell(response);
        return !is_stopped;
      });
  RETURN_IF_ERROR(status);
  if (is_stopped) return response;
  response.set_done(true);
  *response.mutable_backtest() = std::move(tally).Take();
  return response;
}

}  // namespace redress::services
