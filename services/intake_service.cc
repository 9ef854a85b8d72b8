#include "services/intake_service.h"

#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/ticket/limits.h"

namespace redress::services {
namespace {

// What TICKET_VIEW_BASIC shows. Takes it out of the ticket.
v1::Ticket TakeBasic(v1::Ticket& ticket) {
  v1::Ticket basic;
  basic.set_id(ticket.id());
  basic.mutable_reference()->swap(*ticket.mutable_reference());
  basic.mutable_etag()->swap(*ticket.mutable_etag());
  basic.set_version(ticket.version());
  basic.set_state(ticket.state());
  basic.set_level(ticket.level());
  basic.mutable_department()->swap(*ticket.mutable_department());
  if (ticket.promises().has_first_answer_due())
    basic.mutable_promises()->mutable_first_answer_due()->Swap(
        ticket.mutable_promises()->mutable_first_answer_due());
  if (ticket.promises().has_resolution_due())
    basic.mutable_promises()->mutable_resolution_due()->Swap(
        ticket.mutable_promises()->mutable_resolution_due());
  return basic;
}

v1::SubmitIssueResponse ToResponse(Outcome& outcome, v1::TicketView view) {
  v1::SubmitIssueResponse response;
  v1::Ticket& ticket = outcome.tickets.back();
  *response.mutable_ticket() =
      view == v1::TICKET_VIEW_BASIC ? TakeBasic(ticket) : std::move(ticket);
  response.set_joined(outcome.joined);
  *response.mutable_receipt() = std::move(outcome.receipt);
  return response;
}

v1::SubmitResult ToResult(Outcome& outcome, v1::TicketView view) {
  v1::SubmitResult result;
  if (outcome.failure) *result.mutable_error() = ToRpcStatus(*outcome.failure);
  else *result.mutable_response() = ToResponse(outcome, view);
  return result;
}

// Gathers the results of a batch; the one that brings the last answers.
struct Gathering {
  explicit Gathering(int count) : missing(count) {}
  v1::BatchSubmitIssuesResponse response;
  std::atomic<int> missing;
};

}  // namespace

IntakeService::IntakeService(Backend& backend)
    : backend_(backend), methods_(*v1::SubmitIssueRequest::descriptor()->file()->FindServiceByName(
                             "IntakeService")) {
  methods_.Unary("SubmitIssue", this, &IntakeService::SubmitIssue);
  methods_.Unary("BatchSubmitIssues", this, &IntakeService::BatchSubmitIssues);
  methods_.PerMessage("StreamIssues", this, &IntakeService::StreamIssues);
  methods_.PerMessage("ImportHistory", this, &IntakeService::ImportHistory);
}

void IntakeService::SubmitIssue(const Caller& caller, v1::SubmitIssueRequest request,
                                Reply<v1::SubmitIssueResponse> reply) {
  Order order = OrderOf(caller);
  const v1::TicketView view = request.view();
  order.command.mutable_submit_issue()->Swap(&request);
  order.done = [reply, view](Outcome outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    reply.Finish(ToResponse(outcome, view));
  };
  backend_.executor.Submit(std::move(order));
}

void IntakeService::BatchSubmitIssues(const Caller& caller, v1::BatchSubmitIssuesRequest request,
                                      Reply<v1::BatchSubmitIssuesResponse> reply) {
  const int count = request.requests_size();
  if (count < 1 || count > engine::kBatchIssuesMax)
    return reply.Fail(ToFailure(engine::InvalidField(
        "requests", absl::StrCat("must have 1 to ", engine::kBatchIssuesMax, " entries"))));
  // Shared by the orders: whichever is done last answers.
  const auto gathering = std::make_shared<Gathering>(count);
  for (int i = 0; i < count; ++i) gathering->response.add_results();
  for (int i = 0; i < count; ++i) {
    Order order = OrderOf(caller);
    const v1::TicketView view = request.requests(i).view();
    order.command.mutable_submit_issue()->Swap(request.mutable_requests(i));
    order.done = [reply, gathering, i, view](Outcome outcome) {
      *gathering->response.mutable_results(i) = ToResult(outcome, view);
      if (--gathering->missing == 0) reply.Finish(gathering->response);
    };
    backend_.executor.Submit(std::move(order));
  }
}

void IntakeService::StreamIssues(const Caller& caller, v1::StreamIssuesRequest request,
                                 Reply<v1::StreamIssuesResponse> reply) {
  Order order = OrderOf(caller);
  const v1::TicketView view = request.request().view();
  order.command.mutable_submit_issue()->Swap(request.mutable_request());
  order.done = [reply, view, index = caller.message_index](Outcome outcome) {
    v1::StreamIssuesResponse response;
    response.set_index(index);
    *response.mutable_result() = ToResult(outcome, view);
    reply.Finish(response);
  };
  backend_.executor.Submit(std::move(order));
}

void IntakeService::ImportHistory(const Caller& caller, v1::ImportHistoryRequest request,
                                  Reply<v1::ImportHistoryResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_import_history()->Swap(&request);
  order.done = [reply, index = caller.message_index](Outcome outcome) {
    v1::ImportHistoryResponse response;
    response.set_index(index);
    if (outcome.failure) {
      *response.mutable_error() = ToRpcStatus(*outcome.failure);
      return reply.Finish(response);
    }
    v1::ImportedFact& fact = *response.mutable_fact();
    fact.set_ticket_id(outcome.tickets.back().id());
    fact.set_reference(outcome.tickets.back().reference());
    *fact.mutable_receipt() = outcome.receipt;
    fact.set_repeated(outcome.repeated);
    reply.Finish(response);
  };
  backend_.executor.Submit(std::move(order));
}

}  // namespace redress::services
