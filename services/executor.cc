#include "services/executor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/log.h"
#include "base/sha256.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/measure/tally.h"
#include "engine/ticket/answer_digest.h"
#include "engine/ticket/apply.h"
#include "engine/ticket/decide.h"
#include "engine/ticket/validate.h"
#include "engine/time/instant.h"
#include "services/facts.h"
#include "services/refusal.h"
#include "storage/index.h"
#include "storage/tables.h"

namespace redress::services {
namespace {

constexpr size_t kRequestHashBytes = 16;
constexpr size_t kSaltBytes = 16;

// The request's id; empty for the driver's orders, which are never repeated.
absl::string_view RequestIdOf(const v1::Command& command) {
  using Order = v1::Command::OrderCase;
  switch (command.order_case()) {
    case Order::kSubmitIssue: return command.submit_issue().request_id();
    case Order::kImportHistory: return command.import_history().request_id();
    case Order::kPullTickets: return command.pull_tickets().request_id();
    case Order::kExtendLease: return command.extend_lease().request_id();
    case Order::kReturnTicket: return command.return_ticket().request_id();
    case Order::kAcceptTicket: return command.accept_ticket().request_id();
    case Order::kAnswerTicket: return command.answer_ticket().request_id();
    case Order::kPauseTicket: return command.pause_ticket().request_id();
    case Order::kResumeTicket: return command.resume_ticket().request_id();
    case Order::kTransferTicket: return command.transfer_ticket().request_id();
    case Order::kEscalateTicket: return command.escalate_ticket().request_id();
    case Order::kDeescalateTicket: return command.deescalate_ticket().request_id();
    case Order::kAnswerLevelOffer: return command.answer_level_offer().request_id();
    case Order::kResolveTicket: return command.resolve_ticket().request_id();
    case Order::kCloseTicket: return command.close_ticket().request_id();
    case Order::kReopenTicket: return command.reopen_ticket().request_id();
    case Order::kAddNote: return command.add_note().request_id();
    case Order::kConfirmResolution: return command.confirm_resolution().request_id();
    case Order::kDisputeResolution: return command.dispute_resolution().request_id();
    case Order::kPublishPlaybook: return command.publish_playbook().request_id();
    case Order::kDrawSample: return command.draw_sample().request_id();
    case Order::kRecordGoalEvidence: return command.record_goal_evidence().request_id();
    case Order::kRecordInspection: return command.record_inspection().request_id();
    case Order::kDisputeInspection: return command.dispute_inspection().request_id();
    case Order::kDecideInspection: return command.decide_inspection().request_id();
    case Order::kSubmitMysteryIssue: return command.submit_mystery_issue().request_id();
    case Order::kFireDeadline:
    case Order::kFillMeasures:
    case Order::kRecordRead:
    case Order::ORDER_NOT_SET: return "";
  }
  return "";
}

std::string RequestHash(const engine::Actor& actor, const v1::Command& command) {
  if (RequestIdOf(command).empty()) return "";
  thread_local base::Sha256Hasher hasher;
  hasher.Update(actor.id);
  hasher.Update(absl::string_view("\0", 1));
  hasher.Update(command.SerializeAsString());
  return hasher.Finish().substr(0, kRequestHashBytes);
}

// The ticket as the facts have it; null for a new one.
const v1::Ticket* FindBefore(const engine::Facts& facts, uint64_t ticket_id) {
  if (facts.ticket != nullptr && facts.ticket->id() == ticket_id) return facts.ticket;
  for (const v1::Ticket* queued : facts.queue)
    if (queued->id() == ticket_id) return queued;
  return nullptr;
}

v1::StoredReply ToStored(const Outcome& outcome, const std::string& request_hash) {
  v1::StoredReply reply;
  reply.set_request_hash(request_hash);
  for (const v1::Ticket& ticket : outcome.tickets) {
    v1::TicketVersion& shown = *reply.add_tickets();
    shown.set_ticket_id(ticket.id());
    shown.set_version(ticket.version());
  }
  *reply.mutable_receipt() = outcome.receipt;
  reply.set_joined(outcome.joined);
  reply.set_playbook_version(outcome.playbook_version);
  reply.set_sample(outcome.sample);
  return reply;
}

Failure WritingHasStopped() {
  Failure failure = MakeFailure(
      v1::ERROR_REASON_STORAGE_UNAVAILABLE,
      "Nothing was done: after a storage error the server writes no more until it is started "
      "again. Its log says what failed.");
  failure.retry_delay.reset();  // until then none helps
  return failure;
}

absl::Time ToTime(int64_t time_us) { return absl::FromUnixMicros(time_us); }

}  // namespace

// What one attempt at a commit gathers.
struct Executor::Batch {
  std::unique_ptr<storage::LedgerWriter> writer;
  std::map<std::string, engine::CellDeltas> deltas;
  std::vector<QueueHint> hints;
  // Playbooks that go live with this commit.
  std::map<std::string, PublishedPlaybook> published;
  // Those that were live when it began, of the tenants that were asked for.
  std::map<std::string, PublishedPlaybook> live;
  // Of the tickets that it writes.
  struct Deadline {
    uint8_t shard;
    int64_t time_us;
  };
  std::vector<Deadline> deadlines;
  // Something besides events was written.
  bool has_filled = false;
  // Commands for which nothing was done, since their callers will have gone.
  size_t too_late = 0;
};

Executor::Executor(ExecutorOptions options) : options_(std::move(options)) {}

void Executor::Submit(Order order) {
  const std::vector<engine::FieldViolation> violations = engine::Validate(order.command);
  const size_t bytes = order.command.ByteSizeLong();
  Waiting waiting{std::move(order), ""};
  const auto refuse = [&waiting](Failure failure) {
    Outcome outcome;
    outcome.failure = std::move(failure);
    waiting.order.done(std::move(outcome));
  };
  if (!violations.empty()) return refuse(InvalidRequest(violations));
  waiting.request_hash = RequestHash(waiting.order.actor, waiting.order.command);
  const absl::string_view tenant = waiting.order.tenant;
  const absl::string_view client = waiting.order.actor.id;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  {
    absl::MutexLock lock(&mutex_);
    if (is_stopping_) reason = v1::ERROR_REASON_SERVER_DRAINING;
    else if (is_write_stopped_) reason = v1::ERROR_REASON_STORAGE_UNAVAILABLE;
    else if (!queue_.Push(tenant, client, bytes, std::move(waiting)))
      reason = v1::ERROR_REASON_QUEUE_FULL;
  }
  if (reason == v1::ERROR_REASON_SERVER_DRAINING)  // in the gate's words
    refuse(MakeFailure(reason, "the server is closing; call again, another will answer"));
  if (reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE) refuse(WritingHasStopped());
  if (reason == v1::ERROR_REASON_QUEUE_FULL)
    refuse(MakeFailure(reason, "Too much waits already. Try again after the retry delay."));
}

size_t Executor::waiting() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

void Executor::Stop() {
  absl::MutexLock lock(&mutex_);
  is_stopping_ = true;
}

void Executor::Run() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !queue_.empty() || is_stopping_;
  };
  while (true) {
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&has_work));
      if (queue_.empty()) return;
    }
    do RunBatch();
    while (!rest_.empty());
  }
}

