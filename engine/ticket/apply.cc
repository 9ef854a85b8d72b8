#include "engine/ticket/apply.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/ticket/apply_chain.h"
#include "engine/ticket/apply_inspection.h"
#include "engine/ticket/chain.h"
#include "engine/ticket/clock.h"
#include "engine/ticket/deadline.h"
#include "engine/ticket/lifecycle.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

using google::protobuf::Timestamp;

void StartPromises(v1::Ticket& ticket, bool has_first, const Timestamp& first_due,
                   bool has_resolution, const Timestamp& resolution_due) {
  v1::Promises& promises = *ticket.mutable_promises();
  if (has_first) {
    *promises.mutable_first_answer_due() = first_due;
    promises.set_first_answer_state(v1::PROMISE_STATE_RUNNING);
    SetDeadline(ticket, v1::DEADLINE_KIND_FIRST_ANSWER, first_due);
  } else {
    promises.clear_first_answer_due();
    promises.set_first_answer_state(v1::PROMISE_STATE_UNSPECIFIED);
  }
  if (has_resolution) {
    *promises.mutable_resolution_due() = resolution_due;
    promises.set_resolution_state(v1::PROMISE_STATE_RUNNING);
    SetDeadline(ticket, v1::DEADLINE_KIND_RESOLUTION, resolution_due);
  }
}

// Sets what a decision decided; what it leaves open stays as it is.
void SetDecision(v1::Ticket& ticket, const v1::Decision& decision) {
  const v1::Effects& effects = decision.effects();
  *ticket.mutable_decision() = decision;
  ticket.set_level(effects.level());
  ticket.set_department(effects.department());
  ticket.set_category(effects.category());
  ticket.set_severity(effects.severity());
  ticket.set_touchpoint(effects.touchpoint());
  ticket.set_segment(effects.segment());
  v1::Promises& promises = *ticket.mutable_promises();
  if (effects.has_first_answer()) *promises.mutable_first_answer() = effects.first_answer();
  else promises.clear_first_answer();
  if (effects.has_resolution()) *promises.mutable_resolution() = effects.resolution();
  else promises.clear_resolution();
  *promises.mutable_confirmation() = effects.confirmation();
  *promises.mutable_reopen_window() = effects.reopen_window();
}

void VisitDepartment(v1::Ticket& ticket, const std::string& department) {
  const int count = ticket.departments_size();
  if (count > 0 && ticket.departments(count - 1) == department) return;
  if (count >= kTicketDepartmentsKeptMax)
    ticket.mutable_departments()->DeleteSubrange(0, count - kTicketDepartmentsKeptMax + 1);
  ticket.add_departments(department);
}

void AddIssue(v1::Ticket& ticket, const v1::Issue& issue, const std::string& personal_hash,
              const Timestamp& time) {
  ticket.set_issue_count(ticket.issue_count() + 1);
  if (ticket.issues_size() >= kTicketIssuesKeptMax) return;
  v1::TicketIssue& held = *ticket.add_issues();
  held.set_number(ticket.issue_count());
  *held.mutable_accept_time() = time;
  held.set_kind(issue.kind());
  held.set_channel(issue.channel());
  held.set_personal_hash(personal_hash);
}

void LeaveHandler(v1::Ticket& ticket) {
  ticket.clear_hold();
  ClearDeadline(ticket, v1::DEADLINE_KIND_LEASE);
}

void FinishFirstAnswer(v1::Ticket& ticket, const Timestamp& time, bool met) {
  if (!ticket.has_first_answer_time()) *ticket.mutable_first_answer_time() = time;
  if (met) ticket.mutable_promises()->set_first_answer_state(v1::PROMISE_STATE_MET);
  ClearDeadline(ticket, v1::DEADLINE_KIND_FIRST_ANSWER);
}

