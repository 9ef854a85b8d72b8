#include "engine/ticket/routing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sha256.h"
#include "engine/rules/route.h"
#include "engine/ticket/clock.h"
#include "engine/ticket/clock_terms.h"
#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

v1::TicketFacts FactsOf(const v1::Ticket& ticket, v1::ReopenCause cause, absl::Time now) {
  v1::TicketFacts facts;
  facts.set_category(ticket.category());
  facts.set_severity(ticket.severity());
  facts.set_touchpoint(ticket.touchpoint());
  facts.set_segment(ticket.segment());
  facts.set_level(ticket.level());
  facts.set_department(ticket.department());
  facts.set_cycle(static_cast<int32_t>(ticket.cycle()));
  facts.set_transfers(static_cast<int32_t>(ticket.transfers()));
  facts.set_reopen_cause(cause);
  *facts.mutable_decide_time() = ToTimestamp(now);
  return facts;
}

v1::Level NextLevel(v1::Level level) {
  return level >= v1::LEVEL_INITIATIVE ? v1::LEVEL_INITIATIVE : static_cast<v1::Level>(level + 1);
}

// The resolution's clock goes on where it stood when the ticket was resolved or withdrawn; a broken
// promise stays broken.
std::optional<absl::Time> ResumedResolutionDue(const v1::Ticket& before, const v1::Effects& effects,
                                               absl::Time now) {
  const v1::Promises& promises = before.promises();
  if (promises.resolution_state() == v1::PROMISE_STATE_MISSED) return std::nullopt;
  if (promises.has_resolution_due()) {
    const absl::Time stopped =
        ToTime(before.has_resolution() ? before.resolve_time() : before.close_time());
    const absl::Duration left = ToTime(promises.resolution_due()) - stopped;
    return now + std::max(left, absl::ZeroDuration());
  }
  if (!effects.has_resolution()) return std::nullopt;
  return now + ToSpan(effects.resolution());
}

// Whether RESOLVE runs by the clocks table. A promise by a route's own budget goes on by that.
bool IsOnClock(const Facts& facts, const v1::Ticket& before, const v1::Ticket& subject) {
  if (FindClock(before, v1::CLOCK_KIND_RESOLVE) != nullptr) return true;
  return !before.promises().has_resolution_due() &&
         FindClockRule(facts, v1::CLOCK_KIND_RESOLVE, subject) != nullptr;
}

}  // namespace

std::string IssueKey(const v1::Issue& issue) {
  if (!issue.key().empty() || !issue.has_alert()) return issue.key();
  std::vector<const v1::Attribute*> labels;
  for (const v1::Attribute& label : issue.alert().labels()) labels.push_back(&label);
  std::sort(labels.begin(), labels.end(),
            [](const v1::Attribute* left, const v1::Attribute* right) {
              return left->name() < right->name();
            });
  std::string key = absl::StrCat("alert:", issue.alert().source(), "/", issue.alert().name());
  for (const v1::Attribute* label : labels)
    absl::StrAppend(&key, ",", label->name(), "=", label->value());
  if (key.size() <= kIdCharsMax) return key;
  return absl::StrCat("alert:", absl::BytesToHexString(base::Sha256(key)));
}

const std::string& CatchAllDepartment(const Playbook& playbook) {
  return playbook.rules().route().back().effects.department();
}

v1::Decision RouteIssue(const Facts& facts, const v1::Issue& issue, absl::Time now) {
  CHECK(facts.playbook != nullptr);
  v1::TicketFacts ticket = NewTicketFacts(issue, facts.customer);
  *ticket.mutable_decide_time() = ToTimestamp(now);
  return Route(facts.playbook->rules(), {issue, std::move(ticket), facts.customer});
}

void Reopen(const Facts& facts, Draft& draft, v1::ReopenCause cause, const std::string& note,
            const std::string& personal_hash) {
  CHECK(facts.playbook != nullptr && facts.issue.has_value());
  const v1::Ticket before = draft.ticket();
  v1::Event reopened = draft.NewEvent();
  reopened.mutable_ticket_reopened()->set_cause(cause);
  reopened.mutable_ticket_reopened()->set_note(note);
  reopened.mutable_ticket_reopened()->set_personal_hash(personal_hash);
  draft.Record(std::move(reopened));

  v1::Event event = draft.NewEvent();
  v1::TicketRouted& routed = *event.mutable_ticket_routed();
  *routed.mutable_decision() =
      Route(facts.playbook->rules(),
            {*facts.issue, FactsOf(draft.ticket(), cause, draft.envelope().time),
             facts.issue_customer});
  const v1::Effects& effects = routed.decision().effects();
  const bool raise = cause == v1::REOPEN_CAUSE_NOT_FIXED && before.cycle() >= 1;
  const v1::Level floor = raise ? NextLevel(before.level()) : before.level();
  routed.set_level(std::max({effects.level(), floor, v1::LEVEL_RELAY}));
  const bool stays = effects.record_only() || effects.level() < before.level();
  routed.set_department(stays ? before.department() : effects.department());
  if (routed.department().empty()) routed.set_department(CatchAllDepartment(*facts.playbook));

  const absl::Time now = draft.envelope().time;
  v1::Ticket subject = SubjectOf(*facts.issue, effects);
  subject.set_level(routed.level());
  subject.set_department(routed.department());
  if (effects.has_first_answer() &&
      FindClockRule(facts, v1::CLOCK_KIND_FIRST, subject) == nullptr)
    *routed.mutable_first_answer_due() = ToTimestamp(now + ToSpan(effects.first_answer()));
  if (IsOnClock(facts, before, subject)) {
    if (before.promises().resolution_state() == v1::PROMISE_STATE_MISSED)
      *routed.mutable_reminder_time() = ToTimestamp(now + kReminderFirst);
  } else if (const auto due = ResumedResolutionDue(before, effects, now)) {
    *routed.mutable_resolution_due() = ToTimestamp(*due);
  } else {
    *routed.mutable_reminder_time() = ToTimestamp(now + kReminderFirst);
  }
  draft.Record(std::move(event));
}

}  // namespace redress::engine
