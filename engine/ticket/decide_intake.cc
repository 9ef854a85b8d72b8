// Taking in issues.
#include <optional>
#include <utility>
#include <vector>

#include "engine/ticket/catch_up.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/draft.h"
#include "engine/ticket/guard.h"
#include "engine/ticket/limits.h"
#include "engine/ticket/reference.h"
#include "engine/ticket/routing.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

// The issue as its event carries it: without what is personal.
v1::Issue Impersonal(const v1::Issue& issue) {
  v1::Issue stored = issue;
  stored.clear_text();
  stored.clear_contact();
  return stored;
}

// An alert without a key, with the one made of its source, name and labels; nothing for others.
// Rules see what is stored, so that a decision can be recomputed.
std::optional<v1::Issue> WithMadeKey(const v1::Issue& issue) {
  if (!issue.has_alert() || !issue.key().empty()) return std::nullopt;
  std::optional<v1::Issue> keyed = issue;
  keyed->set_key(IssueKey(issue));
  return keyed;
}

// The route's own budgets, where no row of the clocks table takes their place.
void SetPromises(const Facts& facts, v1::TicketOpened& opened, absl::Time now) {
  const v1::Effects& effects = opened.decision().effects();
  if (effects.record_only()) return;
  const v1::Ticket subject = SubjectOf(opened.issue(), effects);
  const bool has_first = FindClockRule(facts, v1::CLOCK_KIND_FIRST, subject) != nullptr;
  const bool has_resolve = FindClockRule(facts, v1::CLOCK_KIND_RESOLVE, subject) != nullptr;
  if (effects.has_first_answer() && !has_first)
    *opened.mutable_first_answer_due() = ToTimestamp(now + ToSpan(effects.first_answer()));
  if (has_resolve) return;
  if (effects.has_resolution())
    *opened.mutable_resolution_due() = ToTimestamp(now + ToSpan(effects.resolution()));
  else
    *opened.mutable_reminder_time() = ToTimestamp(now + kReminderUnpromised);
}

// `mystery`: who really submits it; null: the actor.
Decision OpenTicket(const Facts& facts, const v1::Issue& issue, const Envelope& envelope,
                    const v1::MysteryMark* mystery = nullptr) {
  Draft draft(facts, nullptr, envelope.new_ticket_id, envelope);
  v1::Event event = draft.NewEvent();
  v1::TicketOpened& opened = *event.mutable_ticket_opened();
  if (mystery != nullptr) *opened.mutable_mystery() = *mystery;
  *opened.mutable_issue() = Impersonal(issue);
  opened.set_reference(MakeReference(envelope.new_ticket_id));
  *opened.mutable_decision() = RouteIssue(facts, issue, envelope.time);
  SetPromises(facts, opened, envelope.time);
  if (facts.other_ticket) opened.set_follows_id(facts.other_ticket->id());
  opened.set_personal_hash(draft.KeepWords(issue.customer().id(), issue.text(),
                                           issue.has_contact() ? &issue.contact() : nullptr));
  const bool record_only = opened.decision().effects().record_only();
  draft.Record(std::move(event));
  if (record_only) {
    v1::Event closed = draft.NewEvent();
    closed.mutable_ticket_closed()->set_cause(v1::CLOSE_CAUSE_RECORDED);
    draft.Record(std::move(closed));
  }
  return std::move(draft).Accept();
}

// Thanks ask for nothing, nor does what would only be recorded if it came alone.
bool NeedsAction(const Facts& facts, const v1::Issue& issue, absl::Time now) {
  return issue.kind() != v1::ISSUE_KIND_PRAISE &&
         !RouteIssue(facts, issue, now).effects().record_only();
}

Decision JoinTicket(const Facts& facts, const v1::Issue& issue, Draft draft) {
  v1::Event event = draft.NewEvent();
  v1::IssueJoined& joined = *event.mutable_issue_joined();
  *joined.mutable_issue() = Impersonal(issue);
  joined.set_personal_hash(draft.KeepWords(issue.customer().id(), issue.text(),
                                           issue.has_contact() ? &issue.contact() : nullptr));
  draft.Record(std::move(event));
  const bool is_resolved = draft.ticket().state() == v1::TICKET_STATE_RESOLVED;
  if (is_resolved && NeedsAction(facts, issue, draft.envelope().time))
    Reopen(facts, draft, issue.has_alert() ? v1::REOPEN_CAUSE_FLAP : v1::REOPEN_CAUSE_SAME_ISSUE,
           "", "");
  return std::move(draft).Accept();
}

// What the sender says of the issue must be known to the playbook, or it would be counted where
// nobody looks.
std::optional<Rejection> RefuseUnknown(const Playbook& playbook, const v1::Issue& issue) {
  std::vector<FieldViolation> violations;
  if (!issue.category().empty() && !playbook.HasCategory(issue.category()))
    violations.push_back({"issue.category", "must be a category of the playbook's taxonomy"});
  if (!issue.touchpoint().empty() && !playbook.HasTouchpoint(issue.touchpoint()))
    violations.push_back({"issue.touchpoint", "must be a touchpoint of the playbook"});
  if (violations.empty()) return std::nullopt;
  return InvalidFields(std::move(violations));
}

std::optional<Rejection> RefuseIssue(const Facts& facts, const v1::Issue& issue,
                                     const Envelope& envelope) {
  if (facts.playbook == nullptr) return PlaybookMissing();
  REJECT_IF(RefuseUnknown(*facts.playbook, issue));
  if (issue.has_occurred_time() && ToTime(issue.occurred_time()) > envelope.time + kClockSkewMax)
    return InvalidField("issue.occurred_time", "must not be in the future");
  return std::nullopt;
}

}  // namespace

// The ticket is opened as by whoever is shown, so that nothing in its history differs from others
// but the mark itself.
Decision DecideSubmitMysteryIssue(const Facts& facts, const v1::SubmitMysteryIssueRequest& command,
                                  const Envelope& envelope) {
  REJECT_IF(RefuseIssue(facts, command.issue(), envelope));
  v1::MysteryMark mystery;
  mystery.set_submitter(envelope.actor.id);
  Envelope shown = envelope;
  shown.actor.id = command.shown_actor();
  return OpenTicket(facts, command.issue(), shown, &mystery);
}

Decision DecideSubmitIssue(const Facts& facts, const v1::SubmitIssueRequest& command,
                           const Envelope& envelope) {
  const std::optional<v1::Issue> keyed = WithMadeKey(command.issue());
  const v1::Issue& issue = keyed ? *keyed : command.issue();
  REJECT_IF(RefuseIssue(facts, issue, envelope));
  if (!issue.follows().empty()) {
    if (!facts.other_ticket)
      return InvalidField("issue.follows", "must name a ticket that exists");
    if (facts.other_ticket->state() != v1::TICKET_STATE_CLOSED)
      return InvalidField("issue.follows", "must name a closed ticket; reopen or join an open one");
  }
  if (!facts.ticket) return OpenTicket(facts, issue, envelope);

  Draft draft(facts, facts.ticket, facts.ticket->id(), envelope);
  CatchUp(facts, draft, envelope.time);
  const bool can_join = draft.ticket().state() != v1::TICKET_STATE_CLOSED &&
                        draft.ticket().version() < kTicketVersionMax;
  if (!can_join) return OpenTicket(facts, issue, envelope);
  return JoinTicket(facts, issue, std::move(draft));
}

}  // namespace redress::engine
