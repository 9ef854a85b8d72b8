#include "engine/ticket/catch_up.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"
#include "engine/ticket/chain_fire.h"
#include "engine/ticket/clock.h"
#include "engine/ticket/deadline.h"
#include "engine/ticket/director.h"
#include "engine/ticket/limits.h"
#include "engine/ticket/routing.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

void BreakPromise(v1::Event& event, const v1::Ticket& ticket, v1::DeadlineKind kind,
                  absl::Time due) {
  v1::PromiseMissed& missed = *event.mutable_promise_missed();
  missed.set_kind(kind);
  *missed.mutable_due() = ToTimestamp(due);
  missed.set_department(ticket.department());
  // While the ticket is paused nobody is reminded; the end of the pause sees to it.
  if (kind == v1::DEADLINE_KIND_RESOLUTION && !ticket.has_pause())
    *missed.mutable_reminder_time() = ToTimestamp(due + kReminderFirst);
}

// The earliest promise that fell due before `now`; null: none did.
const v1::Deadline* FirstBroken(const v1::Ticket& ticket, absl::Time now) {
  const v1::Deadline* first = nullptr;
  for (const v1::DeadlineKind kind :
       {v1::DEADLINE_KIND_FIRST_ANSWER, v1::DEADLINE_KIND_RESOLUTION}) {
    const v1::Deadline* deadline = FindDeadline(ticket, kind);
    if (deadline == nullptr || ToTime(deadline->time()) >= now) continue;
    if (first == nullptr || ToTime(deadline->time()) < ToTime(first->time())) first = deadline;
  }
  return first;
}

// Breaks the promises of an imported history that fell due before `now`. A note that was written
// here meanwhile may be later than the breach, which then stands after it with its true due
// instant. `is_told`: as of a fact that is told.
void BreakPromises(Draft& draft, absl::Time now, bool is_told) {
  while (const v1::Deadline* broken = FirstBroken(draft.ticket(), now)) {
    const absl::Time due = ToTime(broken->time());
    const absl::Time time = std::max(due, ToTime(draft.ticket().update_time()));
    v1::Event event = is_told ? draft.NewImportedEvent(time, "timer") : draft.NewTimerEvent(time);
    BreakPromise(event, draft.ticket(), broken->kind(), due);
    draft.Record(std::move(event));
  }
}

// Ends an imported history: what was promised is judged up to here and runs on, and what it waited
// for is over.
void Settle(const Facts& facts, Draft& draft, absl::Time due) {
  BreakPromises(draft, due, false);
  if (draft.ticket().state() == v1::TICKET_STATE_PAUSED) {
    v1::Event resumed = draft.NewTimerEvent(due);
    *resumed.mutable_ticket_resumed() = EndPause(draft.ticket(), due, false);
    draft.Record(std::move(resumed));
  }
  const v1::Ticket& ticket = draft.ticket();
  v1::Event event = draft.NewTimerEvent(due);
  v1::HistorySettled& settled = *event.mutable_history_settled();
  const bool is_known =
      facts.playbook == nullptr || facts.playbook->FindDepartment(ticket.department()) != nullptr;
  settled.set_department(is_known ? ticket.department() : CatchAllDepartment(*facts.playbook));
  settled.set_state(ticket.state());
  if (ticket.state() == v1::TICKET_STATE_RESOLVED)
    *settled.mutable_confirm_by() = ToTimestamp(due + kConfirmationDefault);
  else
    *settled.mutable_reminder_time() = ToTimestamp(due + kReminderFirst);
  draft.Record(std::move(event));
}

void BreakClock(v1::Event& event, const v1::Ticket& ticket, absl::Time due) {
  for (const v1::Clock& clock : ticket.clocks()) {
    const bool has_own_deadline =
        clock.kind() == v1::CLOCK_KIND_FIRST || clock.kind() == v1::CLOCK_KIND_RESOLVE;
    if (has_own_deadline || !IsRunning(clock) || clock.paused()) continue;
    if (ToTime(clock.due_time()) != due) continue;
    v1::ClockMissed& missed = *event.mutable_clock_missed();
    missed.set_kind(clock.kind());
    missed.set_level(clock.level());
    missed.set_department(clock.department());
    missed.set_entry(clock.entry());
    *missed.mutable_due() = clock.due_time();
    missed.set_accountable(ticket.department());
    return;
  }
  base::CheckFailed(__FILE__, __LINE__, "a clock's deadline is that of a running clock");
}

void Warn(v1::Event& event, const v1::Ticket& ticket, absl::Time due) {
  for (const v1::Clock& clock : ticket.clocks()) {
    if (!IsRunning(clock) || clock.paused() || clock.warnings().empty()) continue;
    if (ToTime(clock.warnings(0).time()) != due) continue;
    v1::ClockWarned& warned = *event.mutable_clock_warned();
    warned.set_kind(clock.kind());
    warned.set_level(clock.level());
    warned.set_department(clock.department());
    warned.set_entry(clock.entry());
    warned.set_percent(clock.warnings(0).percent());
    *warned.mutable_time() = clock.warnings(0).time();
    return;
  }
  base::CheckFailed(__FILE__, __LINE__, "a warning's deadline is that of a running clock");
}

