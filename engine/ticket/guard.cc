#include "engine/ticket/guard.h"

#include "absl/strings/str_cat.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {

std::optional<Rejection> RefuseAccess(const Facts& facts, const Envelope& envelope,
                                      absl::string_view name, absl::string_view etag) {
  if (!facts.ticket) return TicketNotFound(name);
  const v1::Ticket& ticket = *facts.ticket;
  const Actor& actor = envelope.actor;
  if (actor.is_customer && ticket.customer_id() != actor.id) return TicketNotFound(name);
  REJECT_IF(RefusePlace(ticket, actor));
  if (!etag.empty() && etag != ticket.etag()) return EtagMismatch(ticket, etag);
  return std::nullopt;
}

std::optional<Rejection> RefuseTicket(const Facts& facts, const Envelope& envelope,
                                      absl::string_view name, absl::string_view etag) {
  REJECT_IF(RefuseAccess(facts, envelope, name, etag));
  return RefuseFull(*facts.ticket);
}

std::optional<Rejection> RefuseFull(const v1::Ticket& ticket) {
  if (ticket.version() < kTicketVersionMax) return std::nullopt;
  return Rejection{v1::ERROR_REASON_TICKET_FULL,
                   absl::StrCat("Ticket ", ticket.reference(), " has ", ticket.version(),
                                " events, the most that one ticket may have."),
                   {{"ticket", ticket.reference()}},
                   {}};
}

std::optional<Rejection> RefusePlace(const v1::Ticket& ticket, const Actor& actor) {
  if (actor.is_customer || actor.MayActFor(ticket.department())) return std::nullopt;
  return DepartmentNotYours(ticket.department());
}

std::optional<Rejection> RefuseHolder(const v1::Ticket& ticket, const Actor& actor,
                                      uint64_t lease_token) {
  const bool is_done = ticket.state() == v1::TICKET_STATE_RESOLVED ||
                       ticket.state() == v1::TICKET_STATE_CLOSED;
  if (is_done) return WrongState(ticket, "be worked on");
  const bool is_leased = ticket.state() == v1::TICKET_STATE_LEASED;
  if (lease_token != 0 && (is_leased || ticket.state() == v1::TICKET_STATE_QUEUED) &&
      (!ticket.has_hold() || ticket.hold().lease_token() != lease_token))
    return LeaseLost(ticket, lease_token);
  if (!ticket.has_hold() || ticket.hold().handler() != actor.id) return NotHolder(ticket);
  if (is_leased && lease_token == 0)
    return InvalidField("lease_token", "is required while the ticket is leased");
  return std::nullopt;
}

std::optional<Rejection> RefuseMover(const v1::Ticket& ticket, const Actor& actor,
                                     uint64_t lease_token) {
  if (actor.is_owner && lease_token == 0) return RefusePlace(ticket, actor);
  return RefuseHolder(ticket, actor, lease_token);
}

std::optional<Rejection> RefuseState(const v1::Ticket& ticket, Fact fact,
                                     absl::string_view action) {
  if (!Allows(ticket.state(), fact)) return WrongState(ticket, action);
  return std::nullopt;
}

}  // namespace redress::engine
