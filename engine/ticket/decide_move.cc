// Moves between departments and levels. The customer's clocks run on.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

std::optional<Rejection> RefuseDepartment(const Facts& facts, const std::string& department) {
  if (facts.playbook == nullptr) return PlaybookMissing();
  if (facts.playbook->FindDepartment(department) != nullptr) return std::nullopt;
  return InvalidField("to_department", absl::StrCat("must be a department of the playbook, not \"",
                                                    department, "\""));
}

Decision ChangeLevel(const Facts& facts, Draft draft, v1::Level to_level,
                     const std::string& to_department, const std::string& reason) {
  const v1::Ticket& ticket = draft.ticket();
  const std::string& department = to_department.empty() ? ticket.department() : to_department;
  REJECT_IF(RefuseDepartment(facts, department));
  v1::Event event = draft.NewEvent();
  v1::LevelChanged& changed = *event.mutable_level_changed();
  changed.set_from_level(ticket.level());
  changed.set_to_level(to_level);
  changed.set_to_department(department);
  changed.set_reason(reason);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

// At RELAY, where the playbook asks for it, somebody is to take the ticket on, and by some time.
std::optional<Rejection> RefuseHandOver(const Facts& facts, const v1::Ticket& ticket,
                                        const v1::TransferTicketRequest& command,
                                        absl::Time now) {
  std::vector<FieldViolation> violations;
  const bool is_guarded = ticket.level() == v1::LEVEL_RELAY &&
                          facts.playbook->message().hand_overs().relay_owner();
  if (is_guarded && command.owner().empty())
    violations.push_back({"owner", "is required to hand a ticket over at RELAY"});
  const bool needs_due = is_guarded || !command.owner().empty();
  if (needs_due && !command.has_due_time())
    violations.push_back({"due_time", "is required with an owner"});
  if (command.has_due_time() && ToTime(command.due_time()) <= now)
    violations.push_back({"due_time", "must be in the future"});
  if (violations.empty()) return std::nullopt;
  return InvalidFields(std::move(violations));
}

// Raises the level when a ticket was handed on, or came back, as often as the playbook allows.
void RaiseAfterHandOver(const Facts& facts, Draft& draft, bool was_bounce) {
  const v1::HandOverRule& rule = facts.playbook->message().hand_overs();
  const v1::Ticket& ticket = draft.ticket();
  const uint32_t relayed = ticket.level() == v1::LEVEL_RELAY ? ticket.hand_over().count() : 0;
  const bool is_relayed = rule.relay_raise_at() > 0 && relayed >= rule.relay_raise_at();
  const bool is_bounced = rule.bounces_raise_at() > 0 && was_bounce &&
                          ticket.bounces() % rule.bounces_raise_at() == 0;
  if ((!is_relayed && !is_bounced) || ticket.level() >= v1::LEVEL_INITIATIVE) return;
  v1::Event event = draft.NewEvent();
  event.set_actor("rule:hand_overs");
  v1::LevelChanged& changed = *event.mutable_level_changed();
  changed.set_from_level(ticket.level());
  changed.set_to_level(static_cast<v1::Level>(ticket.level() + 1));
  changed.set_to_department(rule.raise_to().empty() ? ticket.department() : rule.raise_to());
  changed.set_reason(is_relayed ? absl::StrCat("Handed over ", relayed, " times at RELAY.")
                                : absl::StrCat("Came back ", ticket.bounces(), " times."));
  draft.Record(std::move(event));
}

std::optional<Rejection> RefuseOfferAnswer(const Facts& facts, const Envelope& envelope,
                                           const v1::AnswerLevelOfferRequest& command) {
  if (!facts.ticket || envelope.actor.is_customer) return TicketNotFound(command.ticket());
  const v1::Ticket& ticket = *facts.ticket;
  const bool is_receiver =
      ticket.has_offer() && envelope.actor.MayActFor(ticket.offer().to_department());
  if (!is_receiver && !envelope.actor.MayActFor(ticket.department()))
    return DepartmentNotYours(ticket.department());
  if (!command.etag().empty() && command.etag() != ticket.etag())
    return EtagMismatch(ticket, command.etag());
  return RefuseFull(ticket);
}

}  // namespace