// The clocks run again, and who asked for the pause is reminded.
void ReachPauseCap(Draft& draft, absl::Time due) {
  const std::string actor = draft.ticket().pause().actor();
  v1::Event resumed = draft.NewTimerEvent(due);
  *resumed.mutable_ticket_resumed() = EndPause(draft.ticket(), due, true);
  draft.Record(std::move(resumed));
  if (actor.empty()) return;
  v1::Event reminded = draft.NewTimerEvent(due);
  reminded.mutable_person_reminded()->set_reason(v1::PERSON_REMINDER_PAUSE_CAP);
  reminded.mutable_person_reminded()->set_recipient(actor);
  draft.Record(std::move(reminded));
}

// What the deadline does at its due instant. A clock whose terms were revised may have been due
// before the revision: then the breach stands after it, with its true due instant.
v1::Event Fire(const Facts& facts, const Draft& draft, v1::DeadlineKind kind, absl::Time due) {
  const v1::Ticket& ticket = draft.ticket();
  v1::Event event = draft.NewTimerEvent(std::max(due, ToTime(ticket.update_time())));
  switch (kind) {
    case v1::DEADLINE_KIND_LEASE:
      event.mutable_ticket_returned()->set_lease_expired(true);
      return event;
    case v1::DEADLINE_KIND_FIRST_ANSWER:
    case v1::DEADLINE_KIND_RESOLUTION:
      BreakPromise(event, ticket, kind, due);
      return event;
    case v1::DEADLINE_KIND_CONFIRMATION:
      event.mutable_ticket_closed()->set_cause(v1::CLOSE_CAUSE_SILENCE);
      return event;
    case v1::DEADLINE_KIND_REMINDER:
      *event.mutable_reminder_raised()->mutable_next_time() =
          ToTimestamp(due + ReminderAfter(ticket.reminders() + 1));
      return event;
    case v1::DEADLINE_KIND_CLOCK:
      BreakClock(event, ticket, due);
      return event;
    case v1::DEADLINE_KIND_WARNING:
      Warn(event, ticket, due);
      return event;
    case v1::DEADLINE_KIND_HAND_OVER:
      event.mutable_person_reminded()->set_reason(v1::PERSON_REMINDER_HAND_OVER);
      event.mutable_person_reminded()->set_recipient(ticket.hand_over().owner());
      return event;
    case v1::DEADLINE_KIND_DIRECTOR:
      *event.mutable_director_changed() = ChangeDirector(facts, ticket, due);
      return event;
    default:
      base::CheckFailed(__FILE__, __LINE__, "a deadline has a kind");
  }
}

}  // namespace

void CatchUp(const Facts& facts, Draft& draft, absl::Time now) {
  for (int i = 0; i < kCatchUpMax; ++i) {
    const v1::Deadline* deadline = NextDeadline(draft.ticket());
    if (deadline == nullptr || ToTime(deadline->time()) >= now) return;
    const absl::Time due = ToTime(deadline->time());
    const v1::DeadlineKind kind = deadline->kind();
    if (kind == v1::DEADLINE_KIND_SETTLE) Settle(facts, draft, due);
    else if (kind == v1::DEADLINE_KIND_CHAIN) FireChainStep(facts, draft, due);
    else if (kind == v1::DEADLINE_KIND_PAUSE_CAP) ReachPauseCap(draft, due);
    else draft.Record(Fire(facts, draft, kind, due));
  }
}

void CatchUpImported(Draft& draft, absl::Time now) { BreakPromises(draft, now, true); }

v1::TicketResumed EndPause(const v1::Ticket& ticket, absl::Time end, bool cap_reached) {
  v1::TicketResumed resumed;
  const absl::Duration paused =
      absl::Trunc(end - ToTime(ticket.pause().start_time()), absl::Seconds(1));
  resumed.set_cap_reached(cap_reached);
  resumed.set_paused_seconds(WholeSeconds(paused));
  // The fraction that is cut off breaks no promise: nothing falls due while the pause still runs.
  const auto moved = [&](const google::protobuf::Timestamp& promised) {
    return ToTimestamp(std::max(ToTime(promised) + paused, end));
  };
  // What a clock promises is moved by its own change.
  const auto is_plain = [&](v1::ClockKind kind) {
    return FindPromiseClock(ticket, kind) == nullptr;
  };
  const v1::Promises& promises = ticket.promises();
  if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING &&
      is_plain(v1::CLOCK_KIND_FIRST) &&
      ticket.pause().reason() == v1::PAUSE_REASON_CUSTOMER_INFO)
    *resumed.mutable_first_answer_due() = moved(promises.first_answer_due());
  if (promises.resolution_state() != v1::PROMISE_STATE_RUNNING)
    *resumed.mutable_reminder_time() = ToTimestamp(end + kReminderFirst);
  else if (is_plain(v1::CLOCK_KIND_RESOLVE))
    *resumed.mutable_resolution_due() = moved(promises.resolution_due());
  return resumed;
}

}  // namespace redress::engine
