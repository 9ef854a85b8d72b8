#include "tests/simulator/model_ticket.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace redress::simulator {
namespace {

using Kind = v1::DeadlineKind;

constexpr size_t kPausesMax = 200;

bool Matches(const RouteRow& row, const v1::Issue& issue, uint32_t cycle, int open_tickets) {
  switch (row.condition) {
    case Condition::kAlways: return true;
    case Condition::kKind: return issue.kind() == row.kind;
    case Condition::kWord: return absl::StrContains(issue.text(), kRouteWord);
    case Condition::kSegment: return issue.customer().segment() == kSegment;
    case Condition::kReopened: return cycle >= 1;
    case Condition::kOpenTickets:
      return !issue.customer().id().empty() && open_tickets >= kOpenTicketsLimit;
  }
  return false;
}

void SetEffects(ModelTicket& ticket, const Routing& routing) {
  ticket.severity = routing.severity;
  ticket.confirmation = routing.row->confirmation != 0 ? routing.row->confirmation : 7 * kDay;
  ticket.reopen_window = routing.row->reopen_window != 0 ? routing.row->reopen_window : 30 * kDay;
}

void Miss(ModelTicket& ticket, Kind kind, int64_t due) {
  ticket.deadlines.erase(kind);
  if (kind == v1::DEADLINE_KIND_FIRST_ANSWER) {
    ticket.first_answer.state = v1::PROMISE_STATE_MISSED;
    return;
  }
  ticket.resolution.state = v1::PROMISE_STATE_MISSED;
  if (ticket.state != v1::TICKET_STATE_PAUSED)
    ticket.deadlines[v1::DEADLINE_KIND_REMINDER] = due + kDay;
}

// A day, then twice as long each time, a week at most.
int64_t ReminderGap(uint32_t raised) {
  return std::min(kDay << std::min<uint32_t>(raised, 3), 7 * kDay);
}

// What was promised is judged and runs on; what the history waited for is over.
void Settle(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t due) {
  BreakPromises(ticket, due);
  if (ticket.state == v1::TICKET_STATE_PAUSED) {
    Resume(ticket, due, true);
    Record(ticket, due);
  }
  if (playbook != nullptr && !playbook->Has(ticket.department))
    ticket.department = playbook->rows.back().department;
  ticket.is_imported = false;
  ticket.deadlines.erase(v1::DEADLINE_KIND_SETTLE);
  const bool is_resolved = ticket.state == v1::TICKET_STATE_RESOLVED;
  if (is_resolved) ticket.deadlines[v1::DEADLINE_KIND_CONFIRMATION] = due + 7 * kDay;
  else ticket.deadlines[v1::DEADLINE_KIND_REMINDER] = due + kDay;
}

void Fire(ModelTicket& ticket, Kind kind, int64_t due, const PlaybookPlan* playbook) {
  switch (kind) {
    case v1::DEADLINE_KIND_LEASE:
      ticket.state = v1::TICKET_STATE_QUEUED;
      Leave(ticket);
      return Arrive(ticket, playbook, due);
    case v1::DEADLINE_KIND_FIRST_ANSWER:
    case v1::DEADLINE_KIND_RESOLUTION: return Miss(ticket, kind, due);
    case v1::DEADLINE_KIND_CONFIRMATION: return Close(ticket, v1::CLOSE_CAUSE_SILENCE, due);
    case v1::DEADLINE_KIND_PAUSE_CAP:
      Resume(ticket, due, true);
      // Who asked for the pause is reminded.
      return Record(ticket, due);
    case v1::DEADLINE_KIND_REMINDER:
      ++ticket.reminders;
      ticket.deadlines[kind] = due + ReminderGap(ticket.reminders);
      return;
    default: return Settle(ticket, playbook, due);
  }
}

}  // namespace

int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * kSecond + time.nanos() / 1000;
}

int64_t Micros(const google::protobuf::Duration& span) {
  return span.seconds() * kSecond + span.nanos() / 1000;
}

Routing Route(const PlaybookPlan& playbook, const v1::Issue& issue, v1::Severity told,
              uint32_t cycle, int open_tickets) {
  Routing routing;
  if (told != v1::SEVERITY_UNSPECIFIED) routing.severity = told;
  if (absl::StrContains(issue.text(), kCriticalWord)) routing.severity = v1::SEVERITY_CRITICAL;
  for (const RouteRow& row : playbook.rows) {
    if (!Matches(row, issue, cycle, open_tickets)) continue;
    routing.row = &row;
    return routing;
  }
  CHECK(false);
  return routing;
}

