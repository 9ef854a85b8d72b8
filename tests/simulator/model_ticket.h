// What happens to one ticket of the model: time passing, and each thing that may be done to it.
#pragma once

#include <cstdint>
#include <string>

#include "redress/v1/intake_service.pb.h"
#include "tests/simulator/model.h"

namespace redress::simulator {

// Where a playbook sends an issue.
struct Routing {
  const RouteRow* row = nullptr;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
};
// `open_tickets`: of the customer. `told`: the severity so far.
Routing Route(const PlaybookPlan& playbook, const v1::Issue& issue, v1::Severity told,
              uint32_t cycle, int open_tickets);

int64_t Micros(const google::protobuf::Timestamp& time);
int64_t Micros(const google::protobuf::Duration& span);

// Held, answered or resolved it.
void AddHandler(ModelTicket& ticket, const std::string& actor);

// One more event of the ticket.
void Record(ModelTicket& ticket, int64_t time);

// Everything that is due before `now` happens, each at its instant. `playbook`: null when there is
// none.
void CatchUp(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t now);
// The promises of an unfinished history that were broken before `time`.
void BreakPromises(ModelTicket& ticket, int64_t time);

ModelTicket Open(uint64_t id, const v1::Issue& issue, const Routing& routing, int64_t time);
void StartFirstAnswer(ModelTicket& ticket, int64_t due);
void StartResolution(ModelTicket& ticket, int64_t due);
void Leave(ModelTicket& ticket);
void Answer(ModelTicket& ticket, int64_t time);
void Pause(ModelTicket& ticket, v1::PauseReason reason, int64_t time);
// `reminds`: not in an imported history.
void Resume(ModelTicket& ticket, int64_t time, bool reminds);
void Resolve(ModelTicket& ticket, int64_t time);
void Close(ModelTicket& ticket, v1::CloseCause cause, int64_t time);
// The new cycle, before it is routed.
void Reopen(ModelTicket& ticket, v1::ReopenCause cause, int64_t time);
// Then routing it again. `before`: before it was reopened.
void RouteAgain(ModelTicket& ticket, const ModelTicket& before, const PlaybookPlan& playbook,
                const Routing& routing, v1::ReopenCause cause, int64_t time);

// model_clock.cc
// The row for such a clock that fits a ticket of that level; null: none.
const ClockPlan* FindClock(const PlaybookPlan* playbook, bool is_first, v1::Level level);
// A new cycle's clocks; RESOLVE goes on where it stood.
void StartClocks(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t time);
// The parts of pausing and resuming that are about clocks.
void PauseClocks(ModelTicket& ticket, v1::PauseReason reason);
void ResumeClocks(ModelTicket& ticket, int64_t pause_start, int64_t time);

// model_chain.cc
// The first instant by which `span` has passed since `start`, not counting what is outside of the
// shift (where it counts) and in pauses.
int64_t After(int64_t start, int64_t span, bool is_on_shift,
              const std::vector<std::pair<int64_t, int64_t>>& pauses);
int64_t Counted(int64_t from, int64_t to, bool is_on_shift);
// Makes the deadline agree with the chain.
void FollowChain(ModelTicket& ticket);
// Starts the chain that fits, if nobody has acted where the ticket now is.
void Arrive(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t time);
// Before the event that stops it. Nothing happens to a ticket that climbs none.
void StopChain(ModelTicket& ticket, int64_t time);
// To a queue, and what the move does to chain and offer.
void MoveTo(ModelTicket& ticket, const PlaybookPlan* playbook, v1::Level level,
            const std::string& department, int64_t time);
// When a pause that began at `pause_start` has ended.
void ResumeChain(ModelTicket& ticket, int64_t pause_start, int64_t time);
// The next step fires or is skipped.
void FireStep(ModelTicket& ticket, const PlaybookPlan* playbook, int64_t due);

}  // namespace redress::simulator
