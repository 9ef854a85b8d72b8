// The second phase: no more faults, and everything must come to an end.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulator/simulation.h"

namespace redress::simulator {
namespace {

// Longer than any lease, pause, promise, confirmation or history may last.
constexpr int64_t kLongSilence = 100 * kDay;
constexpr int kDrainTicksMax = 200;

}  // namespace

void Simulation::Drain() {
  for (int i = 0; i < kDrainTicksMax && !has_failed(); ++i) {
    Tick();
    if (pending_.empty()) return;
    RunBatch(storage::CommitFault::kNone, 0);
  }
  Fail("deadlines fire without end");
}

void Simulation::WaitFor(int64_t span) {
  const int64_t until = clock_.now + span;
  while (clock_.now < until && !has_failed()) {
    const std::vector<Model::Due> due = model_.DueBefore(until);
    // Deadlines that lie close together are taken at once, which fires some of them late.
    const int64_t next = due.empty() ? until : due.front().time + 1;
    clock_.now = std::min(std::max(clock_.now + kHour, next), until);
    Drain();
  }
}

void Simulation::QuietPhase() {
  Note("-- the faults stop");
  Crash();
  WaitFor(kLongSilence);
  for (const auto& [name, tenant] : model_.tenants()) {
    for (const auto& [id, ticket] : tenant.tickets) {
      const bool ends = ticket.state == v1::TICKET_STATE_CLOSED;
      const bool waits = ticket.state == v1::TICKET_STATE_QUEUED ||
                         ticket.state == v1::TICKET_STATE_ACCEPTED;
      if (ends || (waits && ticket.reminders > 0)) continue;
      return Fail(absl::StrCat(name, " forgot a ticket: ", Print(ticket)));
    }
  }
  if (!has_failed()) WorkEverythingOff();
}

void Simulation::Work(const std::string& tenant, v1::Command command) {
  SetRequestId(command, workload_.NewRequestId());
  Send({tenant, Chief(), std::move(command), {}});
  RunBatch(storage::CommitFault::kNone, 0);
}

void Simulation::WorkEverythingOff() {
  for (const std::string& name : tenants_) {
    const std::map<uint64_t, ModelTicket> tickets = model_.tenant(name).tickets;
    for (const auto& [id, ticket] : tickets) {
      if (ticket.state == v1::TICKET_STATE_CLOSED || has_failed()) continue;
      v1::Command command;
      if (ticket.state == v1::TICKET_STATE_QUEUED && model_.tenant(name).playbook_version != 0) {
        command.mutable_pull_tickets()->set_department(ticket.department);
        command.mutable_pull_tickets()->set_max_tickets(100);
      } else {
        auto& close = *command.mutable_close_ticket();
        close.set_ticket(absl::StrCat(id));
        close.set_cause(v1::CLOSE_CAUSE_WITHDRAWN);
        close.set_note("nobody waits for it");
      }
      Work(name, std::move(command));
    }
    const std::map<uint64_t, ModelTicket> pulled = model_.tenant(name).tickets;
    for (const auto& [id, ticket] : pulled) {
      if (ticket.state != v1::TICKET_STATE_LEASED || has_failed()) continue;
      v1::Command command;
      auto& resolve = *command.mutable_resolve_ticket();
      resolve.set_ticket(absl::StrCat(id));
      resolve.set_lease_token(ticket.token);
      resolve.mutable_resolution()->set_outcome(v1::OUTCOME_FIXED);
      resolve.mutable_resolution()->set_answer("It is repaired.");
      resolve.mutable_resolution()->set_root_cause("wear");
      resolve.mutable_resolution()->set_prevention("inspection");
      Work(name, std::move(command));
    }
  }
  WaitFor(20 * kDay);
  for (const auto& [name, tenant] : model_.tenants())
    for (const auto& [id, ticket] : tenant.tickets)
      if (ticket.state != v1::TICKET_STATE_CLOSED && !has_failed())
        Fail(absl::StrCat(name, " did not close ", Print(ticket)));
}

}  // namespace redress::simulator
