// How departments take work.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

void Lease(Draft& draft, absl::Duration lease) {
  const Envelope& envelope = draft.envelope();
  v1::Event event = draft.NewEvent();
  v1::TicketLeased& leased = *event.mutable_ticket_leased();
  leased.set_handler(envelope.actor.id);
  leased.set_lease_token(draft.ticket().lease_count() + 1);
  *leased.mutable_lease_expire_time() = ToTimestamp(envelope.time + lease);
  draft.Record(std::move(event));
}

// Still what was asked for: since it was found, time may have moved the ticket elsewhere.
bool CanPull(const v1::PullTicketsRequest& command, const v1::Ticket& ticket) {
  const bool is_asked_level =
      command.level() == v1::LEVEL_UNSPECIFIED || command.level() == ticket.level();
  return is_asked_level && command.department() == ticket.department() &&
         Allows(ticket.state(), Fact::kTicketLeased);
}

}  // namespace

Decision DecidePullTickets(const Facts& facts, const v1::PullTicketsRequest& command,
                           const Envelope& envelope) {
  if (!envelope.actor.MayActFor(command.department()))
    return DepartmentNotYours(command.department());
  if (facts.playbook == nullptr) return PlaybookMissing();
  if (facts.queue.empty() && facts.playbook->FindDepartment(command.department()) == nullptr)
    return InvalidField("department", "must be a department of the playbook");

  const absl::Duration lease = command.has_lease() ? ToSpan(command.lease()) : kLeaseDefault;
  Decision all({}, {});
  for (const v1::Ticket* waiting : facts.queue) {
    Draft draft(facts, waiting, waiting->id(), envelope);
    CatchUp(facts, draft, envelope.time);
    if (!CanPull(command, draft.ticket())) continue;
    Lease(draft, lease);
    Decision one = std::move(draft).Accept();
    for (Step& step : one.steps) all.steps.push_back(std::move(step));
  }
  return all;
}

Decision DecideExtendLease(const Facts& facts, const v1::ExtendLeaseRequest& command,
                           const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseHolder(draft.ticket(), envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(draft.ticket(), Fact::kLeaseExtended, "have its lease extended"));

  v1::Event event = draft.NewEvent();
  *event.mutable_lease_extended()->mutable_lease_expire_time() =
      ToTimestamp(envelope.time + ToSpan(command.lease()));
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideReturnTicket(const Facts& facts, const v1::ReturnTicketRequest& command,
                            const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseMover(ticket, envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(ticket, Fact::kTicketReturned, "be returned"));
  if (ticket.returns() >= kReturnsMax)
    return Rejection{v1::ERROR_REASON_RETURN_LIMIT,
                     absl::StrCat("Ticket ", ticket.reference(), " was returned ", ticket.returns(),
                                  " times in this cycle. Transfer, escalate or resolve it."),
                     {{"ticket", ticket.reference()}},
                     {}};

  v1::Event event = draft.NewEvent();
  event.mutable_ticket_returned()->set_reason(command.reason());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideAcceptTicket(const Facts& facts, const v1::AcceptTicketRequest& command,
                            const Envelope& envelope) {
  REJECT_IF(RefuseAccess(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseHolder(draft.ticket(), envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(draft.ticket(), Fact::kTicketAccepted, "be accepted"));

  v1::Event event = draft.NewEvent();
  event.mutable_ticket_accepted()->set_handler(envelope.actor.id);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

}  // namespace redress::engine