void CancelPromises(v1::Ticket& ticket) {
  v1::Promises& promises = *ticket.mutable_promises();
  if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING)
    promises.set_first_answer_state(v1::PROMISE_STATE_CANCELLED);
  if (promises.resolution_state() == v1::PROMISE_STATE_RUNNING)
    promises.set_resolution_state(v1::PROMISE_STATE_CANCELLED);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketOpened& fact) {
  const v1::Issue& issue = fact.issue();
  ticket.set_id(event.ticket_id());
  ticket.set_reference(fact.reference());
  ticket.set_provenance(event.provenance());
  ticket.set_external_id(fact.external_id());
  ticket.set_follows_id(fact.follows_id());
  ticket.set_kind(issue.kind());
  ticket.set_channel(issue.channel());
  ticket.set_title(issue.title());
  ticket.set_product(issue.product());
  ticket.set_customer_id(issue.customer().id());
  ticket.set_value_tier(issue.customer().value_tier());
  ticket.set_key(issue.key());
  *ticket.mutable_attributes() = issue.attributes();
  if (fact.has_mystery()) *ticket.mutable_mystery() = fact.mystery();
  *ticket.mutable_create_time() = event.time();
  *ticket.mutable_cycle_time() = event.time();
  SetDecision(ticket, fact.decision());
  VisitDepartment(ticket, ticket.department());
  AddIssue(ticket, issue, fact.personal_hash(), event.time());
  StartPromises(ticket, fact.has_first_answer_due(), fact.first_answer_due(),
                fact.has_resolution_due(), fact.resolution_due());
  if (fact.has_reminder_time())
    SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.reminder_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::IssueJoined& fact) {
  AddIssue(ticket, fact.issue(), fact.personal_hash(), event.time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::TicketRouted& fact) {
  SetDecision(ticket, fact.decision());
  ticket.set_level(fact.level());
  ticket.set_department(fact.department());
  VisitDepartment(ticket, ticket.department());
  StartPromises(ticket, fact.has_first_answer_due(), fact.first_answer_due(),
                fact.has_resolution_due(), fact.resolution_due());
  if (fact.has_reminder_time())
    SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.reminder_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::TicketLeased& fact) {
  ticket.set_lease_count(fact.lease_token());
  v1::Hold& hold = *ticket.mutable_hold();
  hold.set_handler(fact.handler());
  hold.set_lease_token(fact.lease_token());
  *hold.mutable_lease_expire_time() = fact.lease_expire_time();
  SetDeadline(ticket, v1::DEADLINE_KIND_LEASE, fact.lease_expire_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::LeaseExtended& fact) {
  *ticket.mutable_hold()->mutable_lease_expire_time() = fact.lease_expire_time();
  SetDeadline(ticket, v1::DEADLINE_KIND_LEASE, fact.lease_expire_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::TicketReturned& fact) {
  if (!fact.lease_expired()) ticket.set_returns(ticket.returns() + 1);
  LeaveHandler(ticket);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::TicketAccepted& fact) {
  LeaveHandler(ticket);
  EndHandOver(ticket);
  ticket.mutable_hold()->set_handler(fact.handler());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketAnswered& fact) {
  if (fact.substantive()) FinishFirstAnswer(ticket, event.time(), fact.first_answer_met());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketPaused& fact) {
  v1::Pause& pause = *ticket.mutable_pause();
  pause.set_reason(fact.reason());
  pause.set_note(fact.note());
  *pause.mutable_start_time() = event.time();
  pause.set_state_before(fact.state_before());
  pause.set_actor(event.actor());
  pause.set_counterparty(fact.counterparty());
  if (fact.has_cap_time()) SetDeadline(ticket, v1::DEADLINE_KIND_PAUSE_CAP, fact.cap_time());
  ClearDeadline(ticket, v1::DEADLINE_KIND_RESOLUTION);
  ClearDeadline(ticket, v1::DEADLINE_KIND_REMINDER);
  if (fact.reason() == v1::PAUSE_REASON_CUSTOMER_INFO)
    ClearDeadline(ticket, v1::DEADLINE_KIND_FIRST_ANSWER);
}

void KeepPause(v1::Ticket& ticket, const Timestamp& end) {
  if (ticket.past_pauses_size() >= kTicketPausesMax) return;
  v1::PastPause& past = *ticket.add_past_pauses();
  past.set_reason(ticket.pause().reason());
  *past.mutable_start_time() = ticket.pause().start_time();
  *past.mutable_end_time() = end;
  past.set_actor(ticket.pause().actor());
  past.set_counterparty(ticket.pause().counterparty());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketResumed& fact) {
  KeepPause(ticket, event.time());
  ticket.set_paused_seconds(ticket.paused_seconds() + fact.paused_seconds());
  if (ticket.pause().reason() == v1::PAUSE_REASON_CUSTOMER_INFO)
    ticket.set_paused_for_customer_seconds(ticket.paused_for_customer_seconds() +
                                           fact.paused_seconds());
  ticket.clear_pause();
  ClearDeadline(ticket, v1::DEADLINE_KIND_PAUSE_CAP);
  if (fact.has_first_answer_due()) {
    *ticket.mutable_promises()->mutable_first_answer_due() = fact.first_answer_due();
    SetDeadline(ticket, v1::DEADLINE_KIND_FIRST_ANSWER, fact.first_answer_due());
  }
  if (fact.has_resolution_due()) {
    *ticket.mutable_promises()->mutable_resolution_due() = fact.resolution_due();
    SetDeadline(ticket, v1::DEADLINE_KIND_RESOLUTION, fact.resolution_due());
  }
  if (fact.has_reminder_time())
    SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.reminder_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketTransferred& fact) {
  if (event.provenance() == v1::PROVENANCE_LIVE) CountHandOver(ticket, fact);
  ticket.clear_offer();
  ticket.set_department(fact.to_department());
  ticket.set_transfers(ticket.transfers() + fact.count());
  VisitDepartment(ticket, fact.to_department());
  LeaveHandler(ticket);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::LevelChanged& fact) {
  ticket.set_level(fact.to_level());
  ticket.set_department(fact.to_department());
  ticket.set_level_changes(ticket.level_changes() + 1);
  ticket.clear_offer();
  EndHandOver(ticket);
  if (fact.to_level() != v1::LEVEL_INITIATIVE) LeaveDirector(ticket);
  VisitDepartment(ticket, fact.to_department());
  LeaveHandler(ticket);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketResolved& fact) {
  *ticket.mutable_resolution() = fact.resolution();
  *ticket.mutable_resolve_time() = event.time();
  FinishFirstAnswer(ticket, event.time(), fact.first_answer_met());
  if (fact.resolution_met())
    ticket.mutable_promises()->set_resolution_state(v1::PROMISE_STATE_MET);
  LeaveHandler(ticket);
  ticket.clear_offer();
  EndHandOver(ticket);
  ticket.clear_pause();
  ticket.clear_deadlines();
  if (fact.has_confirm_by())
    SetDeadline(ticket, v1::DEADLINE_KIND_CONFIRMATION, fact.confirm_by());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketClosed& fact) {
  ticket.set_close_cause(fact.cause());
  *ticket.mutable_close_time() = event.time();
  LeaveHandler(ticket);
  ticket.clear_offer();
  EndHandOver(ticket);
  ticket.clear_pause();
  ticket.clear_deadlines();
  CancelPromises(ticket);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event& event, const v1::TicketReopened& fact) {
  ticket.set_provenance(event.provenance());
  ticket.set_cycle(ticket.cycle() + 1);
  if (fact.cause() != v1::REOPEN_CAUSE_FLAP) ticket.set_reopens(ticket.reopens() + 1);
  *ticket.mutable_cycle_time() = event.time();
  ticket.clear_resolution();
  ticket.clear_close_cause();
  ticket.clear_close_time();
  ticket.clear_first_answer_time();
  ticket.set_returns(0);
  ticket.set_reminders(0);
  ticket.set_paused_for_customer_seconds(0);
  ticket.clear_hand_over();
  ticket.set_bounces(0);
  LeaveDirector(ticket);
  ticket.clear_deadlines();
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::NoteAdded& fact) {
  if (fact.hand_over()) ticket.mutable_director()->set_needs_hand_over(false);
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::PromiseMissed& fact) {
  ClearDeadline(ticket, fact.kind());
  v1::Promises& promises = *ticket.mutable_promises();
  if (fact.kind() == v1::DEADLINE_KIND_FIRST_ANSWER)
    promises.set_first_answer_state(v1::PROMISE_STATE_MISSED);
  if (fact.kind() == v1::DEADLINE_KIND_RESOLUTION)
    promises.set_resolution_state(v1::PROMISE_STATE_MISSED);
  if (fact.has_reminder_time())
    SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.reminder_time());
}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::ReminderRaised& fact) {
  ticket.set_reminders(ticket.reminders() + 1);
  SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.next_time());
}