Decision DecideTransferTicket(const Facts& facts, const v1::TransferTicketRequest& command,
                              const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseState(ticket, Fact::kTicketTransferred, "be transferred"));
  REJECT_IF(RefuseMover(ticket, envelope.actor, command.lease_token()));
  REJECT_IF(RefuseDepartment(facts, command.to_department()));
  if (command.to_department() == ticket.department())
    return InvalidField("to_department", "must be another department than the present one");
  REJECT_IF(RefuseHandOver(facts, ticket, command, envelope.time));

  const uint32_t bounces = ticket.bounces();
  v1::Event event = draft.NewEvent();
  v1::TicketTransferred& moved = *event.mutable_ticket_transferred();
  moved.set_from_department(ticket.department());
  moved.set_to_department(command.to_department());
  moved.set_reason(command.reason());
  moved.set_note(command.note());
  moved.set_count(1);
  moved.set_owner(command.owner());
  if (command.has_due_time()) *moved.mutable_due_time() = command.due_time();
  draft.Record(std::move(event));
  RaiseAfterHandOver(facts, draft, draft.ticket().bounces() > bounces);
  return std::move(draft).Accept();
}

Decision DecideEscalateTicket(const Facts& facts, const v1::EscalateTicketRequest& command,
                              const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseState(ticket, Fact::kLevelChanged, "be escalated"));
  REJECT_IF(RefuseMover(ticket, envelope.actor, command.lease_token()));
  const v1::Level to = command.to_level() != v1::LEVEL_UNSPECIFIED
                           ? command.to_level()
                           : static_cast<v1::Level>(ticket.level() + 1);
  if (to <= ticket.level() || to > v1::LEVEL_INITIATIVE)
    return InvalidField("to_level", absl::StrCat("must be above the present level, ",
                                                 ShortName(ticket.level())));
  return ChangeLevel(facts, std::move(draft), to, command.to_department(), command.reason());
}

Decision DecideDeescalateTicket(const Facts& facts, const v1::DeescalateTicketRequest& command,
                                const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseState(ticket, Fact::kLevelChanged, "be de-escalated"));
  REJECT_IF(RefuseMover(ticket, envelope.actor, command.lease_token()));
  const v1::Level to = command.to_level() != v1::LEVEL_UNSPECIFIED
                           ? command.to_level()
                           : static_cast<v1::Level>(ticket.level() - 1);
  if (to >= ticket.level() || to < v1::LEVEL_RELAY)
    return InvalidField("to_level", absl::StrCat("must be below the present level, ",
                                                 ShortName(ticket.level())));
  const std::string& department =
      command.to_department().empty() ? ticket.department() : command.to_department();
  REJECT_IF(RefuseDepartment(facts, department));

  v1::Event event = draft.NewEvent();
  v1::LevelOffered& offered = *event.mutable_level_offered();
  offered.set_from_level(ticket.level());
  offered.set_to_level(to);
  offered.set_to_department(department);
  offered.set_reason(command.reason());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideAnswerLevelOffer(const Facts& facts, const v1::AnswerLevelOfferRequest& command,
                                const Envelope& envelope) {
  REJECT_IF(RefuseOfferAnswer(facts, envelope, command));
  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  if (!ticket.has_offer()) return WrongState(ticket, "be taken at a lower level: nobody offers it");
  const v1::LevelOffer offer = ticket.offer();
  if (!envelope.actor.MayActFor(offer.to_department()))
    return DepartmentNotYours(offer.to_department());
  v1::Event event = draft.NewEvent();
  if (!command.accept()) {
    event.mutable_level_offer_declined()->set_note(command.note());
    draft.Record(std::move(event));
    return std::move(draft).Accept();
  }
  REJECT_IF(RefuseState(ticket, Fact::kLevelChanged, "be taken at a lower level"));
  REJECT_IF(RefuseDepartment(facts, offer.to_department()));
  if (envelope.actor.id == offer.actor())
    return InvalidField("accept", "must be said by somebody else than who offered the ticket");
  v1::LevelChanged& changed = *event.mutable_level_changed();
  changed.set_from_level(ticket.level());
  changed.set_to_level(offer.to_level());
  changed.set_to_department(offer.to_department());
  changed.set_reason(offer.reason());
  changed.set_offered_by(offer.actor());
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

}  // namespace redress::engine
