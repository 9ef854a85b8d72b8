// Histories that another system tells. Each fact keeps its own instant; nothing live follows before
// the history settles.
#include <algorithm>

#include "tests/simulator/model_command.h"

namespace redress::simulator {
namespace {

using Fact = v1::ImportHistoryRequest;

constexpr char kWrongState[] = "WRONG_STATE";

bool IsOpen(const ModelTicket& ticket) {
  return ticket.state == v1::TICKET_STATE_QUEUED || ticket.state == v1::TICKET_STATE_PAUSED;
}

// Does the fact; "" when the state allows it.
std::string Tell(const Fact& request, ModelTicket& ticket, int64_t time) {
  switch (request.fact_case()) {
    case Fact::kReassigned: {
      const auto& told = request.reassigned();
      ticket.department = told.department();
      ticket.offer = {};
      ticket.transfers += told.has_count() ? told.count() : 1;
      break;
    }
    case Fact::kLevelChanged:
      ticket.level = request.level_changed().level();
      ticket.offer = {};
      if (!request.level_changed().department().empty())
        ticket.department = request.level_changed().department();
      ++ticket.level_changes;
      break;
    case Fact::kWaiting:
      if (ticket.state != v1::TICKET_STATE_QUEUED) return kWrongState;
      Pause(ticket, request.waiting().reason(), time);
      break;
    case Fact::kResumed:
      if (ticket.state != v1::TICKET_STATE_PAUSED) return kWrongState;
      Resume(ticket, time, false);
      break;
    case Fact::kAnswered:
      if (!IsOpen(ticket)) return kWrongState;
      Answer(ticket, time);
      break;
    case Fact::kResolved:
      if (!IsOpen(ticket)) return kWrongState;
      Resolve(ticket, time);
      break;
    case Fact::kReopened: {
      if (IsOpen(ticket)) return kWrongState;
      const v1::ReopenCause cause = request.reopened().cause();
      Reopen(ticket, cause, time);
      return "";
    }
    default:
      if (ticket.state == v1::TICKET_STATE_CLOSED) return kWrongState;
      Close(ticket, v1::CLOSE_CAUSE_IMPORTED, time);
  }
  Record(ticket, time);
  return "";
}

}  // namespace

std::string CommandModel::ImportOpened(const Fact& request) {
  const auto& opened = request.opened();
  for (const auto& [id, ticket] : tenant_.tickets)
    if (ticket.external_id == request.external_id()) return kWrongState;
  Routing routing;
  RouteRow told;
  if (opened.department().empty()) {
    if (playbook() == nullptr) return "PLAYBOOK_MISSING";
    routing = RouteIssue(opened.issue(), opened.issue().severity(), 0);
  } else {
    told.department = opened.department();
    if (opened.level() != v1::LEVEL_UNSPECIFIED) told.level = opened.level();
    routing.row = &told;
    if (opened.issue().severity() != v1::SEVERITY_UNSPECIFIED)
      routing.severity = opened.issue().severity();
  }
  ModelTicket ticket = Open(tenant_.next_id(), opened.issue(), routing,
                            std::min(Micros(request.time()), now_));
  ticket.external_id = request.external_id();
  ticket.is_imported = true;
  ticket.deadlines[v1::DEADLINE_KIND_SETTLE] = now_ + kDay;
  Keep(std::move(ticket));
  return "";
}

std::string CommandModel::ImportFact(const Fact& request) {
  const int64_t told = Micros(request.time());
  // A clock there may run ahead of ours a little.
  const int64_t time = std::min(told, now_);
  for (const auto& [id, found] : tenant_.tickets) {
    if (found.external_id != request.external_id()) continue;
    if (!found.is_imported) return "IMPORT_SETTLED";
    if (told < found.update_time) return "IMPORT_ORDER";
    ModelTicket ticket = found;
    BreakPromises(ticket, time);
    const bool ends_wait = ticket.state == v1::TICKET_STATE_PAUSED &&
                           (request.has_resolved() || request.has_closed());
    if (ends_wait) {
      Resume(ticket, time, false);
      Record(ticket, time);
    }
    const std::string reason = Tell(request, ticket, time);
    if (!reason.empty()) return reason;
    if (ticket.state != v1::TICKET_STATE_CLOSED)
      ticket.deadlines[v1::DEADLINE_KIND_SETTLE] = now_ + kDay;
    Keep(std::move(ticket));
    return "";
  }
  return "IMPORT_UNKNOWN_TICKET";
}

std::string CommandModel::Import(const Fact& request) {
  if (Micros(request.time()) > now_ + 5 * kMinute) return "FIELD_INVALID";
  return request.has_opened() ? ImportOpened(request) : ImportFact(request);
}

}  // namespace redress::simulator