// What the clock comes to stands in the event's clock changes.
void ApplyFact(v1::Ticket&, const v1::Event&, const v1::ClockMissed&) {}
void ApplyFact(v1::Ticket&, const v1::Event&, const v1::ClockWarned&) {}

void ApplyFact(v1::Ticket& ticket, const v1::Event&, const v1::HistorySettled& fact) {
  ticket.set_department(fact.department());
  VisitDepartment(ticket, fact.department());
  ticket.set_provenance(v1::PROVENANCE_LIVE);
  ClearDeadline(ticket, v1::DEADLINE_KIND_SETTLE);
  if (fact.has_reminder_time())
    SetDeadline(ticket, v1::DEADLINE_KIND_REMINDER, fact.reminder_time());
  if (fact.has_confirm_by())
    SetDeadline(ticket, v1::DEADLINE_KIND_CONFIRMATION, fact.confirm_by());
}

// An imported ticket waits for nobody until its history has settled.
bool IsWaiting(const v1::Ticket& ticket) {
  return ticket.state() == v1::TICKET_STATE_QUEUED &&
         FindDeadline(ticket, v1::DEADLINE_KIND_SETTLE) == nullptr;
}

void ApplyKind(v1::Ticket& ticket, const v1::Event& event) {
  switch (event.fact_case()) {
    case Fact::kTicketOpened: return ApplyFact(ticket, event, event.ticket_opened());
    case Fact::kIssueJoined: return ApplyFact(ticket, event, event.issue_joined());
    case Fact::kTicketRouted: return ApplyFact(ticket, event, event.ticket_routed());
    case Fact::kTicketLeased: return ApplyFact(ticket, event, event.ticket_leased());
    case Fact::kLeaseExtended: return ApplyFact(ticket, event, event.lease_extended());
    case Fact::kTicketReturned: return ApplyFact(ticket, event, event.ticket_returned());
    case Fact::kTicketAccepted: return ApplyFact(ticket, event, event.ticket_accepted());
    case Fact::kTicketAnswered: return ApplyFact(ticket, event, event.ticket_answered());
    case Fact::kTicketPaused: return ApplyFact(ticket, event, event.ticket_paused());
    case Fact::kTicketResumed: return ApplyFact(ticket, event, event.ticket_resumed());
    case Fact::kTicketTransferred: return ApplyFact(ticket, event, event.ticket_transferred());
    case Fact::kLevelChanged: return ApplyFact(ticket, event, event.level_changed());
    case Fact::kTicketResolved: return ApplyFact(ticket, event, event.ticket_resolved());
    case Fact::kTicketClosed: return ApplyFact(ticket, event, event.ticket_closed());
    case Fact::kTicketReopened: return ApplyFact(ticket, event, event.ticket_reopened());
    case Fact::kNoteAdded: return ApplyFact(ticket, event, event.note_added());
    case Fact::kPromiseMissed: return ApplyFact(ticket, event, event.promise_missed());
    case Fact::kReminderRaised: return ApplyFact(ticket, event, event.reminder_raised());
    case Fact::kHistorySettled: return ApplyFact(ticket, event, event.history_settled());
    case Fact::kChainStepFired:
    case Fact::kChainStepSkipped:
    case Fact::kChainCancelled:
    case Fact::kSeverityChanged:
    case Fact::kLevelOffered:
    case Fact::kLevelOfferDeclined:
    case Fact::kDirectorChanged:
    case Fact::kPersonReminded: return ApplyChainFact(ticket, event);
    case Fact::kClockMissed: return ApplyFact(ticket, event, event.clock_missed());
    case Fact::kClockWarned: return ApplyFact(ticket, event, event.clock_warned());
    case Fact::kInspectionRecorded:
    case Fact::kInspectionDisputed:
    case Fact::kInspectionDecided: return ApplyInspection(ticket, event);
    case Fact::kPlaybookPublished:
    case Fact::kSampleDrawn:
    case Fact::kGoalEvidenced:
    case Fact::kPersonalDataRead:
    case Fact::FACT_NOT_SET: break;
  }
  base::CheckFailed(__FILE__, __LINE__, "an event about a ticket carries a ticket's fact");
}

}  // namespace

