// What a handler, an owner or a customer does with one ticket. The ticket has caught up with the
// time.
#include "absl/strings/str_cat.h"
#include "tests/simulator/model_command.h"

namespace redress::simulator {
namespace {

bool IsOneOf(v1::TicketState state, std::initializer_list<v1::TicketState> states) {
  for (const v1::TicketState one : states)
    if (one == state) return true;
  return false;
}

constexpr char kWrongState[] = "WRONG_STATE";
constexpr char kFieldInvalid[] = "FIELD_INVALID";

}  // namespace

std::string CommandModel::RefuseHolder(const ModelTicket& ticket, uint64_t token) const {
  if (ticket.state == v1::TICKET_STATE_RESOLVED || ticket.state == v1::TICKET_STATE_CLOSED)
    return kWrongState;
  const bool is_leased = ticket.state == v1::TICKET_STATE_LEASED;
  if (token != 0 && (is_leased || ticket.state == v1::TICKET_STATE_QUEUED) && token != ticket.token)
    return "LEASE_LOST";
  if (ticket.holder != actor_.id) return "NOT_HOLDER";
  if (is_leased && token == 0) return kFieldInvalid;
  return "";
}

std::string CommandModel::RefuseMover(const ModelTicket& ticket, uint64_t token) const {
  if (actor_.is_owner && token == 0)
    return actor_.MayActFor(ticket.department) ? "" : "DEPARTMENT_NOT_YOURS";
  return RefuseHolder(ticket, token);
}

std::string CommandModel::RefuseDepartment(const std::string& department) const {
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  return playbook()->Has(department) ? "" : kFieldInvalid;
}

std::string CommandModel::Take(const v1::Command& command, ModelTicket& ticket) {
  const bool is_leased = ticket.state == v1::TICKET_STATE_LEASED;
  if (command.has_extend_lease()) {
    const auto& request = command.extend_lease();
    const std::string reason = RefuseHolder(ticket, request.lease_token());
    if (!reason.empty()) return reason;
    if (!is_leased) return kWrongState;
    ticket.deadlines[v1::DEADLINE_KIND_LEASE] = now_ + Micros(request.lease());
  } else if (command.has_return_ticket()) {
    const std::string reason = RefuseMover(ticket, command.return_ticket().lease_token());
    if (!reason.empty()) return reason;
    if (!is_leased && ticket.state != v1::TICKET_STATE_ACCEPTED) return kWrongState;
    if (ticket.returns >= 2) return "RETURN_LIMIT";
    ++ticket.returns;
    ticket.state = v1::TICKET_STATE_QUEUED;
    Leave(ticket);
    Record(ticket, now_);
    Arrive(ticket, playbook(), now_);
    return "";
  } else {
    const std::string reason = RefuseHolder(ticket, command.accept_ticket().lease_token());
    if (!reason.empty()) return reason;
    if (!is_leased) return kWrongState;
    if (ticket.climbs() && ticket.chain->stops_on_accept) StopChain(ticket, now_);
    Leave(ticket);
    ticket.state = v1::TICKET_STATE_ACCEPTED;
    ticket.holder = actor_.id;
    AddHandler(ticket, actor_.id);
  }
  Record(ticket, now_);
  return "";
}

std::string CommandModel::Work(const v1::Command& command, ModelTicket& ticket) {
  if (command.has_answer_ticket()) {
    const auto& request = command.answer_ticket();
    const std::string reason = RefuseHolder(ticket, request.lease_token());
    if (!reason.empty()) return reason;
    if (!IsOneOf(ticket.state, {v1::TICKET_STATE_LEASED, v1::TICKET_STATE_ACCEPTED,
                                v1::TICKET_STATE_PAUSED}))
      return kWrongState;
    if (ticket.climbs() && ticket.chain->stops_on_answer) StopChain(ticket, now_);
    if (!request.acknowledgement()) Answer(ticket, now_);
    AddHandler(ticket, actor_.id);
  } else if (command.has_pause_ticket()) {
    const auto& request = command.pause_ticket();
    const std::string reason = RefuseHolder(ticket, request.lease_token());
    if (!reason.empty()) return reason;
    if (ticket.state != v1::TICKET_STATE_ACCEPTED) return kWrongState;
    Pause(ticket, request.reason(), now_);
    ticket.deadlines[v1::DEADLINE_KIND_PAUSE_CAP] =
        now_ + (request.has_cap() ? Micros(request.cap()) : 7 * kDay);
  } else {
    if (ticket.state != v1::TICKET_STATE_PAUSED) return kWrongState;
    const std::string reason = RefuseMover(ticket, 0);
    if (!reason.empty()) return reason;
    Resume(ticket, now_, true);
  }
  Record(ticket, now_);
  return "";
}

std::string CommandModel::ChangeLevel(ModelTicket& ticket, v1::Level to, bool is_up,
                                      const std::string& department) {
  int level = to;
  if (level == v1::LEVEL_UNSPECIFIED) level = ticket.level + (is_up ? 1 : -1);
  const bool is_move = is_up ? level > ticket.level : level < ticket.level;
  if (!is_move || level < v1::LEVEL_RELAY || level > v1::LEVEL_INITIATIVE) return kFieldInvalid;
  const std::string& home = department.empty() ? ticket.department : department;
  const std::string reason = RefuseDepartment(home);
  if (!reason.empty()) return reason;
  if (is_up) {
    MoveTo(ticket, playbook(), static_cast<v1::Level>(level), std::string(home), now_);
    ++ticket.level_changes;
  } else {
    ticket.offer = {static_cast<v1::Level>(level), home, actor_.id};
    Record(ticket, now_);
  }
  return "";
}

std::string CommandModel::TransferTo(ModelTicket& ticket, const std::string& department) {
  const std::string reason = RefuseDepartment(department);
  if (!reason.empty()) return reason;
  if (department == ticket.department) return kFieldInvalid;
  MoveTo(ticket, playbook(), ticket.level, department, now_);
  ++ticket.transfers;
  return "";
}

std::string CommandModel::Move(const v1::Command& command, ModelTicket& ticket) {
  if (!IsOneOf(ticket.state, {v1::TICKET_STATE_QUEUED, v1::TICKET_STATE_LEASED,
                              v1::TICKET_STATE_ACCEPTED}))
    return kWrongState;
  const uint64_t token = command.has_transfer_ticket() ? command.transfer_ticket().lease_token()
                         : command.has_escalate_ticket()
                             ? command.escalate_ticket().lease_token()
                             : command.deescalate_ticket().lease_token();
  const std::string reason = RefuseMover(ticket, token);
  if (!reason.empty()) return reason;
  if (command.has_transfer_ticket())
    return TransferTo(ticket, command.transfer_ticket().to_department());
  if (command.has_escalate_ticket())
    return ChangeLevel(ticket, command.escalate_ticket().to_level(), true,
                       command.escalate_ticket().to_department());
  return ChangeLevel(ticket, command.deescalate_ticket().to_level(), false,
                     command.deescalate_ticket().to_department());
}

std::string CommandModel::AnswerOffer(const v1::AnswerLevelOfferRequest& request) {
  const ModelTicket* found = Find(request.ticket());
  if (found == nullptr || actor_.is_customer) return "TICKET_NOT_FOUND";
  const bool is_receiver =
      !found->offer.department.empty() && actor_.MayActFor(found->offer.department);
  if (!is_receiver && !actor_.MayActFor(found->department)) return "DEPARTMENT_NOT_YOURS";
  if (!request.etag().empty() && request.etag() != absl::StrCat("v", found->version))
    return "ETAG_MISMATCH";
  ModelTicket ticket = *found;
  CatchUp(ticket, playbook(), now_);
  const ModelTicket::Offer offer = ticket.offer;
  if (offer.department.empty()) return kWrongState;
  if (!actor_.MayActFor(offer.department)) return "DEPARTMENT_NOT_YOURS";
  if (!request.accept()) {
    ticket.offer = {};
    Record(ticket, now_);
    Keep(std::move(ticket));
    return "";
  }
  if (!IsOneOf(ticket.state, {v1::TICKET_STATE_QUEUED, v1::TICKET_STATE_LEASED,
                              v1::TICKET_STATE_ACCEPTED}))
    return kWrongState;
  const std::string reason = RefuseDepartment(offer.department);
  if (!reason.empty()) return reason;
  if (actor_.id == offer.actor) return kFieldInvalid;
  MoveTo(ticket, playbook(), offer.level, offer.department, now_);
  ++ticket.level_changes;
  Keep(std::move(ticket));
  return "";
}

std::string CommandModel::ResolveWith(ModelTicket& ticket, const v1::Resolution& resolution) {
  if (!IsOneOf(ticket.state, {v1::TICKET_STATE_LEASED, v1::TICKET_STATE_ACCEPTED}))
    return kWrongState;
  const bool is_deep = ticket.level >= v1::LEVEL_ANALYSIS;
  if (is_deep && (resolution.root_cause().empty() || resolution.prevention().empty()))
    return kFieldInvalid;
  if (resolution.outcome() == v1::OUTCOME_DECLINED_POLICY && resolution.policy().empty())
    return kFieldInvalid;
  if (resolution.outcome() == v1::OUTCOME_DUPLICATE) {
    const ModelTicket* original = Find(resolution.duplicate_of());
    if (original == nullptr || original->id == ticket.id) return kFieldInvalid;
    if (original->is_duplicate) return kFieldInvalid;
  }
  StopChain(ticket, now_);
  Resolve(ticket, now_);
  AddHandler(ticket, actor_.id);
  ticket.is_duplicate = resolution.outcome() == v1::OUTCOME_DUPLICATE;
  ticket.deadlines[v1::DEADLINE_KIND_CONFIRMATION] = now_ + ticket.confirmation;
  return "";
}

void CommandModel::ReopenNow(ModelTicket& ticket, v1::ReopenCause cause) {
  const ModelTicket before = ticket;
  Reopen(ticket, cause, now_);
  ticket.is_imported = false;
  RouteAgain(ticket, before, *playbook(),
             RouteIssue(*ticket.issue, ticket.severity, ticket.cycle), cause, now_);
}

std::string CommandModel::ReopenWith(ModelTicket& ticket, v1::ReopenCause cause) {
  if (!IsOneOf(ticket.state, {v1::TICKET_STATE_RESOLVED, v1::TICKET_STATE_CLOSED}))
    return kWrongState;
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  const bool is_late = ticket.state == v1::TICKET_STATE_CLOSED &&
                       now_ > ticket.close_time + ticket.reopen_window;
  if (is_late) return "REOPEN_WINDOW_PASSED";
  ReopenNow(ticket, cause);
  return "";
}

std::string CommandModel::Finish(const v1::Command& command, ModelTicket& ticket) {
  if (command.has_reopen_ticket()) return ReopenWith(ticket, command.reopen_ticket().cause());
  if (command.has_dispute_resolution()) return ReopenWith(ticket, v1::REOPEN_CAUSE_NOT_FIXED);
  const bool is_resolved = ticket.state == v1::TICKET_STATE_RESOLVED;
  if (command.has_confirm_resolution()) {
    if (!is_resolved) return kWrongState;
    Close(ticket, v1::CLOSE_CAUSE_CONFIRMED, now_);
  } else if (command.has_close_ticket()) {
    const v1::CloseCause cause = command.close_ticket().cause();
    if (ticket.state == v1::TICKET_STATE_CLOSED) return kWrongState;
    if (cause == v1::CLOSE_CAUSE_CONFIRMED && !is_resolved) return kWrongState;
    if (cause == v1::CLOSE_CAUSE_WITHDRAWN && is_resolved) return kWrongState;
    if (!is_resolved && !actor_.is_owner && ticket.holder != actor_.id) return "NOT_HOLDER";
    if (!is_resolved && actor_.is_owner && !actor_.MayActFor(ticket.department))
      return "DEPARTMENT_NOT_YOURS";
    if (ticket.state == v1::TICKET_STATE_PAUSED) {
      Resume(ticket, now_, true);
      Record(ticket, now_);
    }
    StopChain(ticket, now_);
    Close(ticket, cause, now_);
  } else {
    CHECK(command.has_resolve_ticket());
    const auto& request = command.resolve_ticket();
    std::string reason = RefuseHolder(ticket, request.lease_token());
    if (reason.empty()) reason = ResolveWith(ticket, request.resolution());
    if (!reason.empty()) return reason;
  }
  Record(ticket, now_);
  return "";
}

}  // namespace redress::simulator
