// The deadlines of a ticket, and what follows from them.
//
// A deadline is a field: setting it is registering the timer, since storage keys the ticket by
// next_deadline_time. At most one deadline of a kind, kept in the order of kinds.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

void SetDeadline(v1::Ticket& ticket, v1::DeadlineKind kind,
                 const google::protobuf::Timestamp& time);
void ClearDeadline(v1::Ticket& ticket, v1::DeadlineKind kind);
const v1::Deadline* FindDeadline(const v1::Ticket& ticket, v1::DeadlineKind kind);

// The earliest deadline that can fire, the lower kind first among equals. While an imported history
// is unfinished only SETTLE can fire.
const v1::Deadline* NextDeadline(const v1::Ticket& ticket);

// What the ticket's place in the queue goes by: the earliest promise that is not met, or else
// kRankUnpromised after the cycle began.
absl::Time RankTime(const v1::Ticket& ticket);

// How long after `reminders` reminders the next one comes.
absl::Duration ReminderAfter(uint32_t reminders);

}  // namespace redress::engine