std::string MakeEtag(uint32_t version) { return absl::StrCat("v", version); }

v1::Ticket Apply(v1::Ticket ticket, const v1::Event& event) {
  ApplyTo(ticket, event);
  return ticket;
}

void ApplyTo(v1::Ticket& ticket, const v1::Event& event) {
  CHECK_EQ(event.version(), ticket.version() + 1);
  std::optional<v1::TicketState> next =
      NextState(ticket.state(), event.fact_case(), event.provenance());
  CHECK(next.has_value());
  if (event.has_ticket_resumed()) next = ticket.pause().state_before();
  if (event.has_history_settled()) next = event.history_settled().state();

  ApplyKind(ticket, event);
  ticket.set_state(*next);
  ticket.set_highest_level(std::max(ticket.level(), ticket.highest_level()));
  ticket.set_version(event.version());
  ticket.set_etag(MakeEtag(event.version()));
  *ticket.mutable_update_time() = event.time();
  if (event.has_settle_time() && *next != v1::TICKET_STATE_CLOSED)
    SetDeadline(ticket, v1::DEADLINE_KIND_SETTLE, event.settle_time());
  SetClocks(ticket, event);
  FollowClocks(ticket);
  SetChain(ticket, event);
  FollowChain(ticket);

  if (IsWaiting(ticket)) *ticket.mutable_rank_time() = ToTimestamp(RankTime(ticket));
  else ticket.clear_rank_time();
  // A clock that had nothing left when it went on is due before the event that lets it go on; the
  // driver looks from there on only.
  if (const v1::Deadline* deadline = NextDeadline(ticket))
    *ticket.mutable_next_deadline_time() =
        ToTimestamp(std::max(ToTime(deadline->time()), ToTime(event.time())));
  else ticket.clear_next_deadline_time();
}

