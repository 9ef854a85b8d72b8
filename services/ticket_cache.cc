#include "services/ticket_cache.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/reference.h"
#include "storage/tables.h"

namespace redress::services {

absl::StatusOr<const v1::Ticket*> TicketCache::Find(const storage::LedgerReader& reader,
                                                    absl::string_view tenant,
                                                    uint64_t ticket_id) {
  std::string key = storage::TicketKey(tenant, ticket_id);
  if (const auto it = tickets_.find(key); it != tickets_.end()) return it->second.get();
  ASSIGN_OR_RETURN(std::optional<v1::Ticket> stored, reader.ReadTicket(tenant, ticket_id));
  if (!stored) return nullptr;
  auto ticket = std::make_unique<v1::Ticket>(*std::move(stored));
  return tickets_.emplace(std::move(key), std::move(ticket)).first->second.get();
}

absl::StatusOr<const v1::Ticket*> TicketCache::FindNamed(const storage::LedgerReader& reader,
                                                         absl::string_view tenant,
                                                         absl::string_view name) {
  const std::optional<uint64_t> ticket_id = engine::ParseTicketName(name);
  if (!ticket_id) return nullptr;
  return Find(reader, tenant, *ticket_id);
}

void TicketCache::Apply(absl::string_view tenant, absl::Span<const engine::Step> steps,
                        const v1::Ticket& after) {
  const auto it = tickets_.find(storage::TicketKey(tenant, after.id()));
  if (it == tickets_.end()) return;
  v1::Ticket& ticket = *it->second;
  for (const engine::Step& step : steps) engine::ApplyTo(ticket, step.event);
  *ticket.mutable_first_event() = after.first_event();
  *ticket.mutable_last_event() = after.last_event();
  CHECK_EQ(ticket.version(), after.version());
}

}  // namespace redress::services
