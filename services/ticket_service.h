// What handlers and owners do with tickets.
#pragma once

#include "redress/v1/ticket_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"

namespace redress::services {

class TicketService {
 public:
  explicit TicketService(Backend& backend);
  const MethodSet& methods() const { return methods_; }

 private:
  void GetTicket(const Caller&, v1::GetTicketRequest, Reply<v1::GetTicketResponse>);
  void ListTickets(const Caller&, v1::ListTicketsRequest, Reply<v1::ListTicketsResponse>);
  void ListEvents(const Caller&, v1::ListEventsRequest, Reply<v1::ListEventsResponse>);
  void ExplainDue(const Caller&, v1::ExplainDueRequest, Reply<v1::ExplainDueResponse>);
  void AcceptTicket(const Caller&, v1::AcceptTicketRequest, Reply<v1::AcceptTicketResponse>);
  void AnswerTicket(const Caller&, v1::AnswerTicketRequest, Reply<v1::AnswerTicketResponse>);
  void PauseTicket(const Caller&, v1::PauseTicketRequest, Reply<v1::PauseTicketResponse>);
  void ResumeTicket(const Caller&, v1::ResumeTicketRequest, Reply<v1::ResumeTicketResponse>);
  void TransferTicket(const Caller&, v1::TransferTicketRequest,
                      Reply<v1::TransferTicketResponse>);
  void EscalateTicket(const Caller&, v1::EscalateTicketRequest,
                      Reply<v1::EscalateTicketResponse>);
  void DeescalateTicket(const Caller&, v1::DeescalateTicketRequest,
                        Reply<v1::DeescalateTicketResponse>);
  void AnswerLevelOffer(const Caller&, v1::AnswerLevelOfferRequest,
                        Reply<v1::AnswerLevelOfferResponse>);
  void GetStory(const Caller&, v1::GetStoryRequest, Reply<v1::GetStoryResponse>);
  void ResolveTicket(const Caller&, v1::ResolveTicketRequest, Reply<v1::ResolveTicketResponse>);
  void CloseTicket(const Caller&, v1::CloseTicketRequest, Reply<v1::CloseTicketResponse>);
  void ReopenTicket(const Caller&, v1::ReopenTicketRequest, Reply<v1::ReopenTicketResponse>);
  void AddNote(const Caller&, v1::AddNoteRequest, Reply<v1::AddNoteResponse>);

  Backend& backend_;
  MethodSet methods_;
};

}  // namespace redress::services