std::optional<std::string> FindBrokenInvariant(const v1::Ticket& ticket) {
  const auto broken = [&](absl::string_view what) {
    return absl::StrCat("ticket ", ticket.id(), " (", v1::TicketState_Name(ticket.state()), ") ",
                        what);
  };
  const bool is_closed = ticket.state() == v1::TICKET_STATE_CLOSED;
  if (ticket.id() == 0 || ticket.version() == 0) return broken("has no id or version");
  if (ticket.state() == v1::TICKET_STATE_UNSPECIFIED) return broken("has no state");
  if (!is_closed && ticket.department().empty()) return broken("has no accountable department");
  if (is_closed && ticket.deadlines_size() > 0) return broken("still has a deadline");
  if (!is_closed && ticket.deadlines_size() == 0) return broken("has no deadline");
  if (ticket.has_next_deadline_time() == is_closed) return broken("keys the wrong deadline");
  const bool is_held = ticket.state() == v1::TICKET_STATE_LEASED ||
                       ticket.state() == v1::TICKET_STATE_ACCEPTED;
  if (is_held && !ticket.has_hold()) return broken("is held by nobody");
  if (!is_held && ticket.state() != v1::TICKET_STATE_PAUSED && ticket.has_hold())
    return broken("is still held");
  if ((ticket.state() == v1::TICKET_STATE_PAUSED) != ticket.has_pause())
    return broken("and its pause disagree");
  if (IsWaiting(ticket) != ticket.has_rank_time())
    return broken("and its place in the queue disagree");
  if (RunsChain(ticket) != ticket.chain().has_next_time())
    return broken("and its chain's next step disagree");
  if (is_closed && RunsChain(ticket)) return broken("still climbs a chain");
  if (is_closed != ticket.has_close_time()) return broken("and its closing time disagree");
  return std::nullopt;
}

}  // namespace redress::engine
