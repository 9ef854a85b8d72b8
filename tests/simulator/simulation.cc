#include "tests/simulator/simulation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/playbook/playbook.h"
#include "storage/ledger.h"
#include "tests/simulator/checks.h"
#include "tests/simulator/model_command.h"

namespace redress::simulator {
namespace {

using storage::CommitFault;

constexpr int kBatchMax = 6;
constexpr int kAbortedTriesMax = services::kCommitTriesMax;
constexpr size_t kSentKeptMax = 80;
// Commands between two readings of everything.
constexpr int kCheckEvery = 300;

bool IsWritten(CommitFault fate) {
  return fate == CommitFault::kNone || fate == CommitFault::kUnknownKept ||
         fate == CommitFault::kBrokenKept;
}

// What callers are told.
std::string RefusalOf(CommitFault fate) {
  if (fate == CommitFault::kNone) return "";
  return fate == CommitFault::kDiskFull ? "DISK_FULL" : "STORAGE_UNAVAILABLE";
}

bool IsFire(const Sending& sending) { return sending.command.has_fire_deadline(); }

std::string Describe(const Sending& sending) {
  return absl::StrCat(sending.tenant, " ", sending.actor.id, ": ",
                      sending.command.ShortDebugString());
}

}  // namespace

std::string DrawnEntropy::Bytes(size_t count) {
  std::string bytes;
  while (bytes.size() < count) bytes.push_back(static_cast<char>(draw_.Next()));
  return bytes;
}

Simulation::Simulation(const SimulationOptions& options)
    : options_(options),
      draw_(options.seed),
      entropy_(options.seed),
      workload_(draw_, DrawActors(draw_)) {
  const int tenants = 1 + draw_.Below(3);
  for (int i = 0; i < tenants; ++i) tenants_.push_back(absl::StrCat("tenant-", i));
  Boot();
}

void Simulation::Boot() {
  wrapped_ = options_.wrap ? options_.wrap(store_) : nullptr;
  storage::Kv& base = wrapped_ ? *wrapped_ : static_cast<storage::Kv&>(store_);
  kv_ = std::make_unique<storage::FaultKv>(base, [this](uint64_t) {
    is_commit_tried_ = true;
    if (aborted_left_ == 0) return fate_;
    --aborted_left_;
    return CommitFault::kAborted;
  });
  playbooks_ = std::make_unique<services::PlaybookStore>();
  services::ExecutorOptions options;
  options.kv = kv_.get();
  options.playbooks = playbooks_.get();
  options.clock = &clock_;
  options.entropy = &entropy_;
  options.courier = [](std::vector<std::function<void()>> errands) {
    for (const auto& errand : errands) errand();
  };
  executor_ = std::make_unique<services::Executor>(std::move(options));
  driver_ = std::make_unique<services::DeadlineDriver>(*kv_, *executor_);
}

void Simulation::Crash() {
  Note("-- crash");
  ++result_.crashes;
  for (const auto& pending : pending_)
    if (!IsFire(pending->sending)) sent_.push_back(pending->sending);
  pending_.clear();
  executor_ = nullptr;
  driver_ = nullptr;
  playbooks_ = nullptr;
  kv_ = nullptr;
  Boot();
}

void Simulation::Note(const std::string& line) {
  result_.trace.push_back(line);
  if (options_.is_verbose) std::printf("%s\n", line.c_str());
}

void Simulation::Fail(const std::string& what) {
  if (!has_failed()) result_.failure = what;
}

void Simulation::StepClock() {
  const int what = draw_.Below(100);
  int64_t step = 0;
  if (what < 50) step = draw_.Between(0, 90 * kSecond);
  else if (what < 60) step = draw_.Between(0, 12 * kHour);
  else if (what < 63) step = -draw_.Between(0, 10 * kMinute);
  else if (what < 65) step = draw_.Between(1, 4) * kDay;
  else if (what < 90) {
    // Just before, at, or just after the next deadline.
    for (const Model::Due& due : model_.DueBefore(INT64_MAX)) {
      if (due.time < clock_.now) continue;
      step = due.time - clock_.now + draw_.Pick(std::vector<int64_t>{-1, 0, 1, 300'000});
      break;
    }
  }
  clock_.now += step;
  Note(absl::StrCat("-- clock ", clock_.now));
}

void Simulation::Tick() {
  std::vector<Model::Due> due = model_.DueBefore(clock_.now);
  if (due.size() > services::kFiresInFlightMax) due.resize(services::kFiresInFlightMax);
  const auto sent = driver_->Tick(clock_.Now());
  if (!sent.ok()) return Fail(absl::StrCat("tick: ", sent.status().ToString()));
  if (*sent != due.size())
    return Fail(absl::StrCat("the driver sent ", *sent, " of ", due.size(), " due deadlines"));
  for (const Model::Due& one : due) {
    auto pending = std::make_shared<Pending>();
    pending->sending.tenant = one.tenant;
    pending->sending.actor.id = "timer";
    pending->sending.actor.all_departments = true;
    auto& fire = *pending->sending.command.mutable_fire_deadline();
    fire.set_ticket_id(one.ticket_id);
    fire.mutable_time()->set_seconds(one.time / kSecond);
    fire.mutable_time()->set_nanos(static_cast<int32_t>(one.time % kSecond * 1000));
    Note(Describe(pending->sending));
    pending_.push_back(std::move(pending));
  }
}

void Simulation::Send(Sending sending) {
  Note(Describe(sending));
  ++result_.commands;
  auto pending = std::make_shared<Pending>();
  pending->sending = std::move(sending);
  services::Order order;
  order.tenant = pending->sending.tenant;
  order.actor = pending->sending.actor;
  order.command = pending->sending.command;
  if (order.command.has_publish_playbook()) {
    order.candidate = engine::CompilePlaybook(pending->sending.plan.source).playbook;
    if ((order.candidate == nullptr) != pending->sending.plan.is_broken)
      Fail(absl::StrCat("compiling went otherwise than planned:\n", pending->sending.plan.source));
  }
  order.done = [this, pending](services::Outcome outcome) {
    if (pending->is_answered) Fail("a command is answered twice");
    pending->is_answered = true;
    pending->outcome = std::move(outcome);
  };
  executor_->Submit(std::move(order));
  pending_.push_back(std::move(pending));
}

// An earlier request, as it was or with its id on other content.
Sending Simulation::Again(const Sending& sending) {
  Sending again = sending;
  if (draw_.Chance(75)) return again;
  const std::string request_id = RequestIdOf(sending.command);
  if (draw_.Chance(50)) {
    again.actor = Chief();
    return again;
  }
  again = workload_.Next(sending.tenant, model_.tenant(sending.tenant), clock_.now);
  SetRequestId(again.command, request_id);
  return again;
}

std::vector<Prediction> Simulation::Predict(Model& model) {
  std::vector<Prediction> predictions;
  model.BeginBatch(clock_.now);
  for (const auto& pending : pending_) {
    const Sending& sending = pending->sending;
    predictions.push_back(model.Do(sending.tenant, sending.actor, sending.command, &sending.plan));
  }
  return predictions;
}

void Simulation::RunBatch(CommitFault fate, int aborted_before) {
  const bool gives_up = aborted_before >= kAbortedTriesMax;
  const bool is_kept = IsWritten(fate) && !gives_up;
  std::optional<Model> lost;
  if (!is_kept) lost = model_;
  Model& model = is_kept ? model_ : *lost;
  const std::vector<Prediction> predictions = Predict(model);
  const bool is_commit = model.EndBatch();

  fate_ = fate;
  aborted_left_ = aborted_before;
  is_commit_tried_ = false;
  executor_->RunBatch();
  if (is_commit != is_commit_tried_)
    Fail(is_commit ? "nothing was written" : "something was written");
  const std::string refusal = is_commit ? RefusalOf(gives_up ? CommitFault::kAborted : fate) : "";
  if (!refusal.empty()) Note(absl::StrCat("-- commit failed, fate ", static_cast<int>(fate)));
  if (is_commit && !is_kept) ++result_.commits_lost;
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Pending& pending = *pending_[i];
    if (IsFire(pending.sending)) continue;
    Compare(pending, predictions[i], refusal);
    sent_.push_back(pending.sending);
  }
  pending_.clear();
  if (sent_.size() > kSentKeptMax) sent_.erase(sent_.begin(), sent_.begin() + kSentKeptMax / 2);
  const auto snapshot = store_.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  for (const auto& [tenant, ids] : model.touched())
    for (const uint64_t id : ids) CompareTicket(reader, tenant, id);
  const bool is_broken = fate == CommitFault::kBrokenKept || fate == CommitFault::kBrokenLost;
  if (is_broken && is_commit) Crash();
}

void Simulation::Compare(const Pending& pending, const Prediction& prediction,
                         const std::string& refusal) {
  const services::Outcome& outcome = pending.outcome;
  const auto fail = [&](const std::string& what) {
    Fail(absl::StrCat(Describe(pending.sending), "\n  ", what));
  };
  if (!pending.is_answered) return fail("is not answered");
  const std::string reason = outcome.failure ? outcome.failure->reason : "";
  if (!refusal.empty() && !IsMalformed(pending.sending.command)) {
    if (reason != refusal) fail(absl::StrCat("got '", reason, "', expected ", refusal));
    return;
  }
  if (reason != prediction.reason)
    return fail(absl::StrCat("got '", reason, "', expected '", prediction.reason, "' ",
                             outcome.failure ? outcome.failure->message : ""));
  if (!reason.empty()) return;
  std::string shown, expected;
  for (const v1::Ticket& ticket : outcome.tickets) absl::StrAppend(&shown, "\n  ", Print(ticket));
  for (const std::string& ticket : prediction.tickets) absl::StrAppend(&expected, "\n  ", ticket);
  if (shown != expected) return fail(absl::StrCat("got", shown, "\n  expected", expected));
  if (outcome.joined != prediction.joined) return fail("joined is wrong");
  if (outcome.repeated != prediction.repeated) return fail("repeated is wrong");
  if (outcome.playbook_version != prediction.playbook_version)
    return fail("the playbook's version is wrong");
}

void Simulation::CompareTicket(const storage::LedgerReader& reader, const std::string& tenant,
                               uint64_t id) {
  const auto stored = reader.ReadTicket(tenant, id);
  if (!stored.ok()) return Fail(stored.status().ToString());
  ModelTenant& expected = model_.tenant(tenant);
  const auto it = expected.tickets.find(id);
  if (stored->has_value() != (it != expected.tickets.end()))
    return Fail(absl::StrCat("ticket ", id, " of ", tenant,
                             stored->has_value() ? " must not be there" : " is lost"));
  if (!stored->has_value()) return;
  const std::string printed = Print(**stored);
  if (printed != Print(it->second))
    return Fail(absl::StrCat("the stored ticket of ", tenant, " is\n  ", printed,
                             "\n  expected\n  ", Print(it->second)));
  it->second.reference = (*stored)->reference();
  expected.references[it->second.reference] = id;
}

void Simulation::FaultyRound() {
  StepClock();
  const bool ticks_first = draw_.Chance(60);
  if (ticks_first) Tick();
  const int count = 1 + draw_.Below(kBatchMax);
  for (int i = 0; i < count && !has_failed(); ++i) {
    const std::string& tenant = draw_.Pick(tenants_);
    if (!sent_.empty() && draw_.Chance(8)) Send(Again(draw_.Pick(sent_)));
    else Send(workload_.Next(tenant, model_.tenant(tenant), clock_.now));
    // The same request twice in one batch.
    if (draw_.Chance(3)) Send(Again(pending_.back()->sending));
  }
  if (!ticks_first && draw_.Chance(30)) Tick();
  if (draw_.Chance(2)) return Crash();

  CommitFault fate = CommitFault::kNone;
  if (draw_.Chance(8)) fate = static_cast<CommitFault>(2 + draw_.Below(5));
  int aborted = draw_.Chance(5) ? 1 + draw_.Below(3) : 0;
  if (draw_.Chance(1)) aborted = kAbortedTriesMax;
  RunBatch(fate, aborted);
  if (draw_.Chance(2)) Crash();
}

void Simulation::CheckAll() {
  const auto snapshot = store_.TakeSnapshot();
  for (const auto& [tenant, model] : model_.tenants()) {
    const std::string broken =
        CheckTenant(*snapshot, tenant, model, std::max(clock_.now, model.head_time));
    if (!broken.empty()) return Fail(absl::StrCat(tenant, ": ", broken));
  }
}

SimulationResult Simulation::Run() {
  int next_check = kCheckEvery;
  while (result_.commands < options_.commands && !has_failed()) {
    FaultyRound();
    if (result_.commands < next_check || has_failed()) continue;
    CheckAll();
    next_check += kCheckEvery;
  }
  if (!has_failed()) CheckAll();
  if (!has_failed()) QuietPhase();
  if (!has_failed()) CheckAll();
  return std::move(result_);
}

}  // namespace redress::simulator