void AddHandler(ModelTicket& ticket, const std::string& actor) {
  std::vector<std::string>& handlers = ticket.handlers;
  if (std::find(handlers.begin(), handlers.end(), actor) == handlers.end())
    handlers.push_back(actor);
}

void Record(ModelTicket& ticket, int64_t time) {
  ++ticket.version;
  ticket.update_time = time;
  FollowChain(ticket);
}

void CatchUp(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t now) {
  while (const auto next = ticket.NextDeadline()) {
    const auto [kind, due] = *next;
    if (due >= now) return;
    if (kind == v1::DEADLINE_KIND_CHAIN) {
      FireStep(ticket, playbook, due);
      continue;
    }
    Fire(ticket, kind, due, playbook);
    // What was due while the ticket was closed is found after its reopening.
    Record(ticket, std::max(due, ticket.update_time));
  }
}

void BreakPromises(ModelTicket& ticket, int64_t time) {
  while (true) {
    std::optional<std::pair<int64_t, Kind>> next;
    for (const Kind kind : {v1::DEADLINE_KIND_FIRST_ANSWER, v1::DEADLINE_KIND_RESOLUTION}) {
      const auto it = ticket.deadlines.find(kind);
      if (it == ticket.deadlines.end() || it->second >= time) continue;
      if (!next || it->second < next->first) next = {it->second, kind};
    }
    if (!next) return;
    Miss(ticket, next->second, next->first);
    // A note written here meanwhile may be later than the breach.
    Record(ticket, std::max(next->first, ticket.update_time));
  }
}

ModelTicket Open(uint64_t id, const v1::Issue& issue, const Routing& routing, int64_t time) {
  ModelTicket ticket;
  ticket.id = id;
  ticket.state = v1::TICKET_STATE_QUEUED;
  ticket.issue = std::make_shared<const v1::Issue>(issue);
  ticket.customer = issue.customer().id();
  ticket.key = issue.key();
  ticket.level = routing.row->level;
  ticket.department = routing.row->department;
  SetEffects(ticket, routing);
  ticket.create_time = ticket.cycle_time = time;
  if (routing.row->first_answer != 0) StartFirstAnswer(ticket, time + routing.row->first_answer);
  if (routing.row->resolution != 0) StartResolution(ticket, time + routing.row->resolution);
  Record(ticket, time);
  return ticket;
}

void StartFirstAnswer(ModelTicket& ticket, int64_t due) {
  ticket.first_answer = {v1::PROMISE_STATE_RUNNING, due};
  ticket.deadlines[v1::DEADLINE_KIND_FIRST_ANSWER] = due;
}

void StartResolution(ModelTicket& ticket, int64_t due) {
  ticket.resolution = {v1::PROMISE_STATE_RUNNING, due};
  ticket.deadlines[v1::DEADLINE_KIND_RESOLUTION] = due;
}

void Leave(ModelTicket& ticket) {
  ticket.holder.clear();
  ticket.token = 0;
  ticket.deadlines.erase(v1::DEADLINE_KIND_LEASE);
}

void Answer(ModelTicket& ticket, int64_t time) {
  if (ticket.answer_time == 0) ticket.answer_time = time;
  if (ticket.first_answer.is_running()) ticket.first_answer.state = v1::PROMISE_STATE_MET;
  ticket.deadlines.erase(v1::DEADLINE_KIND_FIRST_ANSWER);
}

void Pause(ModelTicket& ticket, v1::PauseReason reason, int64_t time) {
  ticket.state_before_pause = ticket.state;
  ticket.state = v1::TICKET_STATE_PAUSED;
  ticket.pause_reason = reason;
  ticket.pause_start = time;
  ticket.deadlines.erase(v1::DEADLINE_KIND_RESOLUTION);
  ticket.deadlines.erase(v1::DEADLINE_KIND_REMINDER);
  if (reason == v1::PAUSE_REASON_CUSTOMER_INFO)
    ticket.deadlines.erase(v1::DEADLINE_KIND_FIRST_ANSWER);
  PauseClocks(ticket, reason);
}

void Resume(ModelTicket& ticket, int64_t time, bool reminds) {
  const int64_t paused = (time - ticket.pause_start) / kSecond * kSecond;
  ticket.paused_seconds += paused / kSecond;
  const bool rested = ticket.pause_reason == v1::PAUSE_REASON_CUSTOMER_INFO;
  const int64_t pause_start = ticket.pause_start;
  if (ticket.pauses.size() < kPausesMax) ticket.pauses.emplace_back(pause_start, time);
  ticket.state = ticket.state_before_pause;
  ticket.pause_reason = v1::PAUSE_REASON_UNSPECIFIED;
  ticket.pause_start = 0;
  ticket.deadlines.erase(v1::DEADLINE_KIND_PAUSE_CAP);
  const bool has_plain_first = ticket.first_clock.plan == nullptr;
  if (rested && has_plain_first && ticket.first_answer.is_running())
    StartFirstAnswer(ticket, std::max(ticket.first_answer.due + paused, time));
  if (ticket.resolution.is_running() && ticket.resolve_clock.plan == nullptr)
    StartResolution(ticket, std::max(ticket.resolution.due + paused, time));
  if (reminds && !ticket.resolution.is_running())
    ticket.deadlines[v1::DEADLINE_KIND_REMINDER] = time + kDay;
  ResumeClocks(ticket, pause_start, time);
  ResumeChain(ticket, pause_start, time);
}

