// The questions that most decisions ask first, each answered with nothing or with the reason to
// refuse.
#pragma once

#include <optional>
#include <string>

#include "engine/ticket/decision.h"
#include "engine/ticket/lifecycle.h"

namespace redress::engine {

// The ticket exists, the actor may see it, and the etag (empty: none given) is its own. `name` is
// the ticket as the caller named it.
std::optional<Rejection> RefuseAccess(const Facts& facts, const Envelope& envelope,
                                      absl::string_view name, absl::string_view etag);

// As RefuseAccess, and the ticket can take one more event. Not for what brings a ticket to its end,
// which a full one needs most.
std::optional<Rejection> RefuseTicket(const Facts& facts, const Envelope& envelope,
                                      absl::string_view name, absl::string_view etag);

// The ticket can take one more event.
std::optional<Rejection> RefuseFull(const v1::Ticket& ticket);

// The actor may act for the department that the ticket is in, or is a customer. Asked again of who
// need not hold it: since the ticket was found, time may have moved it.
std::optional<Rejection> RefusePlace(const v1::Ticket& ticket, const Actor& actor);

// The actor holds the ticket: under this lease, or, once accepted, as its handler. Nobody holds one
// that is resolved or closed, whose state is what is wrong then.
std::optional<Rejection> RefuseHolder(const v1::Ticket& ticket, const Actor& actor,
                                      uint64_t lease_token);

// The actor holds the ticket, or is an owner of its department, who may also move what others hold.
std::optional<Rejection> RefuseMover(const v1::Ticket& ticket, const Actor& actor,
                                     uint64_t lease_token);

// The state allows the fact. `action` as for WrongState.
std::optional<Rejection> RefuseState(const v1::Ticket& ticket, Fact fact,
                                     absl::string_view action);

}  // namespace redress::engine

// Returns the rejection from the enclosing decision, if there is one.
#define REJECT_IF(expression)                                       \
  do {                                                              \
    if (auto reject_if_why = (expression)) return *reject_if_why;   \
  } while (false)
