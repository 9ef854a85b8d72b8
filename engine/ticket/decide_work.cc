// Work on a ticket that moves nothing.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/answer_digest.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

std::optional<Rejection> RefusePause(const v1::Ticket& ticket) {
  if (ticket.past_pauses_size() < kTicketPausesMax) return std::nullopt;
  return Rejection{v1::ERROR_REASON_TICKET_FULL,
                   absl::StrCat("Ticket ", ticket.reference(), " was paused ", kTicketPausesMax,
                                " times, the most that one ticket may be."),
                   {{"ticket", ticket.reference()}},
                   {}};
}

}  // namespace

Decision DecideAnswerTicket(const Facts& facts, const v1::AnswerTicketRequest& command,
                            const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseHolder(ticket, envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(ticket, Fact::kTicketAnswered, "be answered"));

  v1::Event event = draft.NewEvent();
  v1::TicketAnswered& answered = *event.mutable_ticket_answered();
  answered.set_personal_hash(draft.KeepWords(ticket.customer_id(), command.text(), nullptr));
  answered.set_answer_digest(AnswerDigest(envelope.answer_key, command.text()));
  answered.set_substantive(!command.acknowledgement() && !command.automatic());
  answered.set_automatic(command.automatic());
  answered.set_first_answer_met(answered.substantive() && ticket.promises().first_answer_state() ==
                                                              v1::PROMISE_STATE_RUNNING);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecidePauseTicket(const Facts& facts, const v1::PauseTicketRequest& command,
                           const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseHolder(draft.ticket(), envelope.actor, command.lease_token()));
  REJECT_IF(RefuseState(draft.ticket(), Fact::kTicketPaused, "be paused; accept it first"));

  REJECT_IF(RefusePause(draft.ticket()));
  v1::Event event = draft.NewEvent();
  v1::TicketPaused& paused = *event.mutable_ticket_paused();
  paused.set_reason(command.reason());
  paused.set_note(command.note());
  paused.set_counterparty(command.counterparty());
  paused.set_state_before(draft.ticket().state());
  const absl::Duration cap = command.has_cap() ? ToSpan(command.cap()) : kPauseCapDefault;
  *paused.mutable_cap_time() = ToTimestamp(envelope.time + cap);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideResumeTicket(const Facts& facts, const v1::ResumeTicketRequest& command,
                            const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefuseState(draft.ticket(), Fact::kTicketResumed, "be resumed"));
  REJECT_IF(RefuseMover(draft.ticket(), envelope.actor, 0));

  v1::Event event = draft.NewEvent();
  *event.mutable_ticket_resumed() = EndPause(draft.ticket(), envelope.time, false);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideAddNote(const Facts& facts, const v1::AddNoteRequest& command,
                       const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), ""));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  REJECT_IF(RefusePlace(draft.ticket(), envelope.actor));
  if (command.hand_over() && !draft.ticket().director().needs_hand_over())
    return InvalidField("hand_over", "is only for an initiative that changed directors, once");
  v1::Event event = draft.NewEvent();
  event.mutable_note_added()->set_text(command.text());
  event.mutable_note_added()->set_hand_over(command.hand_over());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

}  // namespace redress::engine
