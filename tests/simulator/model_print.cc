#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/simulator/model_sample.h"
#include "tests/simulator/model_ticket.h"

namespace redress::simulator {

std::optional<std::pair<v1::DeadlineKind, int64_t>> ShownTicket::NextDeadline() const {
  std::optional<std::pair<v1::DeadlineKind, int64_t>> next;
  for (const auto& [kind, time] : deadlines) {
    if (kind == v1::DEADLINE_KIND_SETTLE) return std::make_pair(kind, time);
    if (!next || time < next->second) next = {kind, time};
  }
  return next;
}

std::optional<int64_t> ShownTicket::NextKeyed() const {
  const auto next = NextDeadline();
  if (!next) return std::nullopt;
  return std::max(next->second, update_time);
}

int64_t ShownTicket::Rank() const {
  int64_t rank = 0;
  for (const ModelPromise* promise : {&first_answer, &resolution}) {
    const bool counts = promise->due != 0 && (promise->is_running() ||
                                              promise->state == v1::PROMISE_STATE_MISSED);
    if (counts) rank = rank == 0 ? promise->due : std::min(rank, promise->due);
  }
  return rank != 0 ? rank : cycle_time + 7 * kDay;
}

std::string Print(const ShownTicket& ticket) {
  std::string text = absl::StrCat(
      ticket.id, " v", ticket.version, " ", v1::TicketState_Name(ticket.state), " level ",
      ticket.level, " of ", ticket.department, " severity ", ticket.severity, " key '", ticket.key,
      "' customer '", ticket.customer, "' external '", ticket.external_id, "'",
      ticket.is_imported ? " imported" : "", " holder '", ticket.holder, "' token ", ticket.token);
  absl::StrAppend(&text, " leases ", ticket.leases, " deadlines");
  for (const auto& [kind, time] : ticket.deadlines) absl::StrAppend(&text, " ", kind, "@", time);
  const auto next = ticket.NextDeadline();
  absl::StrAppend(&text, " next ", next ? next->second : 0, " rank ",
                  ticket.is_waiting() ? ticket.Rank() : 0, " first ", ticket.first_answer.state,
                  "@", ticket.first_answer.due, " resolution ", ticket.resolution.state, "@",
                  ticket.resolution.due, " confirm ", ticket.confirmation, " window ",
                  ticket.reopen_window, " pause ", ticket.pause_reason, "@", ticket.pause_start);
  absl::StrAppend(&text, " cause ", ticket.close_cause, " created ", ticket.create_time, " cycle ",
                  ticket.cycle, "@", ticket.cycle_time, " answered ", ticket.answer_time,
                  " resolved ", ticket.resolve_time, " closed ", ticket.close_time, " updated ",
                  ticket.update_time, " paused ", ticket.paused_seconds);
  absl::StrAppend(&text, " issues ", ticket.issues, " reopens ", ticket.reopens, " transfers ",
                  ticket.transfers, " returns ", ticket.returns, " levels ", ticket.level_changes,
                  " reminders ", ticket.reminders, " follows ", ticket.follows);
  absl::StrAppend(&text, " chain '", ticket.chain_rule, "'#", ticket.chain_generation, " next ",
                  ticket.chain_next, " ", ticket.chain_state, " offer ", ticket.offer.level, " '",
                  ticket.offer.department, "' by '", ticket.offer.actor, "'");
  if (!ticket.mystery.empty()) absl::StrAppend(&text, " mystery of '", ticket.mystery, "'");
  for (const ShownTicket::Inspection& one : ticket.inspections)
    absl::StrAppend(&text, " inspected for ", one.sample, " by '", one.inspector, "' of ",
                    one.department, "@", one.time, " ", one.state, " [", one.results,
                    "] disputed by '", one.disputer, "' decided by '", one.decider, "' [",
                    one.verdict, "]");
  return text;
}

namespace {

ShownTicket::Inspection ShownOf(const v1::Inspection& inspection) {
  return {.sample = inspection.sample(),
          .inspector = inspection.inspector(),
          .department = inspection.department(),
          .time = Micros(inspection.time()),
          .state = inspection.state(),
          .results = PrintResults(inspection.results()),
          .disputer = inspection.dispute().actor(),
          .decider = inspection.verdict().actor(),
          .verdict = PrintResults(inspection.verdict().results())};
}

}  // namespace

ShownTicket ShownOf(const v1::Ticket& ticket) {
  ShownTicket same;
  same.id = ticket.id();
  same.version = ticket.version();
  same.state = ticket.state();
  same.level = ticket.level();
  same.severity = ticket.severity();
  same.department = ticket.department();
  same.customer = ticket.customer_id();
  same.key = ticket.key();
  same.external_id = ticket.external_id();
  same.is_imported = ticket.provenance() == v1::PROVENANCE_IMPORTED;
  same.holder = ticket.hold().handler();
  same.token = ticket.hold().lease_token();
  same.leases = ticket.lease_count();
  for (const v1::Deadline& deadline : ticket.deadlines())
    same.deadlines[deadline.kind()] = Micros(deadline.time());
  const v1::Promises& promises = ticket.promises();
  same.first_answer = {promises.first_answer_state(), Micros(promises.first_answer_due())};
  same.resolution = {promises.resolution_state(), Micros(promises.resolution_due())};
  same.confirmation = promises.confirmation().seconds() * kSecond;
  same.reopen_window = promises.reopen_window().seconds() * kSecond;
  same.pause_reason = ticket.pause().reason();
  same.pause_start = Micros(ticket.pause().start_time());
  same.close_cause = ticket.close_cause();
  same.create_time = Micros(ticket.create_time());
  same.cycle_time = Micros(ticket.cycle_time());
  same.answer_time = Micros(ticket.first_answer_time());
  same.resolve_time = Micros(ticket.resolve_time());
  same.close_time = Micros(ticket.close_time());
  same.update_time = Micros(ticket.update_time());
  same.paused_seconds = ticket.paused_seconds();
  same.issues = ticket.issue_count();
  same.cycle = ticket.cycle();
  same.reopens = ticket.reopens();
  same.transfers = ticket.transfers();
  same.returns = ticket.returns();
  same.level_changes = ticket.level_changes();
  same.reminders = ticket.reminders();
  same.follows = ticket.follows_id();
  same.chain_rule = ticket.chain().rule();
  same.chain_generation = ticket.chain().generation();
  same.chain_next = ticket.chain().next_step();
  same.chain_state = ticket.chain().state();
  same.offer = {ticket.offer().to_level(), ticket.offer().to_department(), ticket.offer().actor()};
  same.mystery = ticket.mystery().submitter();
  for (const v1::Inspection& inspection : ticket.inspections())
    same.inspections.push_back(ShownOf(inspection));
  return same;
}

std::string FindContradiction(const v1::Ticket& ticket, const ShownTicket& shown) {
  if (Micros(ticket.next_deadline_time()) != shown.NextKeyed().value_or(0))
    return absl::StrCat("WRONG next deadline ", Micros(ticket.next_deadline_time()));
  if (Micros(ticket.rank_time()) != (shown.is_waiting() ? shown.Rank() : 0))
    return absl::StrCat("WRONG rank ", Micros(ticket.rank_time()));
  return "";
}

}  // namespace redress::simulator
