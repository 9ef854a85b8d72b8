#include "services/members.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "engine/measure/tally.h"
#include "engine/ticket/apply.h"
#include "services/history.h"

namespace redress::services {
namespace {

// What one ticket's history adds to the figure.
absl::StatusOr<int64_t> AmountOf(HistoryReader& histories, const v1::Ticket& ticket,
                                 const MemberQuery& query) {
  ASSIGN_OR_RETURN(const std::vector<DatedEvent> history, histories.ReadDated(ticket));
  std::optional<v1::Ticket> before;
  int64_t amount = 0;
  for (const auto& [event, position, record_time] : history) {
    if (position.commit() > query.last_commit) break;
    v1::Ticket after = engine::Apply(before.value_or(v1::Ticket()), event);
    const engine::TicketTally tally = engine::Tally(before ? &*before : nullptr, event, after);
    amount += engine::MemberAmount(tally, query.counter, query.dimension, query.value,
                                   query.from_day, query.to_day);
    before = std::move(after);
  }
  return amount;
}

}  // namespace

absl::StatusOr<MemberPage> ReadMembersBy(
    const storage::LedgerReader& reader, absl::string_view tenant,
    absl::FunctionRef<absl::StatusOr<int64_t>(const v1::Ticket&)> amount_of,
    uint64_t first_ticket_id, int size) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  MemberPage page;
  const uint64_t end = std::min(head.last_ticket_id() + 1, first_ticket_id + kMembersScanMax);
  for (uint64_t id = first_ticket_id; id < end; ++id) {
    if (static_cast<int>(page.members.size()) >= size) {
      page.next_ticket_id = id;
      return page;
    }
    ASSIGN_OR_RETURN(const std::optional<v1::Ticket> ticket, reader.ReadTicket(tenant, id));
    if (!ticket) continue;
    ASSIGN_OR_RETURN(const int64_t amount, amount_of(*ticket));
    if (amount == 0) continue;
    v1::Member& member = page.members.emplace_back();
    member.set_ticket_id(id);
    member.set_reference(ticket->reference());
    member.set_amount(amount);
  }
  if (end <= head.last_ticket_id()) page.next_ticket_id = end;
  return page;
}

absl::StatusOr<MemberPage> ReadMembers(const storage::LedgerReader& reader,
                                       absl::string_view tenant, const MemberQuery& query,
                                       uint64_t first_ticket_id, int size) {
  HistoryReader histories(reader, tenant);
  return ReadMembersBy(
      reader, tenant,
      [&](const v1::Ticket& ticket) { return AmountOf(histories, ticket, query); },
      first_ticket_id, size);
}

}  // namespace redress::services
