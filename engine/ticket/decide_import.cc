// Taking in the history of tickets that lived in another system.
//
// Each fact keeps its true instant; promises are judged as of it. Nothing live follows until the
// history has settled.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/rules/rule_tables.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/ticket/reference.h"
#include "engine/ticket/routing.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

using Import = v1::ImportHistoryRequest;

constexpr absl::string_view kUnknownActor = "import";

absl::string_view ActorOf(const Import& command) {
  return command.actor().empty() ? kUnknownActor : absl::string_view(command.actor());
}

// When it happened; now, for a clock there that runs ahead of ours.
absl::Time TimeOf(const Import& command, const Envelope& envelope) {
  return std::min(ToTime(command.time()), envelope.time);
}

v1::Event NewEvent(const Draft& draft, const Import& command) {
  return draft.NewImportedEvent(TimeOf(command, draft.envelope()), ActorOf(command));
}

// What a route row promises that does not say otherwise.
static_assert(kConfirmationDefault == absl::Seconds(kConfirmationDefaultSeconds));
static_assert(kReopenWindowDefault == absl::Seconds(kReopenWindowDefaultSeconds));

// The decision that the other system took.
v1::Decision ToldDecision(const v1::ImportOpened& opened) {
  const v1::Issue& issue = opened.issue();
  v1::Decision decision;
  v1::Effects& effects = *decision.mutable_effects();
  effects.set_department(opened.department());
  effects.set_level(opened.level() == v1::LEVEL_UNSPECIFIED ? v1::LEVEL_RELAY : opened.level());
  effects.set_category(issue.category());
  effects.set_severity(issue.severity() == v1::SEVERITY_UNSPECIFIED ? v1::SEVERITY_MEDIUM
                                                                    : issue.severity());
  effects.set_touchpoint(issue.touchpoint());
  effects.set_segment(issue.customer().segment());
  *effects.mutable_confirmation() = ToProtoDuration(kConfirmationDefault);
  *effects.mutable_reopen_window() = ToProtoDuration(kReopenWindowDefault);
  return decision;
}

