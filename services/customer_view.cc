#include "services/customer_view.h"

#include <utility>

#include "engine/time/instant.h"

namespace redress::services {
namespace {

struct Wording {
  v1::CustomerStage stage;
  const char* status;
  const char* next_step;
};

Wording WordingOf(const v1::Ticket& ticket) {
  switch (ticket.state()) {
    case v1::TICKET_STATE_QUEUED:
      return {v1::CUSTOMER_STAGE_RECEIVED, "We have your message.",
              "Somebody who can solve it will take it on."};
    case v1::TICKET_STATE_LEASED:
    case v1::TICKET_STATE_ACCEPTED:
      return {v1::CUSTOMER_STAGE_IN_WORK, "Somebody is working on it.", "You will get an answer."};
    case v1::TICKET_STATE_PAUSED:
      if (ticket.pause().reason() == v1::PAUSE_REASON_CUSTOMER_INFO)
        return {v1::CUSTOMER_STAGE_WAITING_FOR_YOU, "We need something from you.",
                "Please answer our last message."};
      return {v1::CUSTOMER_STAGE_WAITING_FOR_OTHERS, "We are waiting for somebody else.",
              "We go on as soon as they have acted."};
    case v1::TICKET_STATE_RESOLVED:
      return {v1::CUSTOMER_STAGE_ANSWERED, "We have answered.",
              "Tell us whether the answer holds. If we hear nothing, we take it that it does."};
    default:
      return {v1::CUSTOMER_STAGE_DONE, "This is done.", "Nothing more will happen by itself."};
  }
}

// What is promised next: the first answer, else the resolution, else the end of the time to
// confirm.
const google::protobuf::Timestamp* ExpectedTime(const v1::Ticket& ticket) {
  const v1::Promises& promises = ticket.promises();
  for (const v1::Deadline& deadline : ticket.deadlines())
    if (deadline.kind() == v1::DEADLINE_KIND_CONFIRMATION) return &deadline.time();
  if (ticket.state() == v1::TICKET_STATE_RESOLVED || ticket.state() == v1::TICKET_STATE_CLOSED)
    return nullptr;
  if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING)
    return &promises.first_answer_due();
  if (promises.resolution_state() == v1::PROMISE_STATE_RUNNING) return &promises.resolution_due();
  return nullptr;
}

bool CanDispute(const v1::Ticket& ticket, absl::Time now) {
  if (ticket.state() == v1::TICKET_STATE_RESOLVED) return true;
  if (ticket.state() != v1::TICKET_STATE_CLOSED) return false;
  return now <= engine::ToTime(ticket.close_time()) +
                    engine::ToSpan(ticket.promises().reopen_window());
}

}  // namespace

v1::CustomerView MakeCustomerView(const v1::Ticket& ticket, std::vector<std::string> answers,
                                  absl::Time now) {
  const Wording wording = WordingOf(ticket);
  v1::CustomerView view;
  view.set_reference(ticket.reference());
  view.set_status(wording.status);
  view.set_stage(wording.stage);
  view.set_next_step(wording.next_step);
  if (const auto* expected = ExpectedTime(ticket)) *view.mutable_expected_time() = *expected;
  view.set_title(ticket.title());
  *view.mutable_create_time() = ticket.create_time();
  for (std::string& answer : answers) view.add_answers(std::move(answer));
  view.set_can_confirm(ticket.state() == v1::TICKET_STATE_RESOLVED);
  view.set_can_dispute(CanDispute(ticket, now));
  *view.mutable_update_time() = ticket.update_time();
  return view;
}

}  // namespace redress::services
