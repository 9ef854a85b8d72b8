#include "engine/ticket/timeline.h"

#include <utility>

#include "engine/rules/route.h"
#include "engine/ticket/decide.h"
#include "engine/time/instant.h"
#include "redress/v1/command.pb.h"

namespace redress::engine {
namespace {

constexpr uint64_t kSampleId = 1;
// A deadline is kept when met at its very instant, so it fires right after it.
constexpr absl::Duration kAfter = absl::Microseconds(1);

v1::Command SubmitOf(const v1::Issue& issue) {
  v1::Command command;
  *command.mutable_submit_issue()->mutable_issue() = issue;
  return command;
}

v1::Command FireOf(const google::protobuf::Timestamp& time) {
  v1::Command command;
  command.mutable_fire_deadline()->set_ticket_id(kSampleId);
  *command.mutable_fire_deadline()->mutable_time() = time;
  return command;
}

void Keep(Decision decision, Timeline& timeline) {
  for (Step& step : decision.steps) {
    timeline.events.push_back(std::move(step.event));
    timeline.ticket = std::move(step.after);
  }
}

}  // namespace

std::variant<Timeline, Rejection> PreviewTimeline(const Playbook& playbook,
                                                  const v1::Issue& issue, absl::Time start,
                                                  absl::Duration horizon) {
  Envelope envelope;
  envelope.actor.id = "preview";
  envelope.actor.all_departments = true;
  envelope.time = start;
  envelope.new_ticket_id = kSampleId;
  Facts facts;
  facts.playbook = &playbook;
  facts.customer = CustomerFactsOf(issue.customer(), 0);
  Decision opened = Decide(facts, SubmitOf(issue), envelope);
  if (opened.rejection) return *opened.rejection;
  Timeline timeline;
  Keep(std::move(opened), timeline);
  const absl::Time end = start + horizon;
  while (timeline.ticket.has_next_deadline_time()) {
    const google::protobuf::Timestamp due = timeline.ticket.next_deadline_time();
    if (ToTime(due) > end) return timeline;
    if (timeline.events.size() >= kTimelineEventsMax) {
      timeline.is_cut = true;
      return timeline;
    }
    envelope.time = ToTime(due) + kAfter;
    facts.ticket = &timeline.ticket;
    Keep(Decide(facts, FireOf(due), envelope), timeline);
  }
  return timeline;
}

}  // namespace redress::engine
