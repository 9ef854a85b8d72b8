#include "services/population.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "base/status.h"
#include "engine/inspection/draw.h"
#include "engine/measure/day.h"
#include "engine/ticket/apply.h"
#include "services/history.h"

namespace redress::services {
namespace {

// Dimensions that a resolved ticket keeps until it is opened again, so that the ticket as it is now
// says its stratum. Any other is read from the history: slower, and right for what is added later.
constexpr absl::string_view kSettled[] = {
    "department", "level",   "highest_level", "category",   "root_category", "channel", "segment",
    "value_tier", "product", "severity",      "touchpoint", "kind",          "outcome"};

// Whether the ticket, as it is now, is as it was after its last resolving, as far as strata go.
bool StillStands(const v1::Ticket& ticket, const v1::SampleDrawn& draw) {
  const bool is_done =
      ticket.state() == v1::TICKET_STATE_RESOLVED || ticket.state() == v1::TICKET_STATE_CLOSED;
  if (!is_done || !ticket.has_resolution() || !ticket.external_id().empty()) return false;
  return ticket.last_event().commit() <= draw.commit();
}

bool AreSettled(const v1::SamplingPlan& plan) {
  return absl::c_all_of(plan.by(), [](const std::string& dimension) {
    return absl::c_linear_search(kSettled, dimension);
  });
}

// The ticket after its last resolving in the period; nothing if there is none.
absl::StatusOr<std::optional<v1::Ticket>> FindResolved(HistoryReader& histories,
                                                       const engine::DrawPeriod& period,
                                                       const v1::Ticket& now) {
  ASSIGN_OR_RETURN(const std::vector<DatedEvent> events, histories.ReadDated(now));
  std::optional<v1::Ticket> found;
  v1::Ticket ticket;
  for (const DatedEvent& dated : events) {
    ticket = engine::Apply(std::move(ticket), dated.event);
    if (period.Has(dated.event, ticket, dated.position.commit())) found = ticket;
  }
  return found;
}

}  // namespace

absl::Status ScanPopulation(const storage::LedgerReader& reader, absl::string_view tenant,
                            const v1::SampleDrawn& draw, uint64_t first_id, uint64_t end_id,
                            absl::FunctionRef<bool(const v1::Ticket&)> visit) {
  const engine::DrawPeriod period = engine::PeriodOf(draw);
  const bool are_settled = AreSettled(draw.plan());
  HistoryReader histories(reader, tenant);
  for (uint64_t id = first_id; id < end_id; ++id) {
    ASSIGN_OR_RETURN(const std::optional<v1::Ticket> now, reader.ReadTicket(tenant, id));
    if (!now || now->has_mystery() || !now->has_resolve_time()) continue;
    const int32_t last_day = engine::DayOf(now->resolve_time());
    if (last_day < period.from_day) continue;
    if (last_day < period.to_day && are_settled && StillStands(*now, draw)) {
      if (!visit(*now)) return absl::OkStatus();
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<v1::Ticket> found, FindResolved(histories, period, *now));
    if (found && !visit(*found)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace redress::services
