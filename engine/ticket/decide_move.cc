// Moves between departments and levels. The customer's clocks run on.
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/catch_up.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"

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

}  // namespace

Decision DecideTransferTicket(const Facts& facts, const v1::TransferTicketRequest& command,
                              const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(*facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const v1::Ticket& ticket = draft.ticket();
  REJECT_IF(RefuseState(ticket, Fact::kTicketTransferred, "be transferred"));
  REJECT_IF(RefuseMover(ticket, envelope.actor, command.lease_token()));
  REJECT_IF(RefuseDepartment(facts, command.to_department()));
  if (command.to_department() == ticket.department())
    return InvalidField("to_department", "must be another department than the present one");

  v1::Event event = draft.NewEvent();
  v1::TicketTransferred& moved = *event.mutable_ticket_transferred();
  moved.set_from_department(ticket.department());
  moved.set_to_department(command.to_department());
  moved.set_reason(command.reason());
  moved.set_note(command.note());
  moved.set_count(1);
  draft.Record(std::move(event));
  return std::move(draft).Accept();
}

Decision DecideEscalateTicket(const Facts& facts, const v1::EscalateTicketRequest& command,
                              const Envelope& envelope) {
  REJECT_IF(RefuseTicket(facts, envelope, command.ticket(), command.etag()));
  Draft draft(*facts.ticket, facts.ticket->id(), envelope);
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
  Draft draft(*facts.ticket, facts.ticket->id(), envelope);
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
  return ChangeLevel(facts, std::move(draft), to, command.to_department(), command.reason());
}

}  // namespace redress::engine
