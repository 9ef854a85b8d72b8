#include "engine/ticket/chain_fire.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/rules/chain_guard.h"
#include "engine/ticket/chain.h"
#include "engine/ticket/chain_step.h"
#include "engine/ticket/director.h"
#include "engine/time/instant.h"

namespace redress::engine {
namespace {

bool Tells(v1::ChainAction action) {
  return action == v1::CHAIN_ACTION_NOTIFY || action == v1::CHAIN_ACTION_ASK_APPROVAL;
}

struct Person {
  std::string actor;  // empty: there is no such person
  v1::RecipientKind kind = v1::RECIPIENT_KIND_UNSPECIFIED;
};

class Finder {
 public:
  Finder(const Facts& facts, const v1::Ticket& ticket, absl::Time time)
      : facts_(facts), ticket_(ticket), time_(time) {}

  // The recipient, or who is told instead, or at last the head of the accountable department.
  Person Find(const v1::ChainStep& step) const {
    for (const v1::RecipientKind kind :
         {step.to().kind(), step.otherwise().kind(), v1::RECIPIENT_KIND_HEAD}) {
      const std::string& role =
          kind == step.to().kind() ? step.to().role() : step.otherwise().role();
      Person person{ActorOf(kind, role), kind};
      if (!person.actor.empty()) return person;
    }
    return {};
  }

 private:
  std::string ActorOf(v1::RecipientKind kind, const std::string& role) const {
    if (kind == v1::RECIPIENT_KIND_HOLDER) return ticket_.hold().handler();
    if (facts_.playbook == nullptr) return "";
    if (kind == v1::RECIPIENT_KIND_HEAD) {
      const v1::Department* department = facts_.playbook->FindDepartment(ticket_.department());
      return department == nullptr ? "" : department->head();
    }
    if (kind == v1::RECIPIENT_KIND_DIRECTOR) return MonthAt(*facts_.playbook, time_).director;
    for (const v1::RoleHolder& holder : facts_.playbook->message().roles())
      if (kind == v1::RECIPIENT_KIND_ROLE && holder.id() == role) return holder.holder();
    return "";
  }

