#include "engine/ticket/catch_up.h"

#include <algorithm>

#include "base/check.h"
#include "engine/ticket/deadline.h"
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
  if (kind == v1::DEADLINE_KIND_RESOLUTION)
    *missed.mutable_reminder_time() = ToTimestamp(due + kReminderFirst);
}

void Settle(v1::Event& event, const Facts& facts, const v1::Ticket& ticket, absl::Time due) {
  v1::HistorySettled& settled = *event.mutable_history_settled();
  const bool is_known =
      facts.playbook != nullptr && facts.playbook->FindDepartment(ticket.department()) != nullptr;
  settled.set_department(is_known || facts.playbook == nullptr
                             ? ticket.department()
                             : CatchAllDepartment(*facts.playbook));
  if (ticket.state() == v1::TICKET_STATE_RESOLVED) {
    settled.set_state(v1::TICKET_STATE_RESOLVED);
    *settled.mutable_confirm_by() = ToTimestamp(due + kConfirmationDefault);
    return;
  }
  settled.set_state(v1::TICKET_STATE_QUEUED);
  *settled.mutable_reminder_time() = ToTimestamp(due + kReminderFirst);
}

// What the deadline does at its due instant.
v1::Event Fire(const Facts& facts, const Draft& draft, v1::DeadlineKind kind, absl::Time due) {
  const v1::Ticket& ticket = draft.ticket();
  v1::Event event = draft.NewTimerEvent(due);
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
    case v1::DEADLINE_KIND_PAUSE_CAP:
      *event.mutable_ticket_resumed() = EndPause(ticket, due, true);
      return event;
    case v1::DEADLINE_KIND_REMINDER:
      *event.mutable_reminder_raised()->mutable_next_time() =
          ToTimestamp(due + ReminderAfter(ticket.reminders() + 1));
      return event;
    case v1::DEADLINE_KIND_SETTLE:
      Settle(event, facts, ticket, due);
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
    draft.Record(Fire(facts, draft, deadline->kind(), ToTime(deadline->time())));
  }
}

void CatchUpImported(Draft& draft, absl::Time now) {
  while (true) {
    const v1::Deadline* next = nullptr;
    for (const v1::DeadlineKind kind :
         {v1::DEADLINE_KIND_FIRST_ANSWER, v1::DEADLINE_KIND_RESOLUTION}) {
      const v1::Deadline* deadline = FindDeadline(draft.ticket(), kind);
      if (deadline == nullptr || ToTime(deadline->time()) >= now) continue;
      if (next == nullptr || ToTime(deadline->time()) < ToTime(next->time())) next = deadline;
    }
    if (next == nullptr) return;
    const absl::Time due = ToTime(next->time());
    v1::Event event = draft.NewImportedEvent(due, "timer");
    BreakPromise(event, draft.ticket(), next->kind(), due);
    draft.Record(std::move(event));
  }
}

v1::TicketResumed EndPause(const v1::Ticket& ticket, absl::Time end, bool cap_reached) {
  v1::TicketResumed resumed;
  const absl::Duration paused =
      absl::Trunc(end - ToTime(ticket.pause().start_time()), absl::Seconds(1));
  resumed.set_cap_reached(cap_reached);
  resumed.set_paused_seconds(WholeSeconds(paused));
  const v1::Promises& promises = ticket.promises();
  if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING &&
      ticket.pause().reason() == v1::PAUSE_REASON_CUSTOMER_INFO)
    *resumed.mutable_first_answer_due() = ToTimestamp(ToTime(promises.first_answer_due()) + paused);
  if (promises.resolution_state() == v1::PROMISE_STATE_RUNNING)
    *resumed.mutable_resolution_due() = ToTimestamp(ToTime(promises.resolution_due()) + paused);
  else
    *resumed.mutable_reminder_time() = ToTimestamp(end + kReminderFirst);
  return resumed;
}

}  // namespace redress::engine
