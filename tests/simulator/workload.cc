#include "tests/simulator/workload.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"

namespace redress::simulator {
namespace {

constexpr int kFavouriteTickets = 8;
constexpr int kRepeatTries = 6;

google::protobuf::Timestamp ToTimestamp(int64_t micros) {
  google::protobuf::Timestamp time;
  time.set_seconds(micros / kSecond);
  time.set_nanos(static_cast<int32_t>(micros % kSecond * 1000));
  return time;
}

}  // namespace

void SetRequestId(v1::Command& command, const std::string& request_id) {
  const google::protobuf::Reflection& reflection = *command.GetReflection();
  const auto* order = command.GetDescriptor()->FindOneofByName("order");
  google::protobuf::Message& request =
      *reflection.MutableMessage(&command, reflection.GetOneofFieldDescriptor(command, order));
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  request.GetReflection()->SetString(&request, field, request_id);
}

std::string Workload::NewRequestId() { return absl::StrCat("r", ++requests_); }

const std::string& Workload::Department() { return draw_.Pick(DepartmentNames()); }

void Workload::DrawIssue(v1::Issue& issue) {
  issue.set_kind(static_cast<v1::IssueKind>(1 + draw_.Below(6)));
  issue.set_channel(draw_.Chance(50) ? "app" : "phone");
  const bool needs_text =
      issue.kind() != v1::ISSUE_KIND_SCORE && issue.kind() != v1::ISSUE_KIND_ALERT;
  if (needs_text || draw_.Chance(30)) {
    issue.set_text("It does not work.");
    if (draw_.Chance(25)) issue.set_text(absl::StrCat("I want a ", kRouteWord, " now"));
    if (draw_.Chance(10)) issue.set_text(absl::StrCat("There is ", kCriticalWord, " everywhere"));
  }
  if (issue.kind() == v1::ISSUE_KIND_SCORE) {
    issue.mutable_score()->set_type(v1::SCORE_TYPE_CSAT);
    issue.mutable_score()->set_value(1 + draw_.Below(5));
  }
  if (issue.kind() == v1::ISSUE_KIND_ALERT) {
    issue.mutable_alert()->set_source("probe");
    issue.mutable_alert()->set_name(draw_.Chance(50) ? "down" : "slow");
    v1::Attribute& label = *issue.mutable_alert()->add_labels();
    label.set_name("host");
    label.set_value(absl::StrCat("h", draw_.Below(3)));
  } else if (draw_.Chance(80)) {
    issue.mutable_customer()->set_id(draw_.Pick(CustomerNames()));
    if (draw_.Chance(30)) issue.mutable_customer()->set_segment(kSegment);
  }
  if (draw_.Chance(20)) issue.set_key(absl::StrCat("key-", draw_.Below(4)));
  if (draw_.Chance(20)) issue.set_severity(static_cast<v1::Severity>(draw_.Below(5)));
}

void Workload::DrawSubmit(const ModelTenant& model, int64_t now, v1::Issue& issue) {
  DrawIssue(issue);
  if (draw_.Chance(2)) issue.clear_text();
  if (draw_.Chance(5))
    *issue.mutable_occurred_time() = ToTimestamp(now + draw_.Between(-60, 10) * kMinute);
  // A repeat of what was resolved lately.
  for (int i = 0; i < kRepeatTries && !model.tickets.empty() && draw_.Chance(80); ++i) {
    const ModelTicket& ticket = AnyTicket(model);
    if (ticket.state == v1::TICKET_STATE_RESOLVED && !ticket.key.empty())
      issue.set_key(ticket.key);
  }
  if (draw_.Chance(5))
    issue.set_follows(absl::StrCat(draw_.Between(1, static_cast<int64_t>(model.next_id()))));
}

void Workload::DrawFact(v1::ImportHistoryRequest& request) {
  switch (draw_.Below(8)) {
    case 0:
      request.mutable_reassigned()->set_department(Department());
      if (draw_.Chance(40)) request.mutable_reassigned()->set_count(draw_.Below(4));
      return;
    case 1:
      request.mutable_level_changed()->set_level(static_cast<v1::Level>(1 + draw_.Below(3)));
      if (draw_.Chance(40)) request.mutable_level_changed()->set_department(Department());
      return;
    case 2:
      request.mutable_waiting()->set_reason(static_cast<v1::PauseReason>(1 + draw_.Below(4)));
      return;
    case 3: request.mutable_resumed(); return;
    case 4: request.mutable_answered(); return;
    case 5: request.mutable_resolved(); return;
    case 6:
      request.mutable_reopened()->set_cause(static_cast<v1::ReopenCause>(draw_.Below(6)));
      return;
    default: request.mutable_closed(); return;
  }
}

void Workload::DrawImport(const ModelTenant& model, int64_t now,
                          v1::ImportHistoryRequest& request) {
  request.set_external_id(absl::StrCat("old-", draw_.Below(12)));
  int64_t time = now - draw_.Between(0, 20 * 24) * kHour;
  for (const auto& [id, ticket] : model.tickets) {
    const bool follows = ticket.external_id == request.external_id() && draw_.Chance(90);
    if (follows) time = ticket.update_time + draw_.Between(0, 40 * 3600) * kSecond;
  }
  if (draw_.Chance(80)) time = std::min(time, now);
  if (draw_.Chance(5)) time = now + draw_.Between(0, 8) * kMinute;
  *request.mutable_time() = ToTimestamp(time);
  const bool is_known = std::any_of(
      model.tickets.begin(), model.tickets.end(),
      [&](const auto& entry) { return entry.second.external_id == request.external_id(); });
  if (draw_.Chance(is_known ? 5 : 95)) {
    v1::ImportOpened& opened = *request.mutable_opened();
    DrawIssue(*opened.mutable_issue());
    if (draw_.Chance(60)) opened.set_department(draw_.Chance(20) ? "gone" : Department());
    if (!opened.department().empty()) opened.set_level(static_cast<v1::Level>(draw_.Below(4)));
    return;
  }
  DrawFact(request);
}

// What requests of one name have in common, then what few have.
template <typename Request>
void Workload::Fill(const ModelTicket& ticket, Request& request) {
  const bool by_reference = !ticket.reference.empty() && draw_.Chance(20);
  request.set_ticket(by_reference ? ticket.reference : absl::StrCat(ticket.id));
  if constexpr (requires { request.set_lease_token(1); }) {
    const bool gives = ticket.token != 0 ? !draw_.Chance(3) : draw_.Chance(3);
    if (gives) request.set_lease_token(draw_.Chance(4) ? ticket.leases + 1 : ticket.leases);
  }
  if constexpr (requires { request.set_etag(""); }) {
    if (draw_.Chance(10))
      request.set_etag(absl::StrCat("v", ticket.version + (draw_.Chance(20) ? 1 : 0)));
  }
  if constexpr (requires { request.set_note(""); }) request.set_note("so it is");
  if constexpr (requires { request.set_comment(""); }) request.set_comment("I say");
  if constexpr (requires { request.set_text(""); })
    request.set_text("words");
  if constexpr (requires { request.set_to_level(v1::LEVEL_RELAY); }) {
    if (draw_.Chance(30)) request.set_to_level(static_cast<v1::Level>(1 + draw_.Below(3)));
    if (draw_.Chance(30)) request.set_to_department(Department());
    request.set_reason("grave");
  }
  FillRest(request);
}

void Workload::FillRest(v1::ExtendLeaseRequest& request) {
  request.mutable_lease()->set_seconds(draw_.Between(8, 4000));
}

void Workload::FillRest(v1::ReturnTicketRequest& request) { request.set_reason("not mine"); }

void Workload::FillRest(v1::AnswerTicketRequest& request) {
  request.set_acknowledgement(draw_.Chance(30));
}

void Workload::FillRest(v1::PauseTicketRequest& request) {
  request.set_reason(static_cast<v1::PauseReason>(1 + draw_.Below(4)));
  if (draw_.Chance(60)) request.mutable_cap()->set_seconds(draw_.Between(30, 900000));
}

void Workload::FillRest(v1::AnswerLevelOfferRequest& request) {
  request.set_accept(draw_.Chance(70));
}

void Workload::FillRest(v1::TransferTicketRequest& request) {
  request.set_to_department(draw_.Chance(5) ? "gone" : Department());
  request.set_reason(v1::TRANSFER_REASON_NEXT_STEP);
}

void Workload::FillRest(v1::CloseTicketRequest& request) {
  request.set_cause(draw_.Chance(50) ? v1::CLOSE_CAUSE_CONFIRMED : v1::CLOSE_CAUSE_WITHDRAWN);
}

void Workload::FillRest(v1::ReopenTicketRequest& request) {
  static const std::vector<v1::ReopenCause> kCauses = {
      v1::REOPEN_CAUSE_SAME_ISSUE, v1::REOPEN_CAUSE_NOT_FIXED, v1::REOPEN_CAUSE_VERDICT_BAD,
      v1::REOPEN_CAUSE_ERROR};
  request.set_cause(draw_.Pick(kCauses));
}

void Workload::FillRest(v1::AddNoteRequest& request) {
  if (draw_.Chance(3)) request.clear_text();
}

void Workload::FillRest(v1::ResolveTicketRequest& request) {
  DrawResolution(*request.mutable_resolution());
}

void Workload::DrawResolution(v1::Resolution& resolution) {
  resolution.set_outcome(static_cast<v1::Outcome>(1 + draw_.Below(10)));
  resolution.set_answer("It is repaired.");
  if (draw_.Chance(90)) resolution.set_root_cause("wear");
  if (draw_.Chance(90)) resolution.set_prevention("inspection");
  if (draw_.Chance(80)) resolution.set_policy("p-1");
  if (resolution.outcome() == v1::OUTCOME_DUPLICATE && draw_.Chance(90))
    resolution.set_duplicate_of(absl::StrCat(1 + draw_.Below(20)));
}

// What may sensibly be done in each state, and sometimes anything.
void Workload::DrawOrder(const ModelTicket& ticket, v1::Command& command) {
  static const auto& sensible = *new std::map<v1::TicketState, std::vector<int>>{
      {v1::TICKET_STATE_QUEUED, {6, 7, 8, 10, 12, 15, 15}},
      {v1::TICKET_STATE_LEASED, {0, 1, 1, 1, 2, 2, 2, 3, 6, 7, 9, 9, 12}},
      {v1::TICKET_STATE_ACCEPTED, {1, 1, 3, 4, 4, 6, 7, 8, 9, 9, 10, 12}},
      {v1::TICKET_STATE_PAUSED, {3, 5, 5, 10, 12}},
      {v1::TICKET_STATE_RESOLVED, {10, 11, 12, 13, 14, 14}},
      {v1::TICKET_STATE_CLOSED, {11, 12, 14}}};
  const int order = draw_.Chance(85) ? draw_.Pick(sensible.at(ticket.state)) : draw_.Below(16);
  switch (order) {
    case 0: return Fill(ticket, *command.mutable_extend_lease());
    case 1: return Fill(ticket, *command.mutable_return_ticket());
    case 2: return Fill(ticket, *command.mutable_accept_ticket());
    case 3: return Fill(ticket, *command.mutable_answer_ticket());
    case 4: return Fill(ticket, *command.mutable_pause_ticket());
    case 5: return Fill(ticket, *command.mutable_resume_ticket());
    case 6: return Fill(ticket, *command.mutable_transfer_ticket());
    case 7: return Fill(ticket, *command.mutable_escalate_ticket());
    case 8: return Fill(ticket, *command.mutable_deescalate_ticket());
    case 9: return Fill(ticket, *command.mutable_resolve_ticket());
    case 10: return Fill(ticket, *command.mutable_close_ticket());
    case 11: return Fill(ticket, *command.mutable_reopen_ticket());
    case 12: return Fill(ticket, *command.mutable_add_note());
    case 13: return Fill(ticket, *command.mutable_confirm_resolution());
    case 15: return Fill(ticket, *command.mutable_answer_level_offer());
    default: return Fill(ticket, *command.mutable_dispute_resolution());
  }
}

engine::Actor Workload::ActorFor(const ModelTicket& ticket, const v1::Command& command) {
  const bool is_customers = command.has_confirm_resolution() || command.has_dispute_resolution();
  for (const engine::Actor& actor : actors_) {
    if (is_customers && actor.id == ticket.customer && draw_.Chance(80)) return actor;
    if (!is_customers && actor.id == ticket.holder && draw_.Chance(85)) return actor;
  }
  const engine::Actor& any = draw_.Pick(actors_);
  return any.is_customer && !is_customers ? Chief() : any;
}

// Every other time one of the tenant's oldest, so that some tickets get a long life.
const ModelTicket& Workload::AnyTicket(const ModelTenant& model) {
  const int count = static_cast<int>(model.tickets.size());
  const int place = draw_.Below(draw_.Chance(50) ? std::min(count, kFavouriteTickets) : count);
  // Ids rise from 1 without a gap.
  return model.tickets.at(static_cast<uint64_t>(place) + 1);
}

void Workload::DrawOnTicket(const ModelTenant& model, Sending& sending) {
  ModelTicket ticket = AnyTicket(model);
  // Old tickets are mostly closed: look for a livelier one.
  for (int i = 0; i < 3 && ticket.state == v1::TICKET_STATE_CLOSED; ++i) ticket = AnyTicket(model);
  if (draw_.Chance(1)) ticket.id = model.next_id() + 5;
  DrawOrder(ticket, sending.command);
  sending.actor = ActorFor(ticket, sending.command);
}

std::optional<int64_t> Workload::NextEdge(const ModelTenant& model, int64_t now,
                                          Sending& sending) {
  if (model.tickets.empty()) return std::nullopt;
  v1::Command& command = sending.command;
  sending.actor = Chief();
  // Closed ones are many, and their ends mostly lie too far away.
  const bool wants_silence = draw_.Chance(50);
  for (int i = 0; i < kRepeatTries; ++i) {
    const ModelTicket& ticket = AnyTicket(model);
    if (wants_silence && ticket.state == v1::TICKET_STATE_CLOSED) continue;
    const bool is_closed = ticket.state == v1::TICKET_STATE_CLOSED;
    const bool is_silent = ticket.state == v1::TICKET_STATE_RESOLVED && !ticket.key.empty();
    const auto next = ticket.NextDeadline();
    const int64_t edge = is_closed           ? ticket.close_time + ticket.reopen_window
                         : is_silent && next ? next->second
                                             : 0;
    if (edge < now) continue;
    if (is_closed) Fill(ticket, *command.mutable_reopen_ticket());
    else DrawIssue(*command.mutable_submit_issue()->mutable_issue());
    if (is_silent) command.mutable_submit_issue()->mutable_issue()->set_key(ticket.key);
    SetRequestId(command, NewRequestId());
    return edge;
  }
  return std::nullopt;
}

Sending Workload::Next(const std::string& tenant, const ModelTenant& model, int64_t now) {
  Sending sending;
  sending.tenant = tenant;
  v1::Command& command = sending.command;
  sending.actor = draw_.Pick(actors_);
  const int what = draw_.Below(100);
  if (!model.tickets.empty() && draw_.Chance(8)) {
    DrawQualityOrder(model, now, sending);
  } else if (model.playbook_version == 0 ? what < 50 : what < 1) {
    sending.plan = plans_.Pick(draw_);
    command.mutable_publish_playbook()->set_source(sending.plan->source);
    command.mutable_publish_playbook()->set_reason("new rules");
  } else if (what < 22 || model.tickets.empty()) {
    DrawSubmit(model, now, *command.mutable_submit_issue()->mutable_issue());
  } else if (what < 32) {
    DrawImport(model, now, *command.mutable_import_history());
  } else if (what < 46) {
    auto& request = *command.mutable_pull_tickets();
    request.set_department(draw_.Chance(2) ? "gone" : Department());
    request.set_max_tickets(draw_.Below(4));
    if (draw_.Chance(20)) request.set_level(static_cast<v1::Level>(1 + draw_.Below(3)));
    if (draw_.Chance(70)) request.mutable_lease()->set_seconds(draw_.Between(9, 5000));
    if (sending.actor.is_customer) sending.actor = Chief();
  } else {
    DrawOnTicket(model, sending);
  }
  SetRequestId(command, NewRequestId());
  return sending;
}

}  // namespace redress::simulator