  const Facts& facts_;
  const v1::Ticket& ticket_;
  const absl::Time time_;
};

// Where a step would bring the ticket.
std::string TargetOf(const v1::Ticket& ticket, const v1::ChainStep& step) {
  return step.department().empty() ? ticket.department() : step.department();
}

// Why the action can do nothing; nothing: it can.
std::optional<v1::ChainSkip> FindHindrance(const Facts& facts, const v1::Ticket& ticket,
                                           const v1::ChainStep& step) {
  const bool raises = step.action() == v1::CHAIN_ACTION_RAISE_LEVEL;
  const bool reassigns = step.action() == v1::CHAIN_ACTION_REASSIGN;
  const bool grades = step.action() == v1::CHAIN_ACTION_SET_SEVERITY;
  if (raises && ticket.level() >= v1::LEVEL_INITIATIVE) return v1::CHAIN_SKIP_NOTHING_TO_DO;
  if (reassigns && step.department() == ticket.department()) return v1::CHAIN_SKIP_NOTHING_TO_DO;
  if (grades && step.severity() <= ticket.severity()) return v1::CHAIN_SKIP_NOTHING_TO_DO;
  const bool is_known = facts.playbook != nullptr &&
                        facts.playbook->FindDepartment(TargetOf(ticket, step)) != nullptr;
  if ((raises || reassigns) && !is_known) return v1::CHAIN_SKIP_DEPARTMENT_GONE;
  return std::nullopt;
}

void Skip(Draft& draft, const v1::ChainStep& step, absl::Time time, absl::Time due,
          v1::ChainSkip reason, const GuardJudgement& judgement) {
  v1::Event event = draft.NewTimerEvent(time);
  v1::ChainStepSkipped& skipped = *event.mutable_chain_step_skipped();
  *skipped.mutable_key() = NextStepKey(draft.ticket());
  skipped.set_action(step.action());
  *skipped.mutable_due() = ToTimestamp(due);
  skipped.set_reason(reason);
  skipped.set_guard(step.guard());
  *skipped.mutable_values() = {judgement.values.begin(), judgement.values.end()};
  skipped.set_error(judgement.error);
  draft.Record(std::move(event));
}

void RaiseLevel(Draft& draft, v1::Event event, const v1::ChainStep& step,
                const std::string& reason) {
  v1::LevelChanged& changed = *event.mutable_level_changed();
  const v1::Ticket& ticket = draft.ticket();
  changed.set_from_level(ticket.level());
  changed.set_to_level(static_cast<v1::Level>(ticket.level() + 1));
  changed.set_to_department(TargetOf(ticket, step));
  changed.set_reason(reason);
  draft.Record(std::move(event));
}

void Reassign(Draft& draft, v1::Event event, const v1::ChainStep& step,
              const std::string& reason) {
  v1::TicketTransferred& moved = *event.mutable_ticket_transferred();
  moved.set_from_department(draft.ticket().department());
  moved.set_to_department(step.department());
  moved.set_reason(v1::TRANSFER_REASON_CHAIN);
  moved.set_note(reason);
  moved.set_count(1);
  draft.Record(std::move(event));
}

// What the action does to the ticket beside telling somebody.
void Act(Draft& draft, const v1::ChainStep& step, const std::string& chain, absl::Time time) {
  v1::Event event = draft.NewTimerEvent(time);
  event.set_actor(absl::StrCat("chain:", chain));
  const std::string reason = absl::StrCat("Step ", step.id(), " of chain ", chain, ".");
  switch (step.action()) {
    case v1::CHAIN_ACTION_RAISE_LEVEL: return RaiseLevel(draft, std::move(event), step, reason);
    case v1::CHAIN_ACTION_REASSIGN: return Reassign(draft, std::move(event), step, reason);
    case v1::CHAIN_ACTION_SET_SEVERITY:
      event.mutable_severity_changed()->set_from_severity(draft.ticket().severity());
      event.mutable_severity_changed()->set_to_severity(step.severity());
      return draft.Record(std::move(event));
    default: return;
  }
}

}  // namespace

v1::ChainFacts ChainFactsOf(const v1::Ticket& ticket, absl::Time time) {
  v1::ChainFacts facts;
  facts.set_category(ticket.category());
  facts.set_severity(ticket.severity());
  facts.set_touchpoint(ticket.touchpoint());
  facts.set_level(ticket.level());
  facts.set_department(ticket.department());
  facts.set_segment(ticket.segment());
  facts.set_channel(ticket.channel());
  facts.set_value_tier(ticket.value_tier());
  facts.set_kind(ticket.kind());
  facts.set_cycle(static_cast<int32_t>(ticket.cycle()));
  facts.set_transfers(static_cast<int32_t>(ticket.transfers()));
  facts.set_bounces(static_cast<int32_t>(ticket.bounces()));
  facts.set_reopens(static_cast<int32_t>(ticket.reopens()));
  facts.set_issue_count(static_cast<int32_t>(ticket.issue_count()));
  facts.set_is_held(ticket.has_hold());
  facts.set_is_answered(ticket.has_first_answer_time());
  *facts.mutable_age() = ToProtoDuration(
      absl::Trunc(time - ToTime(ticket.create_time()), absl::Seconds(1)));
  return facts;
}

void FireChainStep(const Facts& facts, Draft& draft, absl::Time due) {
  const v1::Chain chain = draft.ticket().chain();
  const v1::ChainStep& step = chain.steps(static_cast<int>(chain.next_step()));
  const absl::Time time = std::max(due, ToTime(draft.ticket().update_time()));
  if (IsClockOver(draft.ticket(), step))
    return Skip(draft, step, time, due, v1::CHAIN_SKIP_CLOCK_OVER, {});
  const GuardJudgement judgement =
      JudgeGuard(step.guard(), ChainFactsOf(draft.ticket(), time));
  if (!judgement.holds) return Skip(draft, step, time, due, v1::CHAIN_SKIP_GUARD, judgement);
  if (const auto hindrance = FindHindrance(facts, draft.ticket(), step))
    return Skip(draft, step, time, due, *hindrance, judgement);

  v1::Event event = draft.NewTimerEvent(time);
  v1::ChainStepFired& fired = *event.mutable_chain_step_fired();
  *fired.mutable_key() = NextStepKey(draft.ticket());
  fired.set_action(step.action());
  *fired.mutable_due() = ToTimestamp(due);
  if (Tells(step.action())) {
    const Person person = Finder(facts, draft.ticket(), time).Find(step);
    fired.set_recipient(person.actor);
    fired.set_recipient_kind(person.kind);
  }
  fired.set_url(step.url());
  fired.set_guard(step.guard());
  *fired.mutable_values() = {judgement.values.begin(), judgement.values.end()};
  draft.Record(std::move(event));
  Act(draft, step, chain.rule(), time);
}

}  // namespace redress::engine
