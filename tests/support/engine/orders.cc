#include "tests/support/engine/orders.h"

#include "base/check.h"
#include "engine/time/instant.h"
#include "google/protobuf/descriptor.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* OrderOf(const v1::Command& command) {
  const auto* oneof = v1::Command::descriptor()->FindOneofByName("order");
  return command.GetReflection()->GetOneofFieldDescriptor(command, oneof);
}

v1::Issue IssueOf(v1::IssueKind kind, absl::string_view text) {
  v1::Issue issue;
  issue.set_kind(kind);
  issue.set_channel("phone");
  issue.set_text(std::string(text));
  issue.mutable_customer()->set_id("c1");
  return issue;
}

v1::Command Told(absl::string_view time, v1::ImportHistoryRequest** request) {
  v1::Command command;
  *request = command.mutable_import_history();
  (*request)->set_external_id("ext-1");
  *(*request)->mutable_time() = engine::ToTimestamp(At(time));
  return command;
}

}  // namespace

engine::Actor Agent(absl::string_view id, bool is_owner) {
  engine::Actor actor;
  actor.id = std::string(id);
  actor.all_departments = true;
  actor.is_owner = is_owner;
  return actor;
}

engine::Actor Owner(absl::string_view id) { return Agent(id, true); }

engine::Actor AgentOf(absl::string_view id, absl::string_view department) {
  engine::Actor actor;
  actor.id = std::string(id);
  actor.departments = {std::string(department)};
  return actor;
}

engine::Actor Customer(absl::string_view id) {
  engine::Actor actor;
  actor.id = std::string(id);
  actor.is_customer = true;
  return actor;
}

v1::Issue Complaint(absl::string_view text) { return IssueOf(v1::ISSUE_KIND_COMPLAINT, text); }
v1::Issue ChargedTwice() { return Complaint("I was charged twice."); }
v1::Issue Burned() { return Complaint("The lamp burned my hand."); }
v1::Issue Question() { return IssueOf(v1::ISSUE_KIND_QUESTION, "When do you open?"); }
v1::Issue Praise() { return IssueOf(v1::ISSUE_KIND_PRAISE, "Thank you!"); }

v1::Issue AlertOf(absl::string_view name, absl::string_view host) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_ALERT);
  issue.set_channel("monitor");
  issue.mutable_alert()->set_source("monitor");
  issue.mutable_alert()->set_name(std::string(name));
  v1::Attribute& label = *issue.mutable_alert()->add_labels();
  label.set_name("host");
  label.set_value(std::string(host));
  return issue;
}

v1::Issue Keyed(v1::Issue issue, absl::string_view key) {
  issue.set_key(std::string(key));
  return issue;
}

v1::Command Submit(const v1::Issue& issue) {
  v1::Command command;
  *command.mutable_submit_issue()->mutable_issue() = issue;
  return command;
}

v1::Command Pull(absl::string_view department, int max_tickets) {
  v1::Command command;
  command.mutable_pull_tickets()->set_department(std::string(department));
  command.mutable_pull_tickets()->set_max_tickets(max_tickets);
  return command;
}

v1::Command PullFor(absl::string_view department, absl::Duration lease) {
  v1::Command command = Pull(department);
  *command.mutable_pull_tickets()->mutable_lease() = engine::ToProtoDuration(lease);
  return command;
}

v1::Command Extend(uint64_t lease_token, absl::Duration lease) {
  v1::Command command;
  command.mutable_extend_lease()->set_ticket("1");
  command.mutable_extend_lease()->set_lease_token(lease_token);
  *command.mutable_extend_lease()->mutable_lease() = engine::ToProtoDuration(lease);
  return command;
}

v1::Command Return(uint64_t lease_token) {
  v1::Command command;
  command.mutable_return_ticket()->set_ticket("1");
  command.mutable_return_ticket()->set_lease_token(lease_token);
  command.mutable_return_ticket()->set_reason("Not for me.");
  return command;
}

v1::Command Accept(uint64_t lease_token) {
  v1::Command command;
  command.mutable_accept_ticket()->set_ticket("1");
  command.mutable_accept_ticket()->set_lease_token(lease_token);
  return command;
}

v1::Command Answer(uint64_t lease_token) {
  v1::Command command;
  command.mutable_answer_ticket()->set_ticket("1");
  command.mutable_answer_ticket()->set_lease_token(lease_token);
  command.mutable_answer_ticket()->set_text("We are on it.");
  return command;
}

v1::Command Acknowledge(uint64_t lease_token) {
  v1::Command command = Answer(lease_token);
  command.mutable_answer_ticket()->set_acknowledgement(true);
  return command;
}

v1::Command Pause(v1::PauseReason reason, std::optional<absl::Duration> cap) {
  v1::Command command;
  v1::PauseTicketRequest& request = *command.mutable_pause_ticket();
  request.set_ticket("1");
  request.set_reason(reason);
  request.set_note("Waits.");
  if (cap) *request.mutable_cap() = engine::ToProtoDuration(*cap);
  return command;
}

v1::Command Resume() {
  v1::Command command;
  command.mutable_resume_ticket()->set_ticket("1");
  return command;
}

v1::Command Transfer(absl::string_view to_department, uint64_t lease_token) {
  v1::Command command;
  v1::TransferTicketRequest& request = *command.mutable_transfer_ticket();
  request.set_ticket("1");
  request.set_lease_token(lease_token);
  request.set_to_department(std::string(to_department));
  request.set_reason(v1::TRANSFER_REASON_WRONG_OWNER);
  request.set_note("Yours.");
  return command;
}

