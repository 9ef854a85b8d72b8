#include "engine/ticket/clock_terms.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::engine {
namespace {

bool IsCategoryUnder(const std::string& category, const std::string& root) {
  return category == root || absl::StartsWith(category, absl::StrCat(root, "."));
}

bool Fits(const v1::ClockMatch& match, const v1::Ticket& ticket) {
  if (!match.category().empty() && !IsCategoryUnder(ticket.category(), match.category()))
    return false;
  if (match.kind() != v1::ISSUE_KIND_UNSPECIFIED && match.kind() != ticket.kind()) return false;
  if (match.level() != v1::LEVEL_UNSPECIFIED && match.level() != ticket.level()) return false;
  if (!match.segment().empty() && match.segment() != ticket.segment()) return false;
  if (match.severity() != v1::SEVERITY_UNSPECIFIED && match.severity() != ticket.severity())
    return false;
  return match.department().empty() || match.department() == ticket.department();
}

}  // namespace

const v1::ClockRule* FindClockRule(const Facts& facts, v1::ClockKind kind,
                                   const v1::Ticket& ticket) {
  if (facts.playbook == nullptr) return nullptr;
  for (const v1::ClockRule& rule : facts.playbook->message().clocks())
    if (rule.clock() == kind && Fits(rule.match(), ticket)) return &rule;
  return nullptr;
}

const v1::ChainRule* FindChainRule(const Facts& facts, const v1::Ticket& ticket) {
  if (facts.playbook == nullptr) return nullptr;
  for (const v1::ChainRule& rule : facts.playbook->message().chains())
    if (Fits(rule.match(), ticket)) return &rule;
  return nullptr;
}

v1::Ticket SubjectOf(const v1::Issue& issue, const v1::Effects& effects) {
  v1::Ticket subject;
  subject.set_kind(issue.kind());
  subject.set_category(effects.category());
  subject.set_severity(effects.severity());
  subject.set_segment(effects.segment());
  subject.set_level(effects.level());
  subject.set_department(effects.department());
  return subject;
}

v1::ClockTerms TermsOf(const Facts& facts, const v1::ClockRule& rule,
                       const std::string& department) {
  v1::ClockTerms terms;
  terms.set_rule(rule.id());
  terms.set_playbook_hash(facts.playbook->hash());
  terms.set_calendar(rule.calendar());
  if (rule.by_department()) {
    const v1::Department* found = facts.playbook->FindDepartment(department);
    if (found != nullptr) terms.set_calendar(found->calendar());
  }
  if (!terms.calendar().empty())
    terms.set_calendar_hash(facts.playbook->CalendarHash(terms.calendar()));
  *terms.mutable_budget() = rule.budget();
  *terms.mutable_pauses() = rule.pauses();
  terms.set_auto_reply(rule.auto_reply());
  return terms;
}

bool HasCalendar(const Playbook* playbook, const v1::ClockTerms& terms) {
  if (terms.calendar().empty()) return true;
  return playbook != nullptr && playbook->FindCalendar(terms.calendar()) != nullptr &&
         playbook->CalendarHash(terms.calendar()) == terms.calendar_hash();
}

const Calendar& CalendarOf(const Facts& facts, const v1::ClockTerms& terms) {
  if (terms.calendar().empty()) return Calendar::Always();
  if (HasCalendar(facts.playbook, terms)) return *facts.playbook->FindCalendar(terms.calendar());
  for (const Playbook* older : facts.older_playbooks)
    if (HasCalendar(older, terms)) return *older->FindCalendar(terms.calendar());
  base::CheckFailed(__FILE__, __LINE__, "facts hold every calendar that a running clock is on");
}

}  // namespace redress::engine
