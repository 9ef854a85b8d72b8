#include "services/ticket_service.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/ticket/field_check.h"
#include "services/personal_read.h"
#include "services/ticket_reads.h"

namespace redress::services {
namespace {

constexpr int kListDefault = 50;
constexpr int kHistoryDefault = 200;
constexpr int kPageMax = 1000;

std::vector<engine::FieldViolation> CheckFilter(const v1::TicketFilter& filter) {
  engine::FieldCheck check("filter.");
  for (const int state : filter.states())
    check.Enum("states", state, v1::TicketState_IsValid(state), false);
  check.Enum("level", filter.level(), v1::Level_IsValid(filter.level()), false);
  check.Enum("severity", filter.severity(), v1::Severity_IsValid(filter.severity()), false);
  check.Enum("kind", filter.kind(), v1::IssueKind_IsValid(filter.kind()), false);
  return std::move(check).Take();
}

}  // namespace

TicketService::TicketService(Backend& backend)
    : backend_(backend), methods_(*v1::GetTicketRequest::descriptor()->file()->FindServiceByName(
                             "TicketService")) {
  methods_.Unary("GetTicket", this, &TicketService::GetTicket);
  methods_.Unary("ListTickets", this, &TicketService::ListTickets);
  methods_.Unary("ListEvents", this, &TicketService::ListEvents);
  methods_.Unary("ExplainDue", this, &TicketService::ExplainDue);
  methods_.Unary("AcceptTicket", this, &TicketService::AcceptTicket);
  methods_.Unary("AnswerTicket", this, &TicketService::AnswerTicket);
  methods_.Unary("PauseTicket", this, &TicketService::PauseTicket);
  methods_.Unary("ResumeTicket", this, &TicketService::ResumeTicket);
  methods_.Unary("TransferTicket", this, &TicketService::TransferTicket);
  methods_.Unary("EscalateTicket", this, &TicketService::EscalateTicket);
  methods_.Unary("DeescalateTicket", this, &TicketService::DeescalateTicket);
  methods_.Unary("AnswerLevelOffer", this, &TicketService::AnswerLevelOffer);
  methods_.Unary("GetStory", this, &TicketService::GetStory);
  methods_.Unary("ResolveTicket", this, &TicketService::ResolveTicket);
  methods_.Unary("CloseTicket", this, &TicketService::CloseTicket);
  methods_.Unary("ReopenTicket", this, &TicketService::ReopenTicket);
  methods_.Unary("AddNote", this, &TicketService::AddNote);
}

void TicketService::GetTicket(const Caller& caller, v1::GetTicketRequest request,
                              Reply<v1::GetTicketResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    auto ticket = FindVisible(view.reader(), caller, request.ticket());
    if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
    if (!*ticket) return reply.Fail(NoTicket(request.ticket()));
    v1::GetTicketResponse response;
    if (request.with_words()) {
      auto words = ReadWords(view.reader(), caller.actor.tenant, **ticket);
      if (!words.ok()) return reply.Fail(StorageFailure(words.status()));
      for (SaidWords& said : *words) response.add_words()->Swap(&said.words);
    }
    v1::PersonalDataRead read = MakeRead(
        "TicketService.GetTicket", request.with_words() ? v1::PERSONAL_DATA_KIND_WORDS
                                                        : v1::PERSONAL_DATA_KIND_TICKETS);
    read.add_ticket_ids((*ticket)->id());
    response.mutable_ticket()->Swap(&**ticket);
    Show(backend_, caller, std::move(read), std::move(response), reply);
  });
}

void TicketService::ListTickets(const Caller& caller, v1::ListTicketsRequest request,
                                Reply<v1::ListTicketsResponse> reply) {
  const std::optional<int> size = PageSize(request.page_size(), kListDefault, kPageMax);
  if (!size)
    return reply.Fail(ToFailure(engine::InvalidField("page_size", "must not be negative")));
  const std::vector<engine::FieldViolation> violations = CheckFilter(request.filter());
  if (!violations.empty()) return reply.Fail(InvalidRequest(violations));
  const std::string query = absl::StrCat("list/", request.filter().SerializeAsString());
  const std::optional<std::string> position = ParsePageToken(query, request.page_token());
  uint64_t before_id = kFromTheNewest;
  if (!position || (!position->empty() && !absl::SimpleAtoi(*position, &before_id)))
    return reply.Fail(BadPageToken());
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv);
    auto page = ListMatching(view.reader(), caller, request.filter(), before_id, *size);
    if (!page.ok()) return reply.Fail(StorageFailure(page.status()));
    v1::PersonalDataRead read =
        MakeRead("TicketService.ListTickets", v1::PERSONAL_DATA_KIND_TICKETS);
    v1::ListTicketsResponse response;
    for (v1::Ticket& ticket : page->tickets) {
      read.add_ticket_ids(ticket.id());
      response.add_tickets()->Swap(&ticket);
    }
    if (page->next_before_id > 1)
      response.set_next_page_token(MakePageToken(query, absl::StrCat(page->next_before_id)));
    Show(backend_, caller, std::move(read), std::move(response), reply);
  });
}