void Resolve(ModelTicket& ticket, int64_t time) {
  Answer(ticket, time);
  if (ticket.resolution.is_running()) {
    ticket.resolution.state = v1::PROMISE_STATE_MET;
    ticket.resolve_clock.end = time;
  }
  Leave(ticket);
  ticket.state = v1::TICKET_STATE_RESOLVED;
  ticket.resolve_time = time;
  ticket.resolutions.push_back({time, ticket.level, ticket.severity, ticket.department});
  ticket.has_resolution = true;
  ticket.is_duplicate = false;
  ticket.offer = {};
  ticket.pause_reason = v1::PAUSE_REASON_UNSPECIFIED;
  ticket.pause_start = 0;
  ticket.deadlines.clear();
}

void Close(ModelTicket& ticket, v1::CloseCause cause, int64_t time) {
  Leave(ticket);
  ticket.state = v1::TICKET_STATE_CLOSED;
  ticket.offer = {};
  ticket.close_cause = cause;
  ticket.close_time = time;
  ticket.pause_reason = v1::PAUSE_REASON_UNSPECIFIED;
  ticket.pause_start = 0;
  ticket.deadlines.clear();
  if (ticket.resolution.is_running()) ticket.resolve_clock.end = time;
  for (ModelPromise* promise : {&ticket.first_answer, &ticket.resolution})
    if (promise->is_running()) promise->state = v1::PROMISE_STATE_CANCELLED;
}

void Reopen(ModelTicket& ticket, v1::ReopenCause cause, int64_t time) {
  ticket.state = v1::TICKET_STATE_QUEUED;
  ++ticket.cycle;
  ticket.offer = {};
  if (cause != v1::REOPEN_CAUSE_FLAP) ++ticket.reopens;
  ticket.cycle_time = time;
  ticket.close_cause = v1::CLOSE_CAUSE_UNSPECIFIED;
  ticket.has_resolution = false;
  ticket.is_duplicate = false;
  ticket.close_time = ticket.answer_time = 0;
  ticket.returns = ticket.reminders = 0;
  ticket.deadlines.clear();
  Record(ticket, time);
}

void RouteAgain(ModelTicket& ticket, const ModelTicket& before, const PlaybookPlan& playbook,
                const Routing& routing, v1::ReopenCause cause, int64_t time) {
  const RouteRow& row = *routing.row;
  SetEffects(ticket, routing);
  int floor = before.level;
  if (cause == v1::REOPEN_CAUSE_NOT_FIXED && before.cycle >= 1)
    floor = std::min<int>(floor + 1, v1::LEVEL_INITIATIVE);
  ticket.level = static_cast<v1::Level>(std::max<int>(row.level, floor));
  if (!row.record && row.level >= before.level) ticket.department = row.department;

  ticket.first_answer = {};
  const bool has_clock = FindClock(&playbook, true, ticket.level) != nullptr;
  if (row.first_answer != 0 && !has_clock) StartFirstAnswer(ticket, time + row.first_answer);
  // The resolution's clock goes on where it stood; a broken promise stays broken.
  const bool is_missed = before.resolution.state == v1::PROMISE_STATE_MISSED;
  const int64_t stopped = before.has_resolution ? before.resolve_time : before.close_time;
  const bool is_on_clock =
      before.resolve_clock.plan != nullptr ||
      (before.resolution.due == 0 && FindClock(&playbook, false, ticket.level) != nullptr);
  const bool is_plain = !is_on_clock && !is_missed;
  if (is_plain && before.resolution.due != 0)
    StartResolution(ticket, time + std::max<int64_t>(before.resolution.due - stopped, 0));
  else if (is_plain && row.resolution != 0) StartResolution(ticket, time + row.resolution);
  else if (is_plain || is_missed) ticket.deadlines[v1::DEADLINE_KIND_REMINDER] = time + kDay;
  StartClocks(ticket, &playbook, time);
  Record(ticket, time);
  Arrive(ticket, &playbook, time);
}

}  // namespace redress::simulator
