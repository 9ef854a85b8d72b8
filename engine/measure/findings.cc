#include "engine/measure/findings.h"

#include <utility>

#include "engine/measure/day.h"

namespace redress::engine {
namespace {

using google::protobuf::Timestamp;

// All of the time that was promised for the resolution, in seconds of elapsed time.
int64_t PromisedSeconds(const v1::Ticket& ticket) {
  for (const v1::Clock& clock : ticket.clocks())
    if (clock.kind() == v1::CLOCK_KIND_RESOLVE)
      return SecondsBetween(clock.start_time(), ticket.promises().resolution_due());
  if (ticket.promises().resolution().seconds() > 0)
    return ticket.promises().resolution().seconds();
  return SecondsBetween(ticket.create_time(), ticket.promises().resolution_due());
}

bool HasPromise(const v1::Ticket& ticket) {
  return ticket.promises().resolution_state() == v1::PROMISE_STATE_RUNNING &&
         ticket.promises().has_resolution_due();
}

bool IsEarlier(const Timestamp& left, const Timestamp& right) {
  if (left.seconds() != right.seconds()) return left.seconds() < right.seconds();
  return left.nanos() < right.nanos();
}

// The finding with what was left of the promise.
v1::Finding WithPromise(v1::Finding finding, const v1::Ticket& ticket) {
  finding.set_left_seconds(SecondsBetween(finding.time(), ticket.promises().resolution_due()));
  finding.set_promised_seconds(PromisedSeconds(ticket));
  return finding;
}

bool IsNearDue(const v1::Finding& finding, const v1::Ticket& ticket, int32_t near_percent) {
  if (IsEarlier(ticket.promises().resolution_due(), finding.time())) return false;
  return finding.left_seconds() * 100 <= finding.promised_seconds() * near_percent;
}

void VisitNearDue(v1::FindingKind kind, const v1::Ticket& before, const v1::Finding& base,
                  int32_t near_percent, ObservationVisitor visit) {
  if (!HasPromise(before)) return;
  v1::Finding finding = WithPromise(base, before);
  finding.set_kind(kind);
  const bool is_found = IsNearDue(finding, before, near_percent);
  visit({std::move(finding), true, is_found});
}

}  // namespace

void FindingWatch::TakeResolved(const v1::Ticket& before, const v1::Finding& base,
                                const v1::Event& event, int32_t near_percent,
                                ObservationVisitor visit) {
  const v1::TicketResolved& resolved = event.ticket_resolved();
  near_due_.reset();
  if (HasPromise(before)) {
    v1::Finding finding = WithPromise(base, before);
    finding.set_kind(v1::FINDING_KIND_RESOLVED_NEAR_DUE);
    if (IsNearDue(finding, before, near_percent)) near_due_ = finding;
    visit({std::move(finding), true, false});
  }
  if (!resolved.answer_digest().empty()) {
    v1::Finding finding = base;
    finding.set_kind(v1::FINDING_KIND_SAME_ANSWER);
    finding.set_answer_digest(resolved.answer_digest());
    visit({std::move(finding), true, false});
  }
  // A machine is told nothing.
  if (before.kind() == v1::ISSUE_KIND_ALERT) return;
  v1::Finding finding = base;
  finding.set_kind(v1::FINDING_KIND_NO_ANSWER);
  visit({std::move(finding), true, !is_answered_ && resolved.answer_hash().empty()});
}

void FindingWatch::Take(const v1::Ticket* before, const v1::Event& event,
                        const v1::Position& position, int32_t near_percent,
                        ObservationVisitor visit) {
  if (before == nullptr) return;
  v1::Finding base;
  base.set_ticket_id(before->id());
  base.set_reference(before->reference());
  *base.mutable_time() = event.time();
  base.set_actor(event.actor());
  base.set_department(before->department());
  *base.mutable_position() = position;
  switch (event.fact_case()) {
    case v1::Event::kTicketAnswered:
      is_answered_ |= event.ticket_answered().substantive();
      return;
    case v1::Event::kTicketPaused:
      return VisitNearDue(v1::FINDING_KIND_PAUSED_NEAR_DUE, *before, base, near_percent, visit);
    case v1::Event::kTicketTransferred:
      return VisitNearDue(v1::FINDING_KIND_TRANSFERRED_NEAR_DUE, *before, base, near_percent,
                          visit);
    case v1::Event::kTicketResolved:
      return TakeResolved(*before, base, event, near_percent, visit);
    case v1::Event::kTicketReopened:
      is_answered_ = false;
      if (near_due_ && event.ticket_reopened().cause() != v1::REOPEN_CAUSE_FLAP) {
        *near_due_->mutable_reopen_time() = event.time();
        visit({*std::move(near_due_), false, true});
      }
      near_due_.reset();
      return;
    default:
      return;
  }
}

}  // namespace redress::engine