void TicketService::ListEvents(const Caller& caller, v1::ListEventsRequest request,
                               Reply<v1::ListEventsResponse> reply) {
  const std::optional<int> size = PageSize(request.page_size(), kHistoryDefault, kPageMax);
  if (!size)
    return reply.Fail(ToFailure(engine::InvalidField("page_size", "must not be negative")));
  const std::string query = absl::StrCat("events/", request.ticket());
  const std::optional<std::string> position = ParsePageToken(query, request.page_token());
  uint32_t after = 0;
  if (!position || (!position->empty() && !absl::SimpleAtoi(*position, &after)))
    return reply.Fail(BadPageToken());
  Work(backend_, caller, reply, [=, this, request = std::move(request)] {
    const LedgerView view(backend_.kv);
    const auto ticket = FindVisible(view.reader(), caller, request.ticket());
    if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
    if (!*ticket) return reply.Fail(NoTicket(request.ticket()));
    auto events = view.reader().ReadHistory(caller.actor.tenant, **ticket, after,
                                            static_cast<size_t>(*size));
    if (!events.ok()) return reply.Fail(StorageFailure(events.status()));
    v1::ListEventsResponse response;
    for (storage::RecordedEvent& recorded : *events) {
      v1::RecordedEvent& shown = *response.add_events();
      shown.mutable_event()->Swap(&recorded.event);
      shown.mutable_receipt()->Swap(&recorded.receipt);
    }
    const uint32_t last = after + static_cast<uint32_t>(events->size());
    if (last < (*ticket)->version())
      response.set_next_page_token(MakePageToken(query, absl::StrCat(last)));
    v1::PersonalDataRead read =
        MakeRead("TicketService.ListEvents", v1::PERSONAL_DATA_KIND_TICKETS);
    read.add_ticket_ids((*ticket)->id());
    Show(backend_, caller, std::move(read), std::move(response), reply);
  });
}

void TicketService::ExplainDue(const Caller& caller, v1::ExplainDueRequest request,
                               Reply<v1::ExplainDueResponse> reply) {
  if (!v1::ClockKind_IsValid(request.clock()))
    return reply.Fail(ToFailure(engine::InvalidField("clock", "must be a kind of clock")));
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const auto ticket = FindVisible(view.reader(), caller, request.ticket());
    if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
    if (!*ticket) return reply.Fail(NoTicket(request.ticket()));
    auto response = ExplainClocks(view.reader(), backend_.playbooks, caller.actor.tenant, **ticket,
                                  request.clock(), backend_.clock.Now());
    if (!response.ok()) return reply.Fail(StorageFailure(response.status()));
    reply.Finish(*response);
  });
}

void TicketService::AcceptTicket(const Caller& caller, v1::AcceptTicketRequest request,
                                 Reply<v1::AcceptTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_accept_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::AnswerTicket(const Caller& caller, v1::AnswerTicketRequest request,
                                 Reply<v1::AnswerTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_answer_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::PauseTicket(const Caller& caller, v1::PauseTicketRequest request,
                                Reply<v1::PauseTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_pause_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::ResumeTicket(const Caller& caller, v1::ResumeTicketRequest request,
                                 Reply<v1::ResumeTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_resume_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::TransferTicket(const Caller& caller, v1::TransferTicketRequest request,
                                   Reply<v1::TransferTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_transfer_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::EscalateTicket(const Caller& caller, v1::EscalateTicketRequest request,
                                   Reply<v1::EscalateTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_escalate_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::DeescalateTicket(const Caller& caller, v1::DeescalateTicketRequest request,
                                     Reply<v1::DeescalateTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_deescalate_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::AnswerLevelOffer(const Caller& caller, v1::AnswerLevelOfferRequest request,
                                     Reply<v1::AnswerLevelOfferResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_answer_level_offer()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::GetStory(const Caller& caller, v1::GetStoryRequest request,
                             Reply<v1::GetStoryResponse> reply) {
  Work(backend_, caller, reply, [this, caller, request = std::move(request), reply] {
    const LedgerView view(backend_.kv);
    const auto ticket = FindVisible(view.reader(), caller, request.ticket());
    if (!ticket.ok()) return reply.Fail(StorageFailure(ticket.status()));
    if (!*ticket) return reply.Fail(NoTicket(request.ticket()));
    auto response =
        ReadStory(view.reader(), caller.actor.tenant, **ticket, backend_.clock.Now());
    if (!response.ok()) return reply.Fail(StorageFailure(response.status()));
    reply.Finish(*response);
  });
}

void TicketService::ResolveTicket(const Caller& caller, v1::ResolveTicketRequest request,
                                  Reply<v1::ResolveTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_resolve_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::CloseTicket(const Caller& caller, v1::CloseTicketRequest request,
                                Reply<v1::CloseTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_close_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::ReopenTicket(const Caller& caller, v1::ReopenTicketRequest request,
                                 Reply<v1::ReopenTicketResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_reopen_ticket()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

void TicketService::AddNote(const Caller& caller, v1::AddNoteRequest request,
                            Reply<v1::AddNoteResponse> reply) {
  Order order = OrderOf(caller);
  order.command.mutable_add_note()->Swap(&request);
  Execute(backend_, std::move(order), reply);
}

}  // namespace redress::services
