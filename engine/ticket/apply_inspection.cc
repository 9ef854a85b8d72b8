#include "engine/ticket/apply_inspection.h"

#include "base/check.h"

namespace redress::engine {
namespace {

v1::Inspection& InspectionOf(v1::Ticket& ticket, uint32_t number) {
  CHECK(FindInspection(ticket, number) != nullptr);
  return *ticket.mutable_inspections(static_cast<int>(number) - 1);
}

void Dispute(v1::Ticket& ticket, const v1::Event& event) {
  const v1::InspectionDisputed& fact = event.inspection_disputed();
  v1::Inspection& inspection = InspectionOf(ticket, fact.number());
  inspection.set_state(v1::INSPECTION_STATE_DISPUTED);
  v1::InspectionDispute& dispute = *inspection.mutable_dispute();
  dispute.set_actor(event.actor());
  *dispute.mutable_time() = event.time();
  dispute.set_reason(fact.reason());
}

void Decide(v1::Ticket& ticket, const v1::Event& event) {
  const v1::InspectionDecided& fact = event.inspection_decided();
  v1::Inspection& inspection = InspectionOf(ticket, fact.number());
  inspection.set_state(fact.state());
  v1::InspectionVerdict& verdict = *inspection.mutable_verdict();
  verdict.set_actor(event.actor());
  *verdict.mutable_time() = event.time();
  verdict.set_note(fact.note());
  *verdict.mutable_results() = fact.results();
}

}  // namespace

const v1::Inspection* FindInspection(const v1::Ticket& ticket, uint32_t number) {
  if (number == 0 || number > static_cast<uint32_t>(ticket.inspections_size())) return nullptr;
  return &ticket.inspections(static_cast<int>(number) - 1);
}

void ApplyInspection(v1::Ticket& ticket, const v1::Event& event) {
  if (event.has_inspection_recorded())
    *ticket.add_inspections() = event.inspection_recorded().inspection();
  if (event.has_inspection_disputed()) Dispute(ticket, event);
  if (event.has_inspection_decided()) Decide(ticket, event);
}

}  // namespace redress::engine
