#include "engine/measure/measure_fields.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "redress/v1/event.pb.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {
namespace {

using cel::KnownField;
using cel::KnownFieldOf;

// The clocks of a ticket that has none. Those of others are copied as a list, which takes memory.
cel::Value NoClocks(const google::protobuf::Message& message) {
  const auto& ticket = static_cast<const v1::Ticket&>(message);
  return ticket.clocks_size() == 0 ? cel::Value::List({}) : cel::Value();
}

std::vector<KnownField> FieldsOfTickets() {
  return {
      {v1::Ticket::descriptor()->FindFieldByName("clocks"), &NoClocks},
      KnownFieldOf<&v1::Ticket::id>("id"),
      KnownFieldOf<&v1::Ticket::state>("state"),
      KnownFieldOf<&v1::Ticket::level>("level"),
      KnownFieldOf<&v1::Ticket::department>("department"),
      KnownFieldOf<&v1::Ticket::kind>("kind"),
      KnownFieldOf<&v1::Ticket::category>("category"),
      KnownFieldOf<&v1::Ticket::severity>("severity"),
      KnownFieldOf<&v1::Ticket::touchpoint>("touchpoint"),
      KnownFieldOf<&v1::Ticket::channel>("channel"),
      KnownFieldOf<&v1::Ticket::segment>("segment"),
      KnownFieldOf<&v1::Ticket::value_tier>("value_tier"),
      KnownFieldOf<&v1::Ticket::product>("product"),
      KnownFieldOf<&v1::Ticket::customer_id>("customer_id"),
      KnownFieldOf<&v1::Ticket::issue_count>("issue_count"),
      KnownFieldOf<&v1::Ticket::hold>("hold"),
      KnownFieldOf<&v1::Ticket::pause>("pause"),
      KnownFieldOf<&v1::Ticket::paused_seconds>("paused_seconds"),
      KnownFieldOf<&v1::Ticket::paused_for_customer_seconds>("paused_for_customer_seconds"),
      KnownFieldOf<&v1::Ticket::promises>("promises"),
      KnownFieldOf<&v1::Ticket::resolution>("resolution"),
      KnownFieldOf<&v1::Ticket::close_cause>("close_cause"),
      KnownFieldOf<&v1::Ticket::create_time>("create_time"),
      KnownFieldOf<&v1::Ticket::cycle_time>("cycle_time"),
      KnownFieldOf<&v1::Ticket::first_answer_time>("first_answer_time"),
      KnownFieldOf<&v1::Ticket::resolve_time>("resolve_time"),
      KnownFieldOf<&v1::Ticket::close_time>("close_time"),
      KnownFieldOf<&v1::Ticket::update_time>("update_time"),
      KnownFieldOf<&v1::Ticket::cycle>("cycle"),
      KnownFieldOf<&v1::Ticket::reopens>("reopens"),
      KnownFieldOf<&v1::Ticket::transfers>("transfers"),
      KnownFieldOf<&v1::Ticket::returns>("returns"),
      KnownFieldOf<&v1::Ticket::level_changes>("level_changes"),
      KnownFieldOf<&v1::Ticket::reminders>("reminders"),
      KnownFieldOf<&v1::Ticket::provenance>("provenance"),
      KnownFieldOf<&v1::Ticket::bounces>("bounces"),
      KnownFieldOf<&v1::Ticket::highest_level>("highest_level"),
  };
}

std::vector<KnownField> FieldsOfParts() {
  return {
      KnownFieldOf<&v1::Promises::first_answer>("first_answer"),
      KnownFieldOf<&v1::Promises::resolution>("resolution"),
      KnownFieldOf<&v1::Promises::first_answer_due>("first_answer_due"),
      KnownFieldOf<&v1::Promises::resolution_due>("resolution_due"),
      KnownFieldOf<&v1::Promises::first_answer_state>("first_answer_state"),
      KnownFieldOf<&v1::Promises::resolution_state>("resolution_state"),
      KnownFieldOf<&v1::Resolution::outcome>("outcome"),
      KnownFieldOf<&v1::Resolution::root_cause>("root_cause"),
      KnownFieldOf<&v1::Hold::handler>("handler"),
      KnownFieldOf<&v1::Pause::reason>("reason"),
      KnownFieldOf<&v1::Clock::kind>("kind"),
      KnownFieldOf<&v1::Clock::level>("level"),
      KnownFieldOf<&v1::Clock::department>("department"),
      KnownFieldOf<&v1::Clock::start_time>("start_time"),
      KnownFieldOf<&v1::Clock::due_time>("due_time"),
      KnownFieldOf<&v1::Clock::state>("state"),
      KnownFieldOf<&v1::Clock::paused>("paused"),
      KnownFieldOf<&v1::Clock::end_time>("end_time"),
  };
}

std::vector<KnownField> FieldsOfEvents() {
  return {
      KnownFieldOf<&v1::Event::time>("time"),
      KnownFieldOf<&v1::Event::actor>("actor"),
      KnownFieldOf<&v1::Event::provenance>("provenance"),
      KnownFieldOf<&v1::Event::ticket_opened>("ticket_opened"),
      KnownFieldOf<&v1::Event::issue_joined>("issue_joined"),
      KnownFieldOf<&v1::Event::ticket_answered>("ticket_answered"),
      KnownFieldOf<&v1::Event::ticket_paused>("ticket_paused"),
      KnownFieldOf<&v1::Event::ticket_resumed>("ticket_resumed"),
      KnownFieldOf<&v1::Event::ticket_transferred>("ticket_transferred"),
      KnownFieldOf<&v1::Event::level_changed>("level_changed"),
      KnownFieldOf<&v1::Event::ticket_resolved>("ticket_resolved"),
      KnownFieldOf<&v1::Event::ticket_closed>("ticket_closed"),
      KnownFieldOf<&v1::Event::ticket_reopened>("ticket_reopened"),
      KnownFieldOf<&v1::TicketOpened::issue>("issue"),
      KnownFieldOf<&v1::IssueJoined::issue>("issue"),
      KnownFieldOf<&v1::Issue::score>("score"),
      KnownFieldOf<&v1::Score::type>("type"),
      KnownFieldOf<&v1::Score::value>("value"),
      KnownFieldOf<&v1::TicketAnswered::first_answer_met>("first_answer_met"),
      KnownFieldOf<&v1::TicketPaused::reason>("reason"),
      KnownFieldOf<&v1::TicketResumed::paused_seconds>("paused_seconds"),
      KnownFieldOf<&v1::TicketTransferred::from_department>("from_department"),
      KnownFieldOf<&v1::TicketTransferred::to_department>("to_department"),
      KnownFieldOf<&v1::TicketTransferred::reason>("reason"),
      KnownFieldOf<&v1::LevelChanged::from_level>("from_level"),
      KnownFieldOf<&v1::LevelChanged::to_level>("to_level"),
      KnownFieldOf<&v1::TicketResolved::resolution>("resolution"),
      KnownFieldOf<&v1::TicketResolved::first_answer_met>("first_answer_met"),
      KnownFieldOf<&v1::TicketResolved::resolution_met>("resolution_met"),
      KnownFieldOf<&v1::TicketClosed::cause>("cause"),
      KnownFieldOf<&v1::TicketReopened::cause>("cause"),
  };
}

std::vector<KnownField> AllFields() {
  std::vector<KnownField> all = FieldsOfTickets();
  for (const auto& fields : {FieldsOfParts(), FieldsOfEvents()})
    all.insert(all.end(), fields.begin(), fields.end());
  return all;
}

}  // namespace

absl::Span<const KnownField> MeasureFields() {
  static const auto& fields = *new std::vector<KnownField>(AllFields());
  return fields;
}

}  // namespace redress::engine
