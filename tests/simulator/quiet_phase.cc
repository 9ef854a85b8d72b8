// The second phase: no more faults, and everything must come to an end.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulator/workload.h"
#include "tests/simulator/world.h"

namespace redress::simulator {
namespace {

// Longer than any lease, pause, promise, confirmation or history of the workload may last, one
// after the other.
constexpr int64_t kLongSilence = 45 * kDay;
// Deadlines that lie closer together are taken at once, which fires some of them late.
constexpr int64_t kLookEvery = 24 * kHour;
constexpr int kDrainTicksMax = 200;

bool IsOpen(const ModelTicket& ticket) { return ticket.state != v1::TICKET_STATE_CLOSED; }

v1::Command PullAllOf(const std::string& department) {
  v1::Command command;
  command.mutable_pull_tickets()->set_department(department);
  command.mutable_pull_tickets()->set_max_tickets(100);
  return command;
}

v1::Command CloseOf(uint64_t ticket_id) {
  v1::Command command;
  command.mutable_close_ticket()->set_ticket(absl::StrCat(ticket_id));
  command.mutable_close_ticket()->set_cause(v1::CLOSE_CAUSE_WITHDRAWN);
  command.mutable_close_ticket()->set_note("nobody waits for it");
  return command;
}

v1::Command ResolveOf(const ModelTicket& ticket) {
  v1::Command command;
  v1::ResolveTicketRequest& resolve = *command.mutable_resolve_ticket();
  resolve.set_ticket(absl::StrCat(ticket.id));
  resolve.set_lease_token(ticket.token);
  resolve.mutable_resolution()->set_outcome(v1::OUTCOME_FIXED);
  resolve.mutable_resolution()->set_answer("It is repaired.");
  resolve.mutable_resolution()->set_root_cause("wear");
  resolve.mutable_resolution()->set_prevention("inspection");
  return command;
}

}  // namespace

void World::Drain() {
  for (int i = 0; i < kDrainTicksMax && !has_failed(); ++i) {
    Tick();
    if (pending_.empty() && !measures_->is_busy()) return;
    const bool counts_history = measures_->is_busy();
    RunBatch({});
    if (model_.DueBefore(clock_.now).empty() && !counts_history) return;
  }
  Fail(kQuietChecker, "deadlines fire without end");
}

void World::WaitFor(int64_t span) {
  const int64_t until = clock_.now + span;
  while (clock_.now < until && !has_failed()) {
    const int64_t next = model_.NextDue(INT64_MIN).value_or(until) + 1;
    clock_.now = std::min(std::max(clock_.now + kLookEvery, next), until);
    Drain();
  }
}

void World::Quiet() {
  Crash();
  WaitFor(kLongSilence);
  for (const auto& [name, tenant] : model_.tenants()) {
    for (const auto& [id, ticket] : tenant.tickets) {
      const bool waits = ticket.state == v1::TICKET_STATE_QUEUED ||
                         ticket.state == v1::TICKET_STATE_ACCEPTED;
      if (!IsOpen(ticket) || (waits && ticket.reminders > 0)) continue;
      return Fail(kQuietChecker, absl::StrCat(name, " forgot a ticket: ", Print(ticket)));
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, tenant] : model_.tenants()) names.push_back(name);
  for (const std::string& name : names) WorkEverythingOff(name);
  WaitFor(20 * kDay);
  for (const auto& [name, tenant] : model_.tenants())
    for (const auto& [id, ticket] : tenant.tickets)
      if (IsOpen(ticket))
        Fail(kQuietChecker, absl::StrCat(name, " did not close ", Print(ticket)));
}

void World::Work(const std::string& tenant, v1::Command command) {
  auto sending = std::make_shared<Sending>();
  sending->tenant = tenant;
  sending->actor = Chief();
  sending->command = std::move(command);
  SetRequestId(sending->command, absl::StrCat("quiet-", ++quiet_requests_));
  Send(std::move(sending));
}

// Pulls what waits, department by department, resolves it, and closes the rest.
void World::WorkEverythingOff(const std::string& tenant) {
  const ModelTenant& known = model_.tenant(tenant);
  while (known.playbook_version != 0 && !has_failed()) {
    std::string department;
    for (const auto& [id, ticket] : known.tickets)
      if (ticket.is_waiting()) department = ticket.department;
    if (department.empty()) break;
    Work(tenant, PullAllOf(department));
    RunBatch({});
    std::vector<v1::Command> commands;
    for (const auto& [id, ticket] : known.tickets)
      if (ticket.state == v1::TICKET_STATE_LEASED) commands.push_back(ResolveOf(ticket));
    for (v1::Command& command : commands) Work(tenant, std::move(command));
    RunBatch({});
  }
  std::vector<uint64_t> rest;
  for (const auto& [id, ticket] : known.tickets)
    if (IsOpen(ticket) && ticket.state != v1::TICKET_STATE_RESOLVED) rest.push_back(id);
  for (const uint64_t id : rest) Work(tenant, CloseOf(id));
  RunBatch({});
}

}  // namespace redress::simulator