std::deque<Executor::Waiting> Executor::Take() {
  size_t count = kBatchCommandsMax;
  if (time_of_one_ > absl::ZeroDuration())
    count = std::clamp(static_cast<size_t>(kBatchTimeMax / time_of_one_), kBatchCommandsMin,
                       kBatchCommandsMax);
  if (!rest_.empty()) {
    std::deque<Waiting> orders;
    for (; !rest_.empty() && orders.size() < count; rest_.pop_front())
      orders.push_back(std::move(rest_.front()));
    return orders;
  }
  absl::MutexLock lock(&mutex_);
  return queue_.Take(count);
}

size_t Executor::RunBatch() {
  std::deque<Waiting> orders = Take();
  if (orders.empty()) return 0;
  const absl::Time begin = options_.clock->Now();
  absl::StatusOr<std::vector<Outcome>> outcomes = absl::AbortedError("not tried");
  Batch batch;
  for (int i = 0; i < kCommitTriesMax && absl::IsAborted(outcomes.status()); ++i) {
    batch = Batch();
    outcomes = Attempt(orders, batch);
    if (outcomes.ok()) break;
    cells_.Clear();
    tickets_.Clear();
    measures_.Clear();
  }
  if (outcomes.ok()) {
    while (orders.size() > outcomes->size()) {
      rest_.push_front(std::move(orders.back()));
      orders.pop_back();
    }
  } else {
    Outcome failed;
    failed.failure = StorageFailure(outcomes.status());
    if (storage::RemedyFor(outcomes.status().code()) == storage::Remedy::kStopWriting)
      StopWriting(outcomes.status());
    outcomes = std::vector<Outcome>(orders.size(), failed);
    batch = Batch();
  }
  const size_t count = orders.size();
  const size_t too_late = batch.too_late;
  Answer(std::move(orders), *std::move(outcomes), batch);
  FitRoom(count, count - std::min(count, too_late), options_.clock->Now() - begin);
  return count;
}

