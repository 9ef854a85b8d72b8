#include "services/customer_service.h"

#include <utility>

#include "base/status.h"
#include "services/customer_view.h"
#include "services/personal_read.h"
#include "services/ticket_reads.h"

namespace redress::services {

CustomerService::CustomerService(Backend& backend)
    : backend_(backend), methods_(*v1::GetViewRequest::descriptor()->file()->FindServiceByName(
                             "CustomerService")) {
  methods_.Unary("GetView", this, &CustomerService::GetView);
  methods_.Unary("ConfirmResolution", this, &CustomerService::ConfirmResolution);
  methods_.Unary("DisputeResolution", this, &CustomerService::DisputeResolution);
}

void CustomerService::GetView(const Caller& caller, v1::GetViewRequest request,
                              Reply<v1::GetViewResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const auto ticket = FindVisible(view.reader(), caller, request.ticket());
    if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
    if (!*ticket) return reply.Fail(NoTicket(request.ticket()));
    auto shown = ViewOf(caller.actor.tenant, **ticket);
    if (!shown.ok()) return reply.Fail(StorageFailure(shown.status()));
    v1::GetViewResponse response;
    response.mutable_view()->Swap(&*shown);
    v1::PersonalDataRead read = MakeRead("CustomerService.GetView", v1::PERSONAL_DATA_KIND_WORDS);
    read.add_ticket_ids((*ticket)->id());
    Show(backend_, caller, std::move(read), std::move(response), reply);
  });
}

void CustomerService::ConfirmResolution(const Caller& caller,
                                        v1::ConfirmResolutionRequest request,
                                        Reply<v1::ConfirmResolutionResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_confirm_resolution()->Swap(&request);
  ExecuteWithView(std::move(order), reply);
}

void CustomerService::DisputeResolution(const Caller& caller,
                                        v1::DisputeResolutionRequest request,
                                        Reply<v1::DisputeResolutionResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_dispute_resolution()->Swap(&request);
  ExecuteWithView(std::move(order), reply);
}

template <class Response>
void CustomerService::ExecuteWithView(Order order, Reply<Response> reply) {
  order.done = [this, tenant = order.tenant, client = order.actor.id,
                reply](const Outcome& outcome) {
    if (outcome.failure) return reply.Fail(*outcome.failure);
    const v1::Ticket& after = outcome.tickets.back();
    WorkIn(backend_.workers, tenant, client, reply, [this, tenant, reply, ticket = after] {
      auto shown = ViewOf(tenant, ticket);
      if (!shown.ok()) return reply.Fail(StorageFailure(shown.status()));
      Response response;
      response.mutable_view()->Swap(&*shown);
      reply.Finish(response);
    });
  };
  backend_.executor.Submit(std::move(order));
}

absl::StatusOr<v1::CustomerView> CustomerService::ViewOf(const std::string& tenant,
                                                         const v1::Ticket& ticket) {
  const LedgerView view(backend_.kv);
  ASSIGN_OR_RETURN(std::vector<SaidWords> all, ReadWords(view.reader(), tenant, ticket));
  std::vector<std::string> answers;
  for (SaidWords& said : all)
    if (said.is_to_customer) answers.push_back(std::move(*said.words.mutable_text()));
  return MakeCustomerView(ticket, std::move(answers), backend_.clock.Now());
}

}  // namespace redress::services
