// Resolving, closing, and opening again.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/answer_digest.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/ticket/routing.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// What the outcome and the level demand (SEMANTICS 8).
std::optional<Rejection> RefuseResolution(const Facts& facts, const v1::Ticket& ticket,
                                          const v1::Resolution& resolution) {
  std::vector<FieldViolation> violations;
  const auto demand = [&](const std::string& value, absl::string_view field, absl::string_view by) {
    if (value.empty())
      violations.push_back({absl::StrCat("resolution.", field), absl::StrCat("is required ", by)});
  };
  if (ticket.level() >= v1::LEVEL_ANALYSIS) {
    demand(resolution.root_cause(), "root_cause", "at ANALYSIS and above");
    demand(resolution.prevention(), "prevention", "at ANALYSIS and above");
  }
  if (resolution.outcome() == v1::OUTCOME_DECLINED_POLICY)
    demand(resolution.policy(), "policy", "for DECLINED_POLICY");
  if (resolution.outcome() == v1::OUTCOME_DUPLICATE) {
    demand(resolution.duplicate_of(), "duplicate_of", "for DUPLICATE");
    const bool names_other = facts.other_ticket && facts.other_ticket->id() != ticket.id();
    if (!resolution.duplicate_of().empty() && !names_other)
      violations.push_back({"resolution.duplicate_of", "must name another ticket that exists"});
    if (names_other && facts.other_ticket->resolution().outcome() == v1::OUTCOME_DUPLICATE)
      violations.push_back({"resolution.duplicate_of",
                            "must not name a ticket that is itself resolved as a duplicate"});
  }
  if (violations.empty()) return std::nullopt;
  return InvalidFields(std::move(violations));
}

// An owner's, a customer's and an expired window's common question.
std::optional<Rejection> RefuseReopening(const Facts& facts, const v1::Ticket& ticket,
                                         absl::Time now) {
  REJECT_IF(RefuseState(ticket, Fact::kTicketReopened, "be reopened"));
  if (facts.playbook == nullptr) return PlaybookMissing();
  if (ticket.state() != v1::TICKET_STATE_CLOSED) return std::nullopt;
  const absl::Time until =
      ToTime(ticket.close_time()) + ToSpan(ticket.promises().reopen_window());
  if (now <= until) return std::nullopt;
  return Rejection{
      v1::ERROR_REASON_REOPEN_WINDOW_PASSED,
      absl::StrCat("Ticket ", ticket.reference(), " could be reopened until ",
                   absl::FormatTime(absl::RFC3339_sec, until, absl::UTCTimeZone()),
                   ". Submit a new issue with follows set to this ticket."),
      {{"ticket", ticket.reference()}},
      {}};
}

// The actor holds the ticket, or is an owner. Any of the holder's leases will do: the order carries
// none.
std::optional<Rejection> RefuseWithdrawal(const v1::Ticket& ticket, const Actor& actor) {
  return RefuseMover(ticket, actor, actor.is_owner ? 0 : ticket.hold().lease_token());
}

}  // namespace

Decision DecideResolveTicket(const Facts& facts, const v1::ResolveTicketRequest& command,
                             const Envelope& envelope) {
  REJECT_IF(RefuseAccess(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseHolder(ticket, envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(ticket, Fact::kTicketResolved, "be resolved"));
  if (ticket.director().needs_hand_over())
    return WrongState(ticket, "be resolved before a note hands it over to its new director");
  REJECT_IF(RefuseResolution(facts, ticket, command.resolution()));

  v1::Event event = draft.NewEvent();
  v1::TicketResolved& resolved = *event.mutable_ticket_resolved();
  *resolved.mutable_resolution() = command.resolution();
  resolved.mutable_resolution()->clear_answer();
  resolved.mutable_resolution()->clear_imported_code();
  resolved.set_answer_hash(
      draft.KeepWords(ticket.customer_id(), command.resolution().answer(), nullptr));
  resolved.set_answer_digest(AnswerDigest(envelope.answer_key, command.resolution().answer()));
  const v1::Promises& promises = ticket.promises();
  *resolved.mutable_confirm_by() = ToTimestamp(
      envelope.time +
      (promises.has_confirmation() ? ToSpan(promises.confirmation()) : kConfirmationDefault));
  resolved.set_first_answer_met(promises.first_answer_state() == v1::PROMISE_STATE_RUNNING);
  resolved.set_resolution_met(promises.resolution_state() == v1::PROMISE_STATE_RUNNING);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideCloseTicket(const Facts& facts, const v1::CloseTicketRequest& command,
                           const Envelope& envelope) {
  REJECT_IF(RefuseAccess(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseState(ticket, Fact::kTicketClosed, "be closed"));
  const bool is_resolved = ticket.state() == v1::TICKET_STATE_RESOLVED;
  if (command.cause() == v1::CLOSE_CAUSE_CONFIRMED && !is_resolved)
    return WrongState(ticket, "be closed as confirmed before it is resolved");
  if (command.cause() == v1::CLOSE_CAUSE_WITHDRAWN && is_resolved)
    return WrongState(ticket, "be closed as withdrawn after it was resolved");
  if (!is_resolved) REJECT_IF(RefuseWithdrawal(ticket, envelope.actor));

  if (ticket.has_pause()) {
    v1::Event resumed = draft.NewEvent();
    *resumed.mutable_ticket_resumed() = EndPause(ticket, envelope.time, false);
    draft.Record(std::move(resumed));
  }
  v1::Event event = draft.NewEvent();
  event.mutable_ticket_closed()->set_cause(command.cause());
  event.mutable_ticket_closed()->set_note(command.note());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideReopenTicket(const Facts& facts, const v1::ReopenTicketRequest& command,
                            const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseReopening(facts, draft.ticket(), envelope.time));
  Reopen(facts, draft, command.cause(), command.note(), "");
  return std::move(draft).Accept();
}

Decision DecideConfirmResolution(const Facts& facts, const v1::ConfirmResolutionRequest& command,
                                 const Envelope& envelope) {
  REJECT_IF(RefuseAccess(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  if (draft.ticket().state() != v1::TICKET_STATE_RESOLVED)
    return WrongState(draft.ticket(), "be confirmed");

  v1::Event event = draft.NewEvent();
  v1::TicketClosed& closed = *event.mutable_ticket_closed();
  closed.set_cause(v1::CLOSE_CAUSE_CONFIRMED);
  closed.set_personal_hash(
      draft.KeepWords(draft.ticket().customer_id(), command.comment(), nullptr));
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideDisputeResolution(const Facts& facts, const v1::DisputeResolutionRequest& command,
                                 const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseReopening(facts, draft.ticket(), envelope.time));
  const std::string hash =
      draft.KeepWords(draft.ticket().customer_id(), command.comment(), nullptr);
  Reopen(facts, draft, v1::REOPEN_CAUSE_NOT_FIXED, "", hash);
  return std::move(draft).Accept();
}

}  // namespace redress::engine