void Executor::FitRoom(size_t count, size_t done, absl::Duration took) {
  constexpr int kMemory = 4;  // batches that an odd one is averaged with
  absl::MutexLock lock(&mutex_);
  const bool is_behind = queue_.size() > count;
  if (done > 0 && took > absl::ZeroDuration()) {
    // A small batch tells too much of what each commit costs, unless it was quicker yet.
    const absl::Duration of_one = took / static_cast<int64_t>(done);
    if (is_behind || of_one < time_of_one_)
      time_of_one_ += (of_one - time_of_one_) / (time_of_one_ > absl::ZeroDuration() ? kMemory : 1);
  }
  double fits = kExecutorSlotsMax;
  if (is_behind && time_of_one_ > absl::ZeroDuration())
    fits = absl::FDivDuration(kExecutorWaitMax, time_of_one_);
  queue_.SetSlotsMax(static_cast<size_t>(std::clamp(fits, double{kExecutorSlotsMin},
                                                    double{kExecutorSlotsMax})));
}

absl::StatusOr<std::vector<Outcome>> Executor::Attempt(const std::deque<Waiting>& orders,
                                                       Batch& batch) {
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(batch.writer,
                   storage::LedgerWriter::Begin(*options_.kv, absl::ToUnixMicros(now)));
  // Whoever will have gone by then is done nothing for.
  const absl::Time answered = now + time_of_one_ * static_cast<int64_t>(orders.size());
  std::vector<Outcome> outcomes;
  for (const Waiting& waiting : orders) {
    if (batch.writer->event_bytes() >= kBatchEventBytesMax) break;
    if (!outcomes.empty() && options_.clock->Now() - now > kBatchTimeMax) break;
    if (waiting.order.deadline < answered) {
      outcomes.emplace_back().failure = MakeFailure(
          v1::ERROR_REASON_DEADLINE_PASSED, "The call's deadline passed while it waited.");
      ++batch.too_late;
      continue;
    }
    ASSIGN_OR_RETURN(Outcome outcome, Decide(waiting, batch));
    outcomes.push_back(std::move(outcome));
  }
  if (batch.writer->event_count() == 0 && !batch.has_filled) return outcomes;
  for (auto& [tenant, deltas] : batch.deltas)
    RETURN_IF_ERROR(cells_.Add(tenant, deltas, batch.writer->reader()));
  RETURN_IF_ERROR(measures_.Flush(*batch.writer));
  RETURN_IF_ERROR(cells_.Write(options_.is_behind ? options_.is_behind() : waiting() > 0,
                               *batch.writer));
  const absl::Status committed = batch.writer->Commit();
  // Also after a failure, which may not be known to be one.
  for (const Batch::Deadline& deadline : batch.deadlines)
    first_deadlines_.Add(deadline.shard, deadline.time_us);
  RETURN_IF_ERROR(committed);
  for (auto& [tenant, published] : batch.published)
    options_.playbooks->SetLive(tenant, std::move(published));
  return outcomes;
}

absl::StatusOr<PublishedPlaybook> Executor::LivePlaybook(const std::string& tenant,
                                                         Batch& batch) {
  for (const auto& playbooks : {&batch.published, &batch.live})
    if (const auto it = playbooks->find(tenant); it != playbooks->end()) return it->second;
  ASSIGN_OR_RETURN(PublishedPlaybook live,
                   options_.playbooks->Live(batch.writer->reader(), tenant));
  return batch.live.emplace(tenant, std::move(live)).first->second;
}

