// Who directs in which month, and what the turn of the month does to an initiative.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/playbook/playbook.h"
#include "engine/ticket/draft.h"

namespace redress::engine {

struct DirectedMonth {
  // Such as "2026-11".
  std::string month;
  // The first instant of the next month, in the zone of the directors' calendar.
  absl::Time end;
  // The actor id; empty: nobody directs.
  std::string director;
};

// The month that `time` is in. REQUIRES: years 1970 to 2099.
DirectedMonth MonthAt(const Playbook& playbook, absl::Time time);

// Whether the fact makes the ticket an initiative that needs an owner: it came to INITIATIVE, and
// the live playbook says who directs.
bool NeedsDirector(const Facts& facts, const v1::Ticket& after, const v1::Event& event);

// Who owns the change from `time` on. One director gives an initiative to the next only with a
// hand-over that is written down.
v1::DirectorChanged ChangeDirector(const Facts& facts, const v1::Ticket& ticket, absl::Time time);

}  // namespace redress::engine
