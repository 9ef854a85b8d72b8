#include "engine/ticket/deadline.h"

#include <algorithm>

#include "engine/ticket/limits.h"
#include "engine/time/instant.h"

namespace redress::engine {

void SetDeadline(v1::Ticket& ticket, v1::DeadlineKind kind,
                 const google::protobuf::Timestamp& time) {
  auto& deadlines = *ticket.mutable_deadlines();
  int at = 0;
  while (at < deadlines.size() && deadlines[at].kind() < kind) ++at;
  if (at == deadlines.size() || deadlines[at].kind() != kind) {
    deadlines.Add()->set_kind(kind);
    for (int i = deadlines.size() - 1; i > at; --i) deadlines.SwapElements(i, i - 1);
  }
  *deadlines[at].mutable_time() = time;
}

void ClearDeadline(v1::Ticket& ticket, v1::DeadlineKind kind) {
  auto& deadlines = *ticket.mutable_deadlines();
  for (int i = 0; i < deadlines.size(); ++i) {
    if (deadlines[i].kind() == kind) {
      deadlines.DeleteSubrange(i, 1);
      return;
    }
  }
}

const v1::Deadline* FindDeadline(const v1::Ticket& ticket, v1::DeadlineKind kind) {
  for (const v1::Deadline& deadline : ticket.deadlines())
    if (deadline.kind() == kind) return &deadline;
  return nullptr;
}

const v1::Deadline* NextDeadline(const v1::Ticket& ticket) {
  if (const v1::Deadline* settle = FindDeadline(ticket, v1::DEADLINE_KIND_SETTLE)) return settle;
  const v1::Deadline* next = nullptr;
  for (const v1::Deadline& deadline : ticket.deadlines())
    if (next == nullptr || ToTime(deadline.time()) < ToTime(next->time())) next = &deadline;
  return next;
}

absl::Time RankTime(const v1::Ticket& ticket) {
  const auto counts = [](v1::PromiseState state) {
    return state == v1::PROMISE_STATE_RUNNING || state == v1::PROMISE_STATE_MISSED;
  };
  absl::Time rank = ToTime(ticket.cycle_time()) + kRankUnpromised;
  bool promised = false;
  const v1::Promises& promises = ticket.promises();
  if (promises.has_first_answer_due() && counts(promises.first_answer_state())) {
    rank = ToTime(promises.first_answer_due());
    promised = true;
  }
  if (promises.has_resolution_due() && counts(promises.resolution_state())) {
    const absl::Time due = ToTime(promises.resolution_due());
    rank = promised ? std::min(rank, due) : due;
  }
  return rank;
}

absl::Duration ReminderAfter(uint32_t reminders) {
  absl::Duration after = kReminderFirst;
  for (uint32_t i = 0; i < reminders && after < kReminderLongest; ++i) after *= 2;
  return std::min(after, kReminderLongest);
}

}  // namespace redress::engine
