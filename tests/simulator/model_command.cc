#include "tests/simulator/model_command.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "engine/ticket/reference.h"

namespace redress::simulator {
namespace {

using Order = v1::Command::OrderCase;

bool IsOutside(const google::protobuf::Duration& span, int64_t first, int64_t last) {
  return Micros(span) < first || Micros(span) > last;
}

// The name under which an alert without a key is known.
std::string KeyOf(const v1::Issue& issue) {
  if (!issue.key().empty() || !issue.has_alert()) return issue.key();
  std::vector<std::string> labels;
  for (const v1::Attribute& label : issue.alert().labels())
    labels.push_back(absl::StrCat(",", label.name(), "=", label.value()));
  std::sort(labels.begin(), labels.end());
  std::string key = absl::StrCat("alert:", issue.alert().source(), "/", issue.alert().name());
  for (const std::string& label : labels) key += label;
  return key;
}

// The ticket that a command names, and its etag, whatever the command.
const google::protobuf::Message& RequestOf(const v1::Command& command) {
  const google::protobuf::Reflection& reflection = *command.GetReflection();
  const auto* order = command.GetDescriptor()->FindOneofByName("order");
  return reflection.GetMessage(command, reflection.GetOneofFieldDescriptor(command, order));
}

std::string TextField(const v1::Command& command, const char* name) {
  const google::protobuf::Message& request = RequestOf(command);
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
}

}  // namespace

std::string RequestIdOf(const v1::Command& command) {
  // The driver's orders have none, and are most of all.
  if (command.has_fire_deadline()) return "";
  return TextField(command, "request_id");
}

bool IsMalformed(const v1::Command& command) {
  switch (command.order_case()) {
    case Order::kSubmitIssue: {
      const v1::Issue& issue = command.submit_issue().issue();
      const bool needs_text =
          issue.kind() != v1::ISSUE_KIND_SCORE && issue.kind() != v1::ISSUE_KIND_ALERT;
      return needs_text && issue.text().empty();
    }
    case Order::kSubmitMysteryIssue: {
      const v1::Issue& issue = command.submit_mystery_issue().issue();
      const bool joins = !issue.key().empty() || issue.kind() == v1::ISSUE_KIND_ALERT;
      return joins || (issue.kind() != v1::ISSUE_KIND_SCORE && issue.text().empty());
    }
    case Order::kRecordInspection:
      return (command.record_inspection().sample() == 0) ==
             command.record_inspection().form().empty();
    case Order::kPullTickets:
      return command.pull_tickets().has_lease() &&
             IsOutside(command.pull_tickets().lease(), 10 * kSecond, kDay);
    case Order::kExtendLease:
      return command.extend_lease().lease_token() == 0 ||
             IsOutside(command.extend_lease().lease(), 10 * kSecond, kDay);
    case Order::kAcceptTicket: return command.accept_ticket().lease_token() == 0;
    case Order::kPauseTicket:
      return command.pause_ticket().has_cap() &&
             IsOutside(command.pause_ticket().cap(), kMinute, 90 * kDay);
    case Order::kAddNote: return command.add_note().text().empty();
    case Order::kAnswerLevelOffer:
      return !command.answer_level_offer().accept() && command.answer_level_offer().note().empty();
    default: return false;
  }
}

Prediction CommandModel::Decide(const v1::Command& command, const PlaybookPlan* plan,
                                const ModelSample* drawn) {
  Prediction prediction;
  switch (command.order_case()) {
    case Order::kSubmitIssue:
      prediction.reason = Submit(command.submit_issue().issue(), prediction);
      break;
    case Order::kSubmitMysteryIssue:
      prediction.reason = SubmitMystery(command.submit_mystery_issue().issue());
      break;
    case Order::kDrawSample:
      prediction.reason = DrawSample(command.draw_sample(), *drawn, prediction);
      break;
    case Order::kRecordGoalEvidence:
      prediction.reason = KeepEvidence(command.record_goal_evidence());
      break;
    case Order::kImportHistory: prediction.reason = Import(command.import_history()); break;
    case Order::kPullTickets: prediction.reason = Pull(command.pull_tickets()); break;
    case Order::kPublishPlaybook: prediction.reason = Publish(*plan, prediction); break;
    case Order::kAnswerLevelOffer:
      prediction.reason = AnswerOffer(command.answer_level_offer());
      break;
    case Order::kFireDeadline: prediction.reason = FireDue(command.fire_deadline()); break;
    default: prediction.reason = OnTicket(command);
  }
  return prediction;
}

const PlaybookPlan* CommandModel::playbook() const {
  return tenant_.playbook_version == 0 ? nullptr : &tenant_.playbook;
}

// How a reference spells an id is the product's own word, tested with engine/ticket/reference.h.
ModelTicket* CommandModel::Find(const std::string& name) {
  const std::optional<uint64_t> id = engine::ParseTicketName(name);
  if (!id) return nullptr;
  const auto it = tenant_.tickets.find(*id);
  return it == tenant_.tickets.end() ? nullptr : &it->second;
}

void CommandModel::Keep(ModelTicket ticket) {
  has_events_ = true;
  Replaced& replaced = replaced_.emplace_back();
  replaced.id = ticket.id;
  const auto [kept, is_new] = tenant_.tickets.try_emplace(ticket.id);
  if (!is_new) replaced.before = std::move(kept->second);
  kept->second = std::move(ticket);
}

int CommandModel::OpenTickets(const std::string& customer) const {
  int open = 0;
  for (const auto& [id, ticket] : tenant_.tickets)
    open += ticket.state != v1::TICKET_STATE_CLOSED && ticket.customer == customer;
  return open;
}

Routing CommandModel::RouteIssue(const v1::Issue& issue, v1::Severity told, uint32_t cycle) const {
  return Route(*playbook(), issue, told, cycle, OpenTickets(issue.customer().id()));
}

void CommandModel::OpenTicket(const v1::Issue& issue, const std::string& key, uint64_t follows,
                              const std::string& mystery) {
  const Routing routing = RouteIssue(issue, issue.severity(), 0);
  // Clocks take the place of the route's own promises.
  RouteRow row = *routing.row;
  if (!row.record && FindClock(playbook(), true, row.level) != nullptr) row.first_answer = 0;
  const bool has_resolve = !row.record && FindClock(playbook(), false, row.level) != nullptr;
  if (has_resolve) row.resolution = 0;
  ModelTicket ticket = Open(tenant_.next_id(), issue, {&row, routing.severity}, now_);
  ticket.key = key;
  ticket.follows = follows;
  ticket.mystery = mystery;
  if (routing.row->record) {
    Close(ticket, v1::CLOSE_CAUSE_RECORDED, now_);
    Record(ticket, now_);
  } else if (row.resolution == 0 && !has_resolve) {
    ticket.deadlines[v1::DEADLINE_KIND_REMINDER] = now_ + 7 * kDay;
  }
  if (!row.record) StartClocks(ticket, playbook(), now_);
  if (!row.record) Arrive(ticket, playbook(), now_);
  Keep(std::move(ticket));
}

std::string CommandModel::Submit(const v1::Issue& issue, Prediction& prediction) {
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  if (issue.has_occurred_time() && Micros(issue.occurred_time()) > now_ + 5 * kMinute)
    return "FIELD_INVALID";
  uint64_t follows = 0;
  if (!issue.follows().empty()) {
    const ModelTicket* followed = Find(issue.follows());
    if (followed == nullptr || followed->state != v1::TICKET_STATE_CLOSED) return "FIELD_INVALID";
    follows = followed->id;
  }
  const std::string key = KeyOf(issue);
  for (const auto& [id, open] : tenant_.tickets) {
    if (key.empty() || open.key != key || open.state == v1::TICKET_STATE_CLOSED) continue;
    ModelTicket ticket = open;
    CatchUp(ticket, playbook(), now_);
    if (ticket.state == v1::TICKET_STATE_CLOSED) break;
    ++ticket.issues;
    Record(ticket, now_);
    const bool asks = issue.kind() != v1::ISSUE_KIND_PRAISE &&
                      !RouteIssue(issue, issue.severity(), 0).row->record;
    if (ticket.state == v1::TICKET_STATE_RESOLVED && asks)
      ReopenNow(ticket,
                issue.has_alert() ? v1::REOPEN_CAUSE_FLAP : v1::REOPEN_CAUSE_SAME_ISSUE);
    prediction.joined = true;
    Keep(std::move(ticket));
    return "";
  }
  OpenTicket(issue, key, follows);
  return "";
}

// It is routed as any other, and joins none.
std::string CommandModel::SubmitMystery(const v1::Issue& issue) {
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  if (issue.has_occurred_time() && Micros(issue.occurred_time()) > now_ + 5 * kMinute)
    return "FIELD_INVALID";
  OpenTicket(issue, "", 0, actor_.id);
  return "";
}

std::string CommandModel::Pull(const v1::PullTicketsRequest& request) {
  if (!actor_.MayActFor(request.department())) return "DEPARTMENT_NOT_YOURS";
  if (playbook() == nullptr) return "PLAYBOOK_MISSING";
  // Level, then earliest promise, then harm, then age, then id.
  std::vector<std::tuple<int, int64_t, int, int64_t, uint64_t>> queue;
  for (const auto& [id, ticket] : tenant_.tickets) {
    if (!ticket.is_waiting() || ticket.department != request.department()) continue;
    if (request.level() != v1::LEVEL_UNSPECIFIED && request.level() != ticket.level) continue;
    queue.push_back({ticket.level, ticket.Rank(), -ticket.severity, ticket.create_time, id});
  }
  if (queue.empty() && !playbook()->Has(request.department())) return "FIELD_INVALID";
  std::sort(queue.begin(), queue.end());
  const size_t most = request.max_tickets() == 0 ? 1 : static_cast<size_t>(request.max_tickets());
  if (queue.size() > most) queue.resize(most);
  for (const auto& place : queue) {
    ModelTicket ticket = tenant_.tickets[std::get<4>(place)];
    CatchUp(ticket, playbook(), now_);
    // Its chain moved it just now.
    const bool is_at_level =
        request.level() == v1::LEVEL_UNSPECIFIED || request.level() == ticket.level;
    if (ticket.department != request.department() || !is_at_level) continue;
    ticket.state = v1::TICKET_STATE_LEASED;
    ticket.holder = actor_.id;
    ticket.token = ++ticket.leases;
    AddHandler(ticket, actor_.id);
    ticket.deadlines[v1::DEADLINE_KIND_LEASE] =
        now_ + (request.has_lease() ? Micros(request.lease()) : 15 * kMinute);
    Record(ticket, now_);
    Keep(std::move(ticket));
  }
  return "";
}

std::string CommandModel::Publish(const PlaybookPlan& plan, Prediction& prediction) {
  if (plan.is_broken) return "PLAYBOOK_INVALID";
  tenant_.playbook = plan;
  prediction.playbook_version = ++tenant_.playbook_version;
  has_events_ = true;
  return "";
}

std::string CommandModel::FireDue(const v1::FireDeadline& request) {
  ModelTicket* found = Find(absl::StrCat(request.ticket_id()));
  if (found == nullptr) return "DEADLINE_STALE";
  const auto next = found->NextKeyed();
  if (!next || *next != Micros(request.time()) || found->NextDeadline()->second >= now_)
    return "DEADLINE_STALE";
  ModelTicket ticket = *found;
  CatchUp(ticket, playbook(), now_);
  Keep(std::move(ticket));
  return "";
}

std::string CommandModel::OnTicket(const v1::Command& command) {
  const ModelTicket* found = Find(TextField(command, "ticket"));
  if (found == nullptr) return "TICKET_NOT_FOUND";
  if (actor_.is_customer && found->customer != actor_.id) return "TICKET_NOT_FOUND";
  if (!actor_.is_customer && !actor_.MayActFor(found->department)) return "DEPARTMENT_NOT_YOURS";
  const std::string etag = TextField(command, "etag");
  if (!etag.empty() && etag != absl::StrCat("v", found->version)) return "ETAG_MISMATCH";
  ModelTicket ticket = *found;
  CatchUp(ticket, playbook(), now_);
  const std::string reason = Change(command, ticket);
  if (reason.empty()) Keep(std::move(ticket));
  return reason;
}

std::string CommandModel::Change(const v1::Command& command, ModelTicket& ticket) {
  switch (command.order_case()) {
    case Order::kExtendLease:
    case Order::kReturnTicket:
    case Order::kAcceptTicket: return Take(command, ticket);
    case Order::kAnswerTicket:
    case Order::kPauseTicket:
    case Order::kResumeTicket: return Work(command, ticket);
    case Order::kTransferTicket:
    case Order::kEscalateTicket:
    case Order::kDeescalateTicket: return Move(command, ticket);
    case Order::kAddNote:
      if (!actor_.is_customer && !actor_.MayActFor(ticket.department))
        return "DEPARTMENT_NOT_YOURS";
      Record(ticket, now_);
      return "";
    case Order::kRecordInspection:
    case Order::kDisputeInspection:
    case Order::kDecideInspection: return Inspect(command, ticket);
    default: return Finish(command, ticket);
  }
}

}  // namespace redress::simulator
