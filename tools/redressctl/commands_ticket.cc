// Commands on one ticket, and lists of them.
#include "redress/v1/ticket_service.grpc.pb.h"
#include "tools/redressctl/call_command.h"
#include "tools/redressctl/due_text.h"
#include "tools/redressctl/story_text.h"
#include "tools/redressctl/ticket_text.h"
#include "tools/text/display_width.h"

namespace redress::ctl {
namespace {

using Stub = v1::TicketService::Stub;

const Field kTicket = {"TICKET", "ticket", "Id or reference", kRequired};
const Field kEtag = {"--etag", "etag", "Refuse the write if the ticket changed since"};
const Field kLease = {"--lease-token", "lease_token", "The token of the lease, as pull printed it"};

void ShowTicket(const v1::GetTicketResponse& response, Context& context) {
  context.terminal.out << TicketText(response.ticket(), context.HasColor());
  for (const v1::Words& words : response.words()) {
    context.terminal.out << "\n" << text::Printable(words.text()) << "\n";
  }
}

void ShowTickets(const v1::ListTicketsResponse& response, Context& context) {
  if (response.tickets().empty()) return context.Say("no ticket matches");
  context.terminal.out << TicketTable(response.tickets(), false, context.HasColor());
}

void ShowHistory(const v1::ListEventsResponse& response, Context& context) {
  context.terminal.out << HistoryText(response.events(), context.HasColor());
}

void ShowDue(const v1::ExplainDueResponse& response, Context& context) {
  if (response.clocks().empty()) return context.Say("no clock runs or ran");
  context.terminal.out << DueText(response, context.HasColor());
}

void ShowStory(const v1::GetStoryResponse& response, Context& context) {
  context.terminal.out << StoryText(response);
}

// What ends the work on a ticket, or begins it again.
void AddEndingCommands(CommandTree& tree, CLI::App* ticket) {
  AddCall(tree, ticket, "resolve", "Answer for good", &Stub::ResolveTicket,
          ShowTicketAfter<v1::ResolveTicketResponse>,
          {kTicket,
           {"--outcome", "resolution.outcome", "How it was resolved", kRequired},
           {"--answer", "resolution.answer", "What the customer is told", kRequired},
           {"--root-cause", "resolution.root_cause", "Why it happened; from analysis up"},
           {"--prevention", "resolution.prevention", "What keeps it from happening again"},
           {"--policy", "resolution.policy", "The policy that forbids relief"},
           {"--duplicate-of", "resolution.duplicate_of", "The ticket that holds the original"},
           kLease,
           kEtag});
  AddCall(tree, ticket, "close", "Close a resolved ticket, or one that the customer took back",
          &Stub::CloseTicket, ShowTicketAfter<v1::CloseTicketResponse>,
          {kTicket,
           {"--cause", "cause", "confirmed or withdrawn", kRequired},
           {"--note", "note", "How the customer said so", kRequired},
           kEtag});
  AddCall(tree, ticket, "reopen", "Open a resolved or closed ticket again", &Stub::ReopenTicket,
          ShowTicketAfter<v1::ReopenTicketResponse>,
          {kTicket,
           {"--cause", "cause", "same-issue, not-fixed, verdict-bad or error", kRequired},
           {"--note", "note", "What happened", kRequired},
           kEtag});
}

// What makes somebody else accountable.
void AddMovingCommands(CommandTree& tree, CLI::App* ticket) {
  AddCall(tree, ticket, "transfer", "Make another department accountable", &Stub::TransferTicket,
          ShowTicketAfter<v1::TransferTicketResponse>,
          {kTicket,
           {"--to", "to_department", "The department", kRequired},
           {"--reason", "reason", "Why it moves", kRequired},
           {"--note", "note", "What the next department must know", kRequired},
           {"--owner", "owner", "Who is to take it on"},
           {"--due", "due_time", "Until when"},
           kLease,
           kEtag});
  const std::vector<Field> level_fields = {
      kTicket,
      {"--reason", "reason", "Why", kRequired},
      {"--to", "to_level", "The level; the next one when left out"},
      {"--department", "to_department", "The department there; the present one when left out"},
      kLease,
      kEtag};
  AddCall(tree, ticket, "escalate", "Raise the level", &Stub::EscalateTicket,
          ShowTicketAfter<v1::EscalateTicketResponse>, level_fields);
  AddCall(tree, ticket, "deescalate", "Offer the ticket to a lower level", &Stub::DeescalateTicket,
          ShowTicketAfter<v1::DeescalateTicketResponse>, level_fields);
  AddCall(tree, ticket, "take", "Take or decline a ticket that was offered to a lower level",
          &Stub::AnswerLevelOffer, ShowTicketAfter<v1::AnswerLevelOfferResponse>,
          {kTicket,
           {"--accept", "accept", "Take it; declined when left out"},
           {"--note", "note", "Why it is declined"},
           kEtag});
}

}  // namespace

void AddTicketReadCommands(CommandTree& tree, CLI::App* ticket) {
  AddCall(
      tree, ticket, "get", "Show one ticket", &Stub::GetTicket, ShowTicket,
      {kTicket, {"--words", "with_words", "Also what the customer said and was told; personal"}});
  AddCall(tree, ticket, "list", "List tickets, newest first", &Stub::ListTickets, ShowTickets,
          {{"--state", "filter.states", "Only these states; several apart by commas"},
           {"--level", "filter.level", "Only this level"},
           {"--department", "filter.department", "Only this department"},
           {"--category", "filter.category", "Only this category and those below it"},
           {"--channel", "filter.channel", "Only this channel"},
           {"--segment", "filter.segment", "Only this segment"},
           {"--customer", "filter.customer_id", "Only this customer"},
           {"--severity", "filter.severity", "Only this severity"},
           {"--external-id", "filter.external_id", "Only the one imported under this id"},
           {"--kind", "filter.kind", "Only this kind of issue"}});
  AddCall(tree, ticket, "history", "Show everything that happened to a ticket", &Stub::ListEvents,
          ShowHistory, {kTicket});
  AddCall(tree, ticket, "story", "Tell who had a ticket, for how long, and why it moved",
          &Stub::GetStory, ShowStory, {kTicket});
  AddCall(tree, ticket, "due", "Show what is behind the due instants of a ticket",
          &Stub::ExplainDue, ShowDue,
          {kTicket, {"--clock", "clock", "Only this kind of clock"}});
}

void AddTicketWriteCommands(CommandTree& tree, CLI::App* ticket) {
  AddCall(
      tree, ticket, "accept", "Take on a ticket that you pulled", &Stub::AcceptTicket,
      ShowTicketAfter<v1::AcceptTicketResponse>,
      {kTicket,
       {"--lease-token", "lease_token", "The token of the lease, as pull printed it", kRequired},
       kEtag});
  AddCall(tree, ticket, "answer", "Answer the customer without resolving", &Stub::AnswerTicket,
          ShowTicketAfter<v1::AnswerTicketResponse>,
          {kTicket,
           {"--text", "text", "What the customer is told", kRequired},
           {"--acknowledgement", "acknowledgement", "Acknowledges only: stops no clock but ACK"},
           {"--automatic", "automatic", "Sent by a machine: stops only what the playbook lets it"},
           kLease,
           kEtag});
  AddCall(tree, ticket, "pause", "Rest the clocks while somebody outside must act",
          &Stub::PauseTicket, ShowTicketAfter<v1::PauseTicketResponse>,
          {kTicket,
           {"--reason", "reason", "Whose move it is", kRequired},
           {"--note", "note", "What is waited for", kRequired},
           {"--cap", "cap", "The longest that it may last; 7d when left out"},
           {"--counterparty", "counterparty", "Who is waited for"},
           kLease,
           kEtag});
  AddCall(tree, ticket, "resume", "End a pause", &Stub::ResumeTicket,
          ShowTicketAfter<v1::ResumeTicketResponse>, {kTicket, kEtag});
  AddMovingCommands(tree, ticket);
  AddEndingCommands(tree, ticket);
  AddCall(tree, ticket, "note", "Write something down that the customer never sees", &Stub::AddNote,
          ShowTicketAfter<v1::AddNoteResponse>,
          {kTicket,
           {"--text", "text", "The note", kRequired},
           {"--hand-over", "hand_over", "It hands an initiative over to its new director"}});
}

}  // namespace redress::ctl