absl::StatusOr<Outcome> Executor::Decide(const Waiting& waiting, Batch& batch) {
  const Order& order = waiting.order;
  if (order.command.has_fill_measures()) return FillMeasures(waiting, batch);
  storage::LedgerWriter& writer = *batch.writer;
  ASSIGN_OR_RETURN(const int64_t time_us, writer.TimeOf(order.tenant));
  const absl::string_view request_id = RequestIdOf(order.command);
  if (!request_id.empty()) {
    ASSIGN_OR_RETURN(
        const std::optional<v1::StoredReply> stored,
        writer.reader().ReadReply(order.tenant, storage::WeekOf(time_us), request_id));
    if (stored) return Repeat(waiting, *stored, batch);
  }
  ASSIGN_OR_RETURN(PublishedPlaybook live, LivePlaybook(order.tenant, batch));
  tickets_.MakeRoom();
  ASSIGN_OR_RETURN(const std::unique_ptr<LoadedFacts> loaded,
                   LoadFacts(writer.reader(), order.tenant, order.command, std::move(live),
                             order.candidate, *options_.playbooks, tickets_));
  loaded->facts.draw = order.draw.get();
  engine::Envelope envelope;
  envelope.tenant = order.tenant;
  envelope.actor = order.actor;
  envelope.time = ToTime(time_us);
  envelope.salt = TakeSalt();
  bool is_new_key = false;
  if (order.command.has_answer_ticket() || order.command.has_resolve_ticket()) {
    ASSIGN_OR_RETURN(envelope.answer_key, writer.reader().ReadSecret(order.tenant));
    is_new_key = envelope.answer_key.empty();
    if (is_new_key) envelope.answer_key = options_.entropy->Bytes(engine::kAnswerKeySize);
  }
  ASSIGN_OR_RETURN(envelope.new_ticket_id, writer.NextTicketId(order.tenant));

  engine::Decision decision = engine::Decide(loaded->facts, order.command, envelope);
  if (decision.rejection) {
    Outcome outcome;
    outcome.failure = ToFailure(*decision.rejection);
    return outcome;
  }
  if (is_new_key) writer.PutSecret(order.tenant, envelope.answer_key);
  return Write(waiting, loaded->facts, std::move(decision), batch);
}

std::string Executor::TakeSalt() {
  if (random_.size() < kSaltBytes)
    random_ = options_.entropy->Bytes(kSaltBytes * kBatchCommandsMax);
  std::string salt = random_.substr(random_.size() - kSaltBytes);
  random_.resize(random_.size() - kSaltBytes);
  return salt;
}

absl::StatusOr<Outcome> Executor::FillMeasures(const Waiting& waiting, Batch& batch) {
  const std::string& tenant = waiting.order.tenant;
  ASSIGN_OR_RETURN(const PublishedPlaybook live, LivePlaybook(tenant, batch));
  RETURN_IF_ERROR(measures_.Fill(tenant, live.playbook, *batch.writer));
  batch.has_filled = true;
  return Outcome();
}

absl::StatusOr<Outcome> Executor::Repeat(const Waiting& waiting, const v1::StoredReply& stored,
                                         Batch& batch) {
  Outcome outcome;
  if (stored.request_hash() != waiting.request_hash) {
    outcome.failure = MakeFailure(
        v1::ERROR_REASON_REQUEST_ID_REUSED,
        "This request id was used for another request. Use a new one for each request.");
    return outcome;
  }
  outcome.repeated = true;
  outcome.joined = stored.joined();
  outcome.receipt = stored.receipt();
  outcome.playbook_version = stored.playbook_version();
  outcome.sample = stored.sample();
  for (const v1::TicketVersion& shown : stored.tickets()) {
    ASSIGN_OR_RETURN(v1::Ticket ticket, TicketAt(batch.writer->reader(), waiting.order.tenant,
                                                 shown.ticket_id(), shown.version()));
    outcome.tickets.push_back(std::move(ticket));
  }
  return outcome;
}

absl::StatusOr<Outcome> Executor::Write(const Waiting& waiting, const engine::Facts& facts,
                                        engine::Decision decision, Batch& batch) {
  const std::string& tenant = waiting.order.tenant;
  storage::LedgerWriter& writer = *batch.writer;
  Outcome outcome;
  auto step = decision.steps.begin();
  while (step != decision.steps.end()) {
    const uint64_t id = step->event.ticket_id();
    const auto end = std::find_if(step, decision.steps.end(), [id](const engine::Step& next) {
      return next.event.ticket_id() != id;
    });
    if (id == 0) RETURN_IF_ERROR(WriteConfiguration(waiting, *step, batch, outcome));
    else
      RETURN_IF_ERROR(WriteTicket(tenant, FindBefore(facts, id),
                                  {&*step, static_cast<size_t>(end - step)}, batch, outcome));
    step = end;
  }
  for (const engine::PersonalEntry& entry : decision.personal)
    writer.PutPersonal(tenant, entry.customer_id, entry.ticket_id, entry.hash, entry.record);

  const absl::string_view request_id = RequestIdOf(waiting.order.command);
  if (request_id.empty() || decision.steps.empty()) return outcome;
  ASSIGN_OR_RETURN(const int64_t time_us, writer.TimeOf(tenant));
  writer.PutReply(tenant, storage::WeekOf(time_us), request_id,
                  ToStored(outcome, waiting.request_hash));
  return outcome;
}

