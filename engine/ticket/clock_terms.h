// Which row of the playbook's clocks table a clock of a ticket runs by, and on which calendar.
#pragma once

#include "engine/playbook/playbook.h"
#include "engine/ticket/decision.h"
#include "engine/time/calendar.h"

namespace redress::engine {

// The first row of the live playbook for this kind of clock that fits the ticket; null: none.
const v1::ClockRule* FindClockRule(const Facts& facts, v1::ClockKind kind,
                                   const v1::Ticket& ticket);

// The first row of the live playbook's chains table that fits the ticket; null: none.
const v1::ChainRule* FindChainRule(const Facts& facts, const v1::Ticket& ticket);

// What an issue that is about to become a ticket has for rows to fit.
v1::Ticket SubjectOf(const v1::Issue& issue, const v1::Effects& effects);

// What a clock of `department` would run by. REQUIRES: the rule is of the live playbook.
v1::ClockTerms TermsOf(const Facts& facts, const v1::ClockRule& rule,
                       const std::string& department);

// The calendar that a clock runs on, as it was when its terms were fixed.
const Calendar& CalendarOf(const Facts& facts, const v1::ClockTerms& terms);

// Whether the live playbook has the calendar as it was then, so that no older one is needed.
bool HasCalendar(const Playbook* playbook, const v1::ClockTerms& terms);

}  // namespace redress::engine
