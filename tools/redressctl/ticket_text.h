// Tickets and their history as people read them.
#pragma once

#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "redress/v1/queue_service.pb.h"
#include "redress/v1/ticket.pb.h"
#include "redress/v1/ticket_service.pb.h"
#include "tools/redressctl/context.h"

namespace redress::ctl {

// Everything about one ticket, a field per line.
std::string TicketText(const v1::Ticket& ticket, bool has_color);

// "K7M2-9QXD  accepted  analysis  billing  held by anna": one line, for what a write answers.
std::string TicketLine(const v1::Ticket& ticket);

// "by ines, upheld: right_answer (fatal) 1, tone 2": what an inspection came to.
std::string InspectionText(const v1::Inspection& inspection);

// A table; NEXT DUE is the earliest promise that is not met. With leases, the tokens that writes
// need.
std::string TicketTable(const google::protobuf::RepeatedPtrField<v1::Ticket>& tickets,
                        bool has_leases, bool has_color);

// A table of the head of a queue, with the instants that it is ranked by.
std::string QueueText(const v1::WatchQueueResponse& queue, bool has_color);

// A table of events, oldest first.
std::string HistoryText(const google::protobuf::RepeatedPtrField<v1::RecordedEvent>& events,
                        bool has_color);

// The same of events that did not happen.
std::string TimelineText(const google::protobuf::RepeatedPtrField<v1::Event>& events,
                         bool has_color);

// The row that decided, its inputs and what they set.
std::string DecisionText(const v1::Decision& decision, bool has_color);

// Writes the one-line form of the ticket in a write's response to the data stream.
template <typename Response>
void ShowTicketAfter(const Response& response, Context& context) {
  context.terminal.out << TicketLine(response.ticket()) << "\n";
}

}  // namespace redress::ctl