absl::Status Executor::WriteTicket(const std::string& tenant, const v1::Ticket* original,
                                   absl::Span<engine::Step> steps, Batch& batch,
                                   Outcome& outcome) {
  ASSIGN_OR_RETURN(const PublishedPlaybook live, LivePlaybook(tenant, batch));
  ASSIGN_OR_RETURN(const int64_t time_us, batch.writer->TimeOf(tenant));
  const int32_t today = engine::DayOf(engine::ToTimestamp(ToTime(time_us)));
  v1::Position first, last;
  if (original != nullptr) {
    first = original->first_event();
    last = original->last_event();
  }
  const v1::Ticket* before = original;
  for (engine::Step& step : steps) {
    if (last.commit() != 0) *step.event.mutable_previous() = last;
    ASSIGN_OR_RETURN(outcome.receipt, batch.writer->Append(tenant, step.event));
    last = outcome.receipt.position();
    if (first.commit() == 0) first = last;
    outcome.joined |= step.event.has_issue_joined();
    batch.deltas[tenant].Add(engine::Tally(before, step.event, step.after));
    RETURN_IF_ERROR(measures_.Add(tenant, live.playbook, before, step.event, step.after, today,
                                  batch.writer->reader()));
    before = &step.after;
  }
  v1::Ticket& after = steps.back().after;
  *after.mutable_first_event() = first;
  *after.mutable_last_event() = last;
  const std::optional<std::string> broken = engine::FindBrokenInvariant(after);
  if (broken) base::CheckFailed(__FILE__, __LINE__, *broken);
  batch.writer->PutTicket(tenant, original, after);
  if (after.has_next_deadline_time())
    batch.deadlines.push_back({storage::ShardOf(tenant, after.id()),
                               storage::ToMicros(after.next_deadline_time())});
  if (original != nullptr && original->has_rank_time())
    batch.hints.push_back({tenant, original->department()});
  tickets_.Apply(tenant, steps, after);
  if (after.has_rank_time())
    batch.hints.push_back({tenant, after.department(), /*has_work=*/true});
  outcome.tickets.push_back(std::move(after));
  return absl::OkStatus();
}

absl::Status Executor::WriteConfiguration(const Waiting& waiting, const engine::Step& step,
                                          Batch& batch, Outcome& outcome) {
  const std::string& tenant = waiting.order.tenant;
  ASSIGN_OR_RETURN(outcome.receipt, batch.writer->Append(tenant, step.event));
  batch.writer->PutConfiguration(tenant, step.event, outcome.receipt.position());
  outcome.sample = step.event.sample_drawn().number();
  if (!step.event.has_playbook_published()) return absl::OkStatus();
  return TakePlaybook(waiting, step, batch, outcome);
}

absl::Status Executor::TakePlaybook(const Waiting& waiting, const engine::Step& step, Batch& batch,
                                    Outcome& outcome) {
  const std::string& tenant = waiting.order.tenant;
  outcome.playbook_version = step.event.playbook_published().version();
  batch.published[tenant] = {outcome.playbook_version, waiting.order.candidate};
  return measures_.Publish(tenant, waiting.order.candidate, outcome.receipt.position(),
                           *batch.writer);
}

void Executor::Answer(std::deque<Waiting> orders, std::vector<Outcome> outcomes, Batch& batch) {
  std::vector<std::function<void()>> errands;
  errands.reserve(orders.size() + 1);
  for (size_t i = 0; i < orders.size(); ++i)
    errands.push_back([done = std::move(orders[i].order.done),
                       outcome = std::move(outcomes[i])]() mutable { done(std::move(outcome)); });
  if (!batch.hints.empty() && options_.on_hints)
    errands.push_back([this, hints = std::move(batch.hints)] { options_.on_hints(hints); });
  options_.courier(std::move(errands));
}

void Executor::StopWriting(const absl::Status& why) {
  {
    absl::MutexLock lock(&mutex_);
    if (is_write_stopped_) return;
    is_write_stopped_ = true;
  }
  if (options_.on_stopped) options_.on_stopped(why.ToString());
}

}  // namespace redress::services
