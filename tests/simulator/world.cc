#include "tests/simulator/world.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "services/inspection_reads.h"
#include "storage/ledger.h"
#include "storage/tables.h"
#include "tests/simulator/checks.h"
#include "tests/simulator/model_command.h"
#include "tests/simulator/model_sample.h"
#include "tests/simulator/plan_shelf.h"
#include "tests/simulator/quality_check.h"

namespace redress::simulator {
namespace {

using storage::CommitFault;

// A batch takes one order for each tenant to count its history.
constexpr size_t kTenantsMax = 8;
// Room for the tickets that most batches change.
constexpr size_t kArenaBlockBytes = 32 << 10;
// So many that one batch takes them all.
constexpr size_t kPendingMax =
    services::kBatchCommandsMax - services::kFiresInFlightMax - kTenantsMax;

bool IsWritten(CommitFault fault) {
  return fault == CommitFault::kNone || fault == CommitFault::kUnknownKept ||
         fault == CommitFault::kBrokenKept;
}

// What callers are told.
std::string RefusalOf(CommitFault fault) {
  if (fault == CommitFault::kNone) return "";
  return fault == CommitFault::kDiskFull ? "DISK_FULL" : "STORAGE_UNAVAILABLE";
}

bool IsFire(const Sending& sending) { return sending.command.has_fire_deadline(); }

std::shared_ptr<const Sending> FireOf(const Model::Due& due) {
  auto sending = std::make_shared<Sending>();
  sending->tenant = due.tenant;
  sending->actor.id = "timer";
  sending->actor.all_departments = true;
  v1::FireDeadline& fire = *sending->command.mutable_fire_deadline();
  fire.set_ticket_id(due.ticket_id);
  fire.mutable_time()->set_seconds(due.time / kSecond);
  fire.mutable_time()->set_nanos(static_cast<int32_t>(due.time % kSecond * 1000));
  return sending;
}

google::protobuf::ArenaOptions InBlocksOf(size_t bytes) {
  google::protobuf::ArenaOptions options;
  options.start_block_size = options.max_block_size = bytes;
  return options;
}

std::string PrintAll(const std::vector<ShownTicket>& tickets) {
  std::string text;
  for (const ShownTicket& ticket : tickets) absl::StrAppend(&text, "\n  ", Print(ticket));
  return text;
}

// What those are told who were refused.
template <typename Pendings>
std::string PrintRefusals(const Pendings& pendings) {
  std::string text;
  for (const auto& pending : pendings)
    if (pending->outcome.failure) absl::StrAppend(&text, "\n  ", pending->outcome.failure->message);
  return text;
}

}  // namespace

std::string Describe(const Sending& sending) {
  return absl::StrCat(sending.tenant, " ", sending.actor.id, ": ",
                      sending.command.ShortDebugString());
}

std::string DrawnEntropy::Bytes(size_t count) {
  std::string bytes(count, '\0');
  for (size_t at = 0; at < count; at += sizeof(uint64_t)) {
    const uint64_t drawn = draw_.Next();
    std::memcpy(&bytes[at], &drawn, std::min(sizeof(drawn), count - at));
  }
  return bytes;
}

World::World(uint64_t entropy_seed)
    : entropy_(entropy_seed), stored_tickets_(InBlocksOf(kArenaBlockBytes)) {
  Boot();
}

void World::Boot() {
  kv_ = std::make_unique<storage::FaultKv>(store_, [this](uint64_t) {
    is_commit_tried_ = true;
    clock_.now += fate_.slow;
    if (fate_.aborted == 0) return fate_.fault;
    --fate_.aborted;
    return CommitFault::kAborted;
  });
  playbooks_ = std::make_unique<services::PlaybookStore>(compiled_);
  services::ExecutorOptions options;
  options.kv = kv_.get();
  options.playbooks = playbooks_.get();
  options.clock = &clock_;
  options.entropy = &entropy_;
  options.courier = [](std::vector<std::function<void()>> errands) {
    for (const auto& errand : errands) errand();
  };
  // Two commits of three leave their counters open, as under load.
  options.is_behind = [this] { return ++counters_written_ % 3 != 0; };
  executor_ = std::make_unique<services::Executor>(std::move(options));
  driver_ = std::make_unique<services::DeadlineDriver>(*kv_, *executor_);
  measures_ = std::make_unique<services::MeasureDriver>(*kv_, *executor_);
}

void World::Crash() {
  ++counts_.crashes;
  pending_.clear();
  executor_ = nullptr;
  driver_ = nullptr;
  measures_ = nullptr;
  playbooks_ = nullptr;
  kv_ = nullptr;
  Boot();
}

void World::Fail(const char* checker, const std::string& what) {
  if (!has_failed()) failure_ = {checker, what};
}

void World::Do(const Action& action) {
  if (has_failed()) return;
  switch (action.kind) {
    case ActionKind::kClock: clock_.now = action.time; return;
    case ActionKind::kSend: return Send(action.sending);
    case ActionKind::kTick: return Tick();
    case ActionKind::kBatch: return RunBatch(action.fate);
    case ActionKind::kCrash: return Crash();
    case ActionKind::kCheck: return CheckAll();
    case ActionKind::kQuiet: return Quiet();
  }
}

void World::Tick() {
  TickMeasures();
  std::vector<Model::Due> due = model_.DueBefore(clock_.now);
  // It waits while those of its last look are under way.
  for (const auto& pending : pending_)
    if (IsFire(*pending->sending)) due.clear();
  if (due.size() > services::kFiresInFlightMax) due.resize(services::kFiresInFlightMax);
  const auto sent = driver_->Tick(clock_.Now());
  if (!sent.ok()) return Fail(kDriverChecker, absl::StrCat("tick: ", sent.status().ToString()));
  if (*sent != due.size())
    return Fail(kDriverChecker,
                absl::StrCat("the driver sent ", *sent, " of ", due.size(), " due deadlines"));
  for (const Model::Due& one : due) {
    ++counts_.fires;
    auto pending = std::make_shared<Pending>();
    pending->sending = FireOf(one);
    pending_.push_back(std::move(pending));
  }
}

void World::TickMeasures() {
  const absl::Status status = measures_->Tick(clock_.Now());
  if (!status.ok()) Fail(kDriverChecker, absl::StrCat("measures: ", status.ToString()));
}

void World::Send(std::shared_ptr<const Sending> sending) {
  if (pending_.size() >= kPendingMax) RunBatch({});
  ++counts_.commands;
  auto pending = std::make_shared<Pending>();
  pending->sending = std::move(sending);
  const Sending& sent = *pending->sending;
  services::Order order;
  order.tenant = sent.tenant;
  order.actor = sent.actor;
  order.command = sent.command;
  if (sent.deadline != 0) order.deadline = absl::FromUnixMicros(sent.deadline);
  if (order.command.has_publish_playbook()) {
    order.candidate = CompileOnce(sent.plan->source);
    if ((order.candidate == nullptr) != sent.plan->is_broken)
      Fail(kReplyChecker, absl::StrCat("compiling went otherwise than planned:\n",
                                       sent.plan->source));
  }
  if (order.command.has_draw_sample() && !MakeDraw(*pending, order)) return;
  order.done = [this, pending](services::Outcome outcome) {
    if (pending->is_answered) Fail(kReplyChecker, "a command is answered twice");
    pending->is_answered = true;
    pending->outcome = std::move(outcome);
  };
  executor_->Submit(std::move(order));
  pending_.push_back(std::move(pending));
}

bool World::MakeDraw(Pending& pending, services::Order& order) {
  const v1::DrawSampleRequest& request = order.command.draw_sample();
  const auto fail = [&](const std::string& what) {
    Fail(kQualityChecker, absl::StrCat(Describe(*pending.sending), "\n  ", what));
    return false;
  };
  const auto snapshot = store_.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const ModelTenant& model = model_.tenant(order.tenant);
  const std::string refusal = RefuseDraw(model, request);
  const auto live = playbooks_->Live(reader, order.tenant);
  if (!live.ok()) return fail(live.status().ToString());
  if (live->playbook == nullptr)
    return refusal == "PLAYBOOK_MISSING" ? false : fail("there is no playbook");
  auto made = services::MakeDraw(reader, order.tenant, *live->playbook, request,
                                 entropy_.Bytes(services::kDrawSaltBytes));
  if (!made.ok()) return fail(made.status().ToString());
  const auto* failure = std::get_if<services::Failure>(&*made);
  const std::string reason = failure == nullptr ? "" : failure->reason;
  if (reason != refusal)
    return fail(absl::StrCat("drawing got '", reason, "', expected '", refusal, "'"));
  if (failure != nullptr) return false;
  const v1::SampleDrawn& drawn = std::get<v1::SampleDrawn>(*made);
  const std::string wrong = FindWrongDraw(model, request, drawn);
  if (!wrong.empty()) return fail(wrong);
  pending.drawn = KeptOf(model, drawn);
  order.draw = std::make_shared<const v1::SampleDrawn>(drawn);
  return true;
}

std::vector<Prediction> World::Predict(int64_t now) {
  std::vector<Prediction> predictions;
  predictions.reserve(pending_.size());
  model_.BeginBatch(now);
  for (const auto& pending : pending_) {
    const Sending& sending = *pending->sending;
    const bool is_late = sending.deadline != 0 && sending.deadline < now;
    if (is_late && !IsMalformed(sending.command))
      predictions.push_back({"DEADLINE_PASSED", {}});
    else
      predictions.push_back(
          model_.Do(sending.tenant, sending.actor, sending.command, sending.plan.get(),
                    pending->drawn ? &*pending->drawn : nullptr));
  }
  return predictions;
}

void World::RunBatch(const Fate& fate) {
  // Orders to count history always write, if only how far they are.
  const bool counts_history = measures_->is_busy();
  if (pending_.empty() && !counts_history) return;
  const bool gives_up = fate.aborted >= services::kCommitTriesMax;
  const bool is_kept = IsWritten(fate.fault) && !gives_up;
  const int tries = std::min(fate.aborted, services::kCommitTriesMax - 1);
  // Only time can make another try decide otherwise.
  int64_t now = clock_.now;
  std::vector<Prediction> predictions = Predict(now);
  bool is_commit = model_.EndBatch() || counts_history;
  for (int i = 0; i < tries && is_commit && fate.slow != 0; ++i) {
    model_.TakeBack();
    predictions = Predict(now += fate.slow);
    is_commit = model_.EndBatch() || counts_history;
  }
  if (is_commit && !is_kept) model_.TakeBack();

  fate_ = fate;
  is_commit_tried_ = false;
  executor_->RunBatch();
  fate_ = {};
  const bool is_expected_try = is_commit || (tries > 0 && fate.slow != 0 && is_commit_tried_);
  if (is_expected_try != is_commit_tried_)
    Fail(kCommitChecker, is_commit ? absl::StrCat("nothing was written", PrintRefusals(pending_))
                                   : "something was written");
  const std::string refusal =
      is_commit ? RefusalOf(gives_up ? CommitFault::kAborted : fate.fault) : "";
  if (is_commit && !is_kept) ++counts_.commits_lost;
  for (size_t i = 0; i < pending_.size(); ++i)
    if (!IsFire(*pending_[i]->sending)) Compare(*pending_[i], predictions[i], refusal);
  pending_.clear();
  CompareTouched();
  const bool is_broken =
      fate.fault == CommitFault::kBrokenKept || fate.fault == CommitFault::kBrokenLost;
  if (is_broken && is_commit) Crash();
}

void World::Compare(const Pending& pending, const Prediction& prediction,
                    const std::string& refusal) {
  const services::Outcome& outcome = pending.outcome;
  const auto fail = [&](const std::string& what) {
    Fail(kReplyChecker, absl::StrCat(Describe(*pending.sending), "\n  ", what));
  };
  if (!pending.is_answered) return fail("is not answered");
  const std::string reason = outcome.failure ? outcome.failure->reason : "";
  if (!refusal.empty() && !IsMalformed(pending.sending->command)) {
    if (reason != refusal) fail(absl::StrCat("got '", reason, "', expected ", refusal));
    return;
  }
  if (reason != prediction.reason)
    return fail(absl::StrCat("got '", reason, "', expected '", prediction.reason, "' ",
                             outcome.failure ? outcome.failure->message : ""));
  if (!reason.empty()) return;
  std::vector<ShownTicket> shown;
  for (const v1::Ticket& ticket : outcome.tickets) shown.push_back(ShownOf(ticket));
  if (shown != prediction.tickets)
    return fail(absl::StrCat("got", PrintAll(shown), "\n  expected",
                             PrintAll(prediction.tickets)));
  if (outcome.joined != prediction.joined) return fail("joined is wrong");
  if (outcome.repeated != prediction.repeated) return fail("repeated is wrong");
  if (outcome.playbook_version != prediction.playbook_version)
    return fail("the playbook's version is wrong");
  if (outcome.sample != prediction.sample) return fail("the sample's number is wrong");
  const std::string shown_wrongly = CheckDisguise(outcome.tickets);
  if (!shown_wrongly.empty()) Fail(kQualityChecker, shown_wrongly);
}

void World::CompareTouched() {
  const auto snapshot = store_.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  for (const auto& [tenant, ids] : model_.touched())
    for (const uint64_t id : ids) CompareTicket(reader, tenant, id);
  stored_tickets_.Reset();
}

void World::CompareTicket(const storage::LedgerReader& reader, const std::string& tenant,
                          uint64_t id) {
  const auto bytes = reader.reader().Get(storage::TicketKey(tenant, id));
  if (!bytes.ok()) return Fail(kTicketChecker, bytes.status().ToString());
  ModelTenant& expected = model_.tenant(tenant);
  const auto it = expected.tickets.find(id);
  const bool is_expected = it != expected.tickets.end();
  if (bytes->has_value() != is_expected)
    return Fail(kTicketChecker, absl::StrCat("ticket ", id, " of ", tenant,
                                             is_expected ? " is lost" : " must not be there"));
  if (is_expected) {
    v1::Ticket& stored = *google::protobuf::Arena::CreateMessage<v1::Ticket>(&stored_tickets_);
    if (!stored.ParseFromString(**bytes))
      return Fail(kTicketChecker, absl::StrCat("ticket ", id, " of ", tenant, " cannot be read"));
    const ShownTicket shown = ShownOf(stored);
    const std::string wrong = FindContradiction(stored, shown);
    if (shown != it->second || !wrong.empty())
      return Fail(kTicketChecker,
                  absl::StrCat("the stored ticket of ", tenant, " is\n  ", Print(shown), " ", wrong,
                               "\n  expected\n  ", Print(it->second)));
    it->second.reference = stored.reference();
  }
  const std::string broken =
      index_.Take(reader.reader(), tenant, id, is_expected ? &it->second : nullptr);
  if (!broken.empty()) Fail(kIndexChecker, broken);
}

void World::CheckAll() {
  const auto snapshot = store_.TakeSnapshot();
  for (const auto& [tenant, model] : model_.tenants()) {
    const Failure broken =
        CheckTenant(*snapshot, tenant, model, std::max(clock_.now, model.head_time), *playbooks_);
    if (broken.has_failed())
      return Fail(broken.checker.c_str(), absl::StrCat(tenant, ": ", broken.what));
  }
}

}  // namespace redress::simulator
