#include "engine/ticket/tell_story.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/rules/enum_names.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/lifecycle.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

template <typename Enum>
std::string NameOf(Enum value) {
  const auto* named = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return named == nullptr ? absl::StrCat(static_cast<int>(value)) : ShortName(*named);
}

std::string FactName(const v1::Event& event) {
  const auto* oneof = v1::Event::descriptor()->FindOneofByName("fact");
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
  return field == nullptr ? "" : field->message_type()->name();
}

std::string WithNote(std::string reason, const std::string& note) {
  return note.empty() ? reason : absl::StrCat(reason, ": ", note);
}

// Why an event moved the ticket.
std::string WhyOf(const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kTicketOpened:
      return absl::StrCat("row ", event.ticket_opened().decision().route_rule());
    case Fact::kTicketRouted:
      return absl::StrCat("row ", event.ticket_routed().decision().route_rule());
    case Fact::kTicketReturned:
      return event.ticket_returned().lease_expired() ? "the lease ran out"
                                                     : event.ticket_returned().reason();
    case Fact::kTicketTransferred:
      return WithNote(NameOf(event.ticket_transferred().reason()),
                      event.ticket_transferred().note());
    case Fact::kLevelChanged: return event.level_changed().reason();
    case Fact::kTicketResolved: return NameOf(event.ticket_resolved().resolution().outcome());
    case Fact::kTicketClosed:
      return WithNote(NameOf(event.ticket_closed().cause()), event.ticket_closed().note());
    case Fact::kTicketReopened:
      return WithNote(NameOf(event.ticket_reopened().cause()), event.ticket_reopened().note());
    default: return "";
  }
}

std::string FiredText(const v1::ChainStepFired& fired) {
  std::string text = absl::StrCat("step ", fired.key().step(), " of chain ", fired.key().chain(),
                                  ": ", NameOf(fired.action()));
  if (!fired.recipient().empty()) absl::StrAppend(&text, " to ", fired.recipient());
  if (!fired.url().empty()) absl::StrAppend(&text, " to ", fired.url());
  return text;
}

std::string MissedText(const v1::ClockMissed& missed) {
  return absl::StrCat("clock ", NameOf(missed.kind()), " was broken");
}

std::string DirectedText(const v1::DirectorChanged& changed) {
  const std::string director =
      changed.to_director().empty() ? "nobody" : changed.to_director();
  return absl::StrCat(director, " directs in ", changed.month(),
                      changed.needs_hand_over() ? "; a hand-over must be written down" : "");
}

// Where a ticket stands, as far as a story tells.
bool IsSamePlace(const v1::StoryChapter& chapter, const v1::Ticket& ticket) {
  const auto is_over = [](v1::TicketState state) {
    return state == v1::TICKET_STATE_RESOLVED || state == v1::TICKET_STATE_CLOSED;
  };
  const bool is_same_end = is_over(ticket.state()) ? chapter.state() == ticket.state()
                                                   : !is_over(chapter.state());
  return is_same_end && chapter.department() == ticket.department() &&
         chapter.level() == ticket.level() && chapter.handler() == ticket.hold().handler();
}

v1::StoryChapter Begin(const v1::Event& event, const v1::Ticket& ticket) {
  v1::StoryChapter chapter;
  *chapter.mutable_start_time() = event.time();
  chapter.set_department(ticket.department());
  chapter.set_level(ticket.level());
  chapter.set_handler(ticket.hold().handler());
  chapter.set_state(ticket.state());
  chapter.set_fact(FactName(event));
  chapter.set_actor(event.actor());
  chapter.set_why(WhyOf(event));
  return chapter;
}

void End(v1::StoryChapter& chapter, absl::Time time) {
  *chapter.mutable_end_time() = ToTimestamp(time);
  *chapter.mutable_elapsed() = ToProtoDuration(time - ToTime(chapter.start_time()));
}

void AddLine(v1::StoryChapter& chapter, const v1::Event& event) {
  const std::string text = StoryText(event);
  if (text.empty() || chapter.lines_size() >= kStoryLinesMax) return;
  v1::StoryLine& line = *chapter.add_lines();
  *line.mutable_time() = event.time();
  line.set_text(text);
}

}  // namespace

std::string StoryText(const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kPromiseMissed:
      return absl::StrCat("the promise of a ", NameOf(event.promise_missed().kind()),
                          " was broken");
    case Fact::kClockMissed: return MissedText(event.clock_missed());
    case Fact::kClockWarned:
      return absl::StrCat("clock ", NameOf(event.clock_warned().kind()), " has used ",
                          event.clock_warned().percent(), "%");
    case Fact::kReminderRaised: return "brought back to mind";
    case Fact::kChainStepFired: return FiredText(event.chain_step_fired());
    case Fact::kChainStepSkipped:
      return absl::StrCat("step ", event.chain_step_skipped().key().step(), " of chain ",
                          event.chain_step_skipped().key().chain(), " was skipped: ",
                          NameOf(event.chain_step_skipped().reason()));
    case Fact::kChainCancelled:
      return absl::StrCat("chain ", event.chain_cancelled().next().chain(), " stopped: ",
                          NameOf(event.chain_cancelled().reason()));
    case Fact::kSeverityChanged:
      return absl::StrCat("severity ", NameOf(event.severity_changed().to_severity()));
    case Fact::kTicketPaused:
      return absl::StrCat("paused: ", NameOf(event.ticket_paused().reason()));
    case Fact::kTicketResumed:
      return event.ticket_resumed().cap_reached() ? "the pause reached its cap" : "resumed";
    case Fact::kLevelOffered:
      return absl::StrCat(event.actor(), " offered it to ",
                          event.level_offered().to_department(), " at ",
                          NameOf(event.level_offered().to_level()), ": ",
                          event.level_offered().reason());
    case Fact::kLevelOfferDeclined:
      return absl::StrCat(event.actor(), " declined: ", event.level_offer_declined().note());
    case Fact::kDirectorChanged: return DirectedText(event.director_changed());
    case Fact::kPersonReminded:
      return absl::StrCat(event.person_reminded().recipient(), " was reminded: ",
                          NameOf(event.person_reminded().reason()));
    default: return "";
  }
}

std::vector<v1::StoryChapter> TellStory(const std::vector<v1::Event>& history, absl::Time now) {
  std::vector<v1::StoryChapter> chapters;
  v1::Ticket ticket;
  for (const v1::Event& event : history) {
    ticket = Apply(std::move(ticket), event);
    if (chapters.empty() || !IsSamePlace(chapters.back(), ticket)) {
      if (!chapters.empty()) End(chapters.back(), ToTime(event.time()));
      chapters.push_back(Begin(event, ticket));
    }
    chapters.back().set_state(ticket.state());
    AddLine(chapters.back(), event);
  }
  if (chapters.empty()) return chapters;
  const absl::Time last = ToTime(ticket.update_time());
  const bool is_closed = ticket.state() == v1::TICKET_STATE_CLOSED;
  End(chapters.back(), is_closed ? last : std::max(now, last));
  return chapters;
}

}  // namespace redress::engine
