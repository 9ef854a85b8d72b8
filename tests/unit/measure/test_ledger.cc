#include "tests/unit/measure/test_ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/measure/day.h"

namespace redress::engine::test {

namespace {

google::protobuf::Timestamp Time(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

void SetPlace(const Place& place, v1::Ticket& ticket) {
  ticket.set_department(place.department);
  ticket.set_level(place.level);
  ticket.set_category(place.category);
  ticket.set_channel(place.channel);
  ticket.set_segment(place.segment);
}

}  // namespace

int64_t At(absl::string_view day, int hour) {
  return int64_t{ParseDay(day).value()} * kSecondsPerDay + hour * 3600;
}

size_t TestLedger::Open(int64_t time, const Place& place, int64_t first_answer_due,
                        int64_t resolution_due) {
  v1::Ticket ticket;
  ticket.set_id(tickets_.size() + 1);
  ticket.set_state(v1::TICKET_STATE_QUEUED);
  SetPlace(place, ticket);
  *ticket.mutable_create_time() = Time(time);
  *ticket.mutable_cycle_time() = Time(time);
  *ticket.mutable_update_time() = Time(time);
  v1::Promises& promises = *ticket.mutable_promises();
  if (first_answer_due != 0) {
    *promises.mutable_first_answer_due() = Time(first_answer_due);
    promises.set_first_answer_state(v1::PROMISE_STATE_RUNNING);
  }
  if (resolution_due != 0) {
    *promises.mutable_resolution_due() = Time(resolution_due);
    promises.set_resolution_state(v1::PROMISE_STATE_RUNNING);
  }
  tickets_.push_back(ticket);
  Step step;
  step.event.set_ticket_id(ticket.id());
  *step.event.mutable_time() = Time(time);
  step.event.mutable_ticket_opened();
  step.after = ticket;
  steps_.push_back(step);
  return tickets_.size() - 1;
}

Step& TestLedger::Begin(size_t ticket, int64_t time) {
  Step step;
  step.before = tickets_[ticket];
  step.event.set_ticket_id(tickets_[ticket].id());
  *step.event.mutable_time() = Time(time);
  steps_.push_back(std::move(step));
  return steps_.back();
}

const Step& TestLedger::End(size_t ticket) {
  *tickets_[ticket].mutable_update_time() = steps_.back().event.time();
  steps_.back().after = tickets_[ticket];
  return steps_.back();
}

const Step& TestLedger::Note(size_t ticket, int64_t time) {
  Begin(ticket, time).event.mutable_note_added();
  return End(ticket);
}

const Step& TestLedger::Answer(size_t ticket, int64_t time, bool met) {
  v1::TicketAnswered& answered = *Begin(ticket, time).event.mutable_ticket_answered();
  answered.set_substantive(true);
  answered.set_first_answer_met(met);
  v1::Promises& promises = *tickets_[ticket].mutable_promises();
  if (met) promises.set_first_answer_state(v1::PROMISE_STATE_MET);
  return End(ticket);
}

const Step& TestLedger::Transfer(size_t ticket, int64_t time, absl::string_view department,
                                 int count) {
  v1::TicketTransferred& transferred = *Begin(ticket, time).event.mutable_ticket_transferred();
  transferred.set_to_department(std::string(department));
  transferred.set_count(count);
  tickets_[ticket].set_department(std::string(department));
  tickets_[ticket].set_transfers(tickets_[ticket].transfers() + count);
  return End(ticket);
}

const Step& TestLedger::ChangeLevel(size_t ticket, int64_t time, v1::Level level) {
  Begin(ticket, time).event.mutable_level_changed()->set_to_level(level);
  tickets_[ticket].set_level(level);
  return End(ticket);
}

const Step& TestLedger::Route(size_t ticket, int64_t time, const Place& place) {
  Begin(ticket, time).event.mutable_ticket_routed();
  SetPlace(place, tickets_[ticket]);
  return End(ticket);
}

const Step& TestLedger::Resolve(size_t ticket, int64_t time) {
  Begin(ticket, time).event.mutable_ticket_resolved();
  v1::Ticket& after = tickets_[ticket];
  after.set_state(v1::TICKET_STATE_RESOLVED);
  after.mutable_resolution()->set_outcome(v1::OUTCOME_FIXED);
  *after.mutable_resolve_time() = Time(time);
  v1::Promises& promises = *after.mutable_promises();
  if (promises.first_answer_state() == v1::PROMISE_STATE_RUNNING &&
      time <= promises.first_answer_due().seconds()) {
    promises.set_first_answer_state(v1::PROMISE_STATE_MET);
  }
  if (promises.resolution_state() == v1::PROMISE_STATE_RUNNING &&
      time <= promises.resolution_due().seconds()) {
    promises.set_resolution_state(v1::PROMISE_STATE_MET);
  }
  return End(ticket);
}

const Step& TestLedger::Close(size_t ticket, int64_t time) {
  Begin(ticket, time).event.mutable_ticket_closed();
  tickets_[ticket].set_state(v1::TICKET_STATE_CLOSED);
  *tickets_[ticket].mutable_close_time() = Time(time);
  return End(ticket);
}

const Step& TestLedger::Reopen(size_t ticket, int64_t time, v1::ReopenCause cause) {
  Begin(ticket, time).event.mutable_ticket_reopened()->set_cause(cause);
  v1::Ticket& after = tickets_[ticket];
  after.set_state(v1::TICKET_STATE_QUEUED);
  after.clear_resolution();
  after.clear_close_time();
  *after.mutable_cycle_time() = Time(time);
  after.set_cycle(after.cycle() + 1);
  if (cause != v1::REOPEN_CAUSE_FLAP) after.set_reopens(after.reopens() + 1);
  v1::Promises& promises = *after.mutable_promises();
  if (promises.has_first_answer_due()) {
    *promises.mutable_first_answer_due() = Time(time + 4 * 3600);
    promises.set_first_answer_state(v1::PROMISE_STATE_RUNNING);
  }
  if (promises.has_resolution_due()) {
    *promises.mutable_resolution_due() = Time(time + 10 * kSecondsPerDay);
    promises.set_resolution_state(v1::PROMISE_STATE_RUNNING);
  }
  return End(ticket);
}

const Step& TestLedger::Miss(size_t ticket, int64_t time, v1::DeadlineKind kind) {
  v1::PromiseMissed& missed = *Begin(ticket, time).event.mutable_promise_missed();
  missed.set_kind(kind);
  v1::Promises& promises = *tickets_[ticket].mutable_promises();
  if (kind == v1::DEADLINE_KIND_FIRST_ANSWER) {
    *missed.mutable_due() = promises.first_answer_due();
    promises.set_first_answer_state(v1::PROMISE_STATE_MISSED);
  } else {
    *missed.mutable_due() = promises.resolution_due();
    promises.set_resolution_state(v1::PROMISE_STATE_MISSED);
  }
  return End(ticket);
}

namespace {

std::string PrintDelta(const TallyDelta& delta) {
  const CounterEntry& entry = EntryOf(delta.counter);
  std::string line = absl::StrCat(FormatDay(delta.day), " ", entry.name);
  if (entry.sub_key == SubKey::kDay) absl::StrAppend(&line, "[", FormatDay(delta.sub), "]");
  if (entry.sub_key != SubKey::kNone && entry.sub_key != SubKey::kDay) {
    absl::StrAppend(&line, "[", delta.sub, "]");
  }
  absl::StrAppend(&line, delta.amount > 0 ? " +" : " ", delta.amount);
  if (delta.side == Side::kBefore) absl::StrAppend(&line, " before");
  if (delta.reach == Reach::kMoved) absl::StrAppend(&line, " moved");
  return absl::StrCat(line, "\n");
}

}  // namespace

std::string PrintTally(const Step& step) {
  std::string text;
  for (const TallyDelta& delta : step.Tallied().deltas) text += PrintDelta(delta);
  return text;
}

std::string PrintTally(const Step& step, Counter counter) {
  std::string text;
  for (const TallyDelta& delta : step.Tallied().deltas) {
    if (delta.counter == counter) text += PrintDelta(delta);
  }
  return text;
}

CellStore::CellStore(const std::vector<Step>& steps, size_t commit_size) {
  CellDeltas deltas;
  for (size_t i = 0; i < steps.size(); ++i) {
    deltas.Add(steps[i].Tallied());
    if ((i + 1) % commit_size == 0) Merge(deltas.Take());
  }
  Merge(deltas.Take());
}

void CellStore::Damage(const CellKey& key, Counter counter, uint32_t sub, int64_t amount) {
  Cell cell;
  cell.Add(counter, sub, amount);
  Merge({{key, cell}});
}

void CellStore::Merge(const std::vector<CellDelta>& deltas) {
  for (const CellDelta& delta : deltas) {
    const auto at =
        std::lower_bound(cells_.begin(), cells_.end(), delta.key,
                         [](const CellDelta& cell, const CellKey& key) { return cell.key < key; });
    if (at == cells_.end() || at->key != delta.key) {
      cells_.insert(at, delta);
      continue;
    }
    std::optional<Cell> cell = Cell::FromStored(at->cell.ToStored());
    CHECK(cell.has_value());
    cell->Merge(delta.cell);
    at->cell = *cell;
    if (at->cell.empty()) cells_.erase(at);
  }
}

std::variant<v1::Report, ReportFailure> CellStore::Report(const ReportRequest& request) const {
  auto plan = PlanReport(request);
  if (auto* failure = std::get_if<ReportFailure>(&plan)) return *failure;
  ReportBuilder builder(std::get<ReportPlan>(plan));
  for (const CellRange& range : builder.plan().ranges) {
    const CellKey from = {range.dimension, range.granularity, range.group, range.from_period, ""};
    const CellKey to = {range.dimension, range.granularity, range.group, range.to_period, ""};
    const auto by_key = [](const CellDelta& cell, const CellKey& key) { return cell.key < key; };
    auto at = std::lower_bound(cells_.begin(), cells_.end(), from, by_key);
    for (; at != cells_.end() && at->key < to; ++at) {
      builder.Add(range, at->key.period, at->key.value, at->cell);
    }
  }
  return builder.Build();
}

}  // namespace redress::engine::test