v1::Command Escalate(uint64_t lease_token) {
  v1::Command command;
  command.mutable_escalate_ticket()->set_ticket("1");
  command.mutable_escalate_ticket()->set_lease_token(lease_token);
  command.mutable_escalate_ticket()->set_reason("Too big.");
  return command;
}

v1::Command Deescalate(uint64_t lease_token) {
  v1::Command command;
  command.mutable_deescalate_ticket()->set_ticket("1");
  command.mutable_deescalate_ticket()->set_lease_token(lease_token);
  command.mutable_deescalate_ticket()->set_reason("Small.");
  return command;
}

v1::Command TakeOffer() {
  v1::Command command;
  command.mutable_answer_level_offer()->set_ticket("1");
  command.mutable_answer_level_offer()->set_accept(true);
  return command;
}

v1::Command DeclineOffer() {
  v1::Command command;
  command.mutable_answer_level_offer()->set_ticket("1");
  command.mutable_answer_level_offer()->set_note("Not ours.");
  return command;
}

v1::Command Resolve(uint64_t lease_token, v1::Outcome outcome) {
  v1::Command command;
  v1::ResolveTicketRequest& request = *command.mutable_resolve_ticket();
  request.set_ticket("1");
  request.set_lease_token(lease_token);
  request.mutable_resolution()->set_outcome(outcome);
  request.mutable_resolution()->set_answer("It is done.");
  request.mutable_resolution()->set_root_cause("A worn part.");
  request.mutable_resolution()->set_prevention("Checked each month.");
  return command;
}

v1::Command Close(v1::CloseCause cause) {
  v1::Command command;
  command.mutable_close_ticket()->set_ticket("1");
  command.mutable_close_ticket()->set_cause(cause);
  command.mutable_close_ticket()->set_note("By phone.");
  return command;
}

v1::Command Reopen(v1::ReopenCause cause) {
  v1::Command command;
  command.mutable_reopen_ticket()->set_ticket("1");
  command.mutable_reopen_ticket()->set_cause(cause);
  command.mutable_reopen_ticket()->set_note("Again.");
  return command;
}

v1::Command Note() {
  v1::Command command;
  command.mutable_add_note()->set_ticket("1");
  command.mutable_add_note()->set_text("Seen.");
  return command;
}

v1::Command Confirm(absl::string_view comment) {
  v1::Command command;
  command.mutable_confirm_resolution()->set_ticket("1");
  command.mutable_confirm_resolution()->set_comment(std::string(comment));
  return command;
}

v1::Command Dispute() {
  v1::Command command;
  command.mutable_dispute_resolution()->set_ticket("1");
  command.mutable_dispute_resolution()->set_comment("It still is broken.");
  return command;
}

v1::Command Publish(absl::string_view source) {
  v1::Command command;
  command.mutable_publish_playbook()->set_source(std::string(source));
  command.mutable_publish_playbook()->set_reason("New season.");
  return command;
}

v1::Command Fire(absl::Time time, uint64_t ticket_id) {
  v1::Command command;
  command.mutable_fire_deadline()->set_ticket_id(ticket_id);
  *command.mutable_fire_deadline()->mutable_time() = engine::ToTimestamp(time);
  return command;
}

v1::Command ToldOpened(absl::string_view time, const v1::Issue& issue,
                       absl::string_view department) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  *request->mutable_opened()->mutable_issue() = issue;
  request->mutable_opened()->set_department(std::string(department));
  return command;
}

v1::Command ToldReassigned(absl::string_view time, absl::string_view department,
                           std::optional<uint32_t> count) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_reassigned()->set_department(std::string(department));
  if (count) request->mutable_reassigned()->set_count(*count);
  return command;
}

v1::Command ToldLevel(absl::string_view time, v1::Level level) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_level_changed()->set_level(level);
  return command;
}

v1::Command ToldWaiting(absl::string_view time, v1::PauseReason reason) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_waiting()->set_reason(reason);
  return command;
}

v1::Command ToldResumed(absl::string_view time) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_resumed();
  return command;
}

v1::Command ToldAnswered(absl::string_view time) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_answered();
  return command;
}

v1::Command ToldResolved(absl::string_view time, absl::string_view code) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_resolved()->set_code(std::string(code));
  return command;
}

v1::Command ToldReopened(absl::string_view time) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_reopened();
  return command;
}

v1::Command ToldClosed(absl::string_view time, absl::string_view code) {
  v1::ImportHistoryRequest* request;
  v1::Command command = Told(time, &request);
  request->mutable_closed()->set_code(std::string(code));
  return command;
}

v1::Command With(v1::Command command, absl::string_view field, absl::string_view value) {
  const FieldDescriptor* order = OrderOf(command);
  CHECK(order != nullptr);
  Message& request = *command.GetReflection()->MutableMessage(&command, order);
  const FieldDescriptor* text = request.GetDescriptor()->FindFieldByName(std::string(field));
  CHECK(text != nullptr);
  request.GetReflection()->SetString(&request, text, std::string(value));
  return command;
}

std::string FieldOf(const v1::Command& command, absl::string_view field) {
  const FieldDescriptor* order = OrderOf(command);
  if (order == nullptr) return "";
  const Message& request = command.GetReflection()->GetMessage(command, order);
  const FieldDescriptor* text = request.GetDescriptor()->FindFieldByName(std::string(field));
  return text == nullptr ? "" : request.GetReflection()->GetString(request, text);
}

}  // namespace redress::test