Decision Open(const Facts& facts, const Import& command, const Envelope& envelope) {
  const v1::Issue& issue = command.opened().issue();
  if (facts.ticket)
    return WrongState(*facts.ticket, "be opened again by an imported fact; use reopened");
  if (command.opened().department().empty() && facts.playbook == nullptr) return PlaybookMissing();

  Draft draft(facts, nullptr, envelope.new_ticket_id, envelope);
  v1::Event event = NewEvent(draft, command);
  v1::TicketOpened& opened = *event.mutable_ticket_opened();
  *opened.mutable_issue() = issue;
  opened.mutable_issue()->clear_text();
  opened.mutable_issue()->clear_contact();
  opened.set_external_id(command.external_id());
  opened.set_reference(MakeReference(envelope.new_ticket_id));
  opened.set_personal_hash(draft.KeepWords(issue.customer().id(), issue.text(),
                                           issue.has_contact() ? &issue.contact() : nullptr));
  *opened.mutable_decision() = command.opened().department().empty()
                                   ? RouteIssue(facts, issue, TimeOf(command, envelope))
                                   : ToldDecision(command.opened());
  const v1::Effects& effects = opened.decision().effects();
  const absl::Time time = TimeOf(command, envelope);
  if (effects.has_first_answer())
    *opened.mutable_first_answer_due() = ToTimestamp(time + ToSpan(effects.first_answer()));
  if (effects.has_resolution())
    *opened.mutable_resolution_due() = ToTimestamp(time + ToSpan(effects.resolution()));
  const auto told = [&](const google::protobuf::Timestamp& due) {
    return ToTimestamp(std::max(ToTime(due), time));
  };
  if (command.opened().has_first_answer_due())
    *opened.mutable_first_answer_due() = told(command.opened().first_answer_due());
  if (command.opened().has_resolution_due())
    *opened.mutable_resolution_due() = told(command.opened().resolution_due());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

void Fill(v1::TicketTransferred& moved, const v1::Ticket& ticket,
          const v1::ImportReassigned& told) {
  moved.set_from_department(ticket.department());
  moved.set_to_department(told.department());
  moved.set_reason(v1::TRANSFER_REASON_IMPORTED);
  moved.set_count(told.has_count() ? told.count() : 1);
}

void Fill(v1::LevelChanged& changed, const v1::Ticket& ticket,
          const v1::ImportLevelChanged& told) {
  changed.set_from_level(ticket.level());
  changed.set_to_level(told.level());
  changed.set_to_department(told.department().empty() ? ticket.department() : told.department());
}

void Fill(v1::TicketResolved& resolved, const v1::Ticket& ticket,
          const v1::ImportResolved& told) {
  resolved.mutable_resolution()->set_outcome(
      told.outcome() == v1::OUTCOME_UNSPECIFIED ? v1::OUTCOME_EXPLAINED : told.outcome());
  resolved.mutable_resolution()->set_imported_code(told.code());
  const v1::Promises& promises = ticket.promises();
  resolved.set_first_answer_met(promises.first_answer_state() == v1::PROMISE_STATE_RUNNING);
  resolved.set_resolution_met(promises.resolution_state() == v1::PROMISE_STATE_RUNNING);
}

v1::Event EndWait(const Draft& draft, const Import& command) {
  v1::Event event = NewEvent(draft, command);
  *event.mutable_ticket_resumed() =
      EndPause(draft.ticket(), TimeOf(command, draft.envelope()), false);
  event.mutable_ticket_resumed()->clear_reminder_time();
  return event;
}

// The event that a fact becomes. REQUIRES: a fact other than opened.
v1::Event ToEvent(const Draft& draft, const Import& command) {
  const v1::Ticket& ticket = draft.ticket();
  v1::Event event = NewEvent(draft, command);
  switch (command.fact_case()) {
    case Import::kReassigned:
      Fill(*event.mutable_ticket_transferred(), ticket, command.reassigned());
      return event;
    case Import::kLevelChanged:
      Fill(*event.mutable_level_changed(), ticket, command.level_changed());
      return event;
    case Import::kWaiting:
      event.mutable_ticket_paused()->set_reason(command.waiting().reason());
      event.mutable_ticket_paused()->set_state_before(ticket.state());
      return event;
    case Import::kResumed:
      return EndWait(draft, command);
    case Import::kAnswered:
      event.mutable_ticket_answered()->set_substantive(true);
      event.mutable_ticket_answered()->set_first_answer_met(
          ticket.promises().first_answer_state() == v1::PROMISE_STATE_RUNNING);
      return event;
    case Import::kNoted:
      event.mutable_note_added()->set_text(command.noted().text());
      return event;
    case Import::kResolved:
      Fill(*event.mutable_ticket_resolved(), ticket, command.resolved());
      return event;
    case Import::kReopened:
      event.mutable_ticket_reopened()->set_cause(
          command.reopened().cause() == v1::REOPEN_CAUSE_UNSPECIFIED
              ? v1::REOPEN_CAUSE_SAME_ISSUE
              : command.reopened().cause());
      return event;
    default:
      event.mutable_ticket_closed()->set_cause(v1::CLOSE_CAUSE_IMPORTED);
      event.mutable_ticket_closed()->set_note(command.closed().code());
      return event;
  }
}

std::optional<Rejection> RefuseFact(const Facts& facts, const Import& command) {
  if (!facts.ticket)
    return Rejection{v1::ERROR_REASON_IMPORT_UNKNOWN_TICKET,
                     absl::StrCat("No opened fact was taken in for external_id \"",
                                  command.external_id(), "\"."),
                     {{"external_id", command.external_id()}},
                     {}};
  const v1::Ticket& ticket = *facts.ticket;
  if (ticket.provenance() != v1::PROVENANCE_IMPORTED)
    return Rejection{v1::ERROR_REASON_IMPORT_SETTLED,
                     absl::StrCat("Ticket ", ticket.reference(),
                                  " has gone live; its history takes no more imported facts."),
                     {{"ticket", ticket.reference()}},
                     {}};
  if (ToTime(command.time()) >= ToTime(ticket.update_time())) return RefuseFull(ticket);
  return Rejection{
      v1::ERROR_REASON_IMPORT_ORDER,
      absl::StrCat("The fact is earlier than the fact before it, of ",
                   absl::FormatTime(absl::RFC3339_sec, ToTime(ticket.update_time()),
                                    absl::UTCTimeZone()),
                   "."),
      {{"external_id", command.external_id()}},
      {}};
}

}  // namespace

Decision DecideImportHistory(const Facts& facts, const Import& command, const Envelope& envelope) {
  if (ToTime(command.time()) > envelope.time + kClockSkewMax)
    return InvalidField("time", "must not be in the future");
  if (command.has_opened()) return Open(facts, command, envelope);
  REJECT_IF(RefuseFact(facts, command));

  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUpImported(draft, TimeOf(command, envelope));
  const bool ends_wait = draft.ticket().state() == v1::TICKET_STATE_PAUSED &&
                         (command.has_resolved() || command.has_closed());
  if (ends_wait) draft.Record(EndWait(draft, command));
  v1::Event event = ToEvent(draft, command);
  if (!NextState(draft.ticket().state(), event.fact_case(), v1::PROVENANCE_IMPORTED))
    return WrongState(draft.ticket(), "take this imported fact");
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

}  // namespace redress::engine
