#include "tests/simulator/simulation.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulator/model_command.h"

namespace redress::simulator {
namespace {

using storage::CommitFault;

constexpr size_t kSentKeptMax = 80;
constexpr size_t kHeldUpMax = 8;
// Commands between two readings of everything.
constexpr int kCheckEvery = 3000;

// The longest that the clock steps at once for a single ticket.
constexpr int64_t kLongStep = 12 * kDay;

// Just before an instant, at it, and after it.
const std::vector<int64_t>& AroundInstant() {
  static const auto& offsets = *new std::vector<int64_t>{-1, 0, 1, 300'000, kHour / 2};
  return offsets;
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options)
    : options_(options),
      draw_(options.seed),
      world_(options.seed),
      workload_(draw_, DrawActors(draw_), PlanShelf(options.seed)) {
  const int tenants = 1 + draw_.Below(3);
  ticks_percent_ = draw_.Pick(std::vector<int>{8, 60, 60, 95});
  for (int i = 0; i < tenants; ++i) tenants_.push_back(absl::StrCat("tenant-", i));
}

void Simulation::Do(Action action) {
  if (world_.failure().has_failed()) return;
  if (options_.tell) options_.tell(action);
  world_.Do(action);
}

void Simulation::Do(ActionKind kind) { Do(Action{.kind = kind}); }

void Simulation::StepClock() {
  const int what = draw_.Below(100);
  int64_t step = 0;
  if (what < 50) {
    step = draw_.Between(0, 90 * kSecond);
  } else if (what < 60) {
    step = draw_.Between(0, 12 * kHour);
  } else if (what < 63) {
    step = -draw_.Between(0, 10 * kMinute);
  } else if (what < 65) {
    step = draw_.Between(1, 4) * kDay;
  } else if (what < 90) {
    // Just before, at, or just after the next deadline.
    const auto due = world_.model().NextDue(world_.now());
    if (due) step = *due - world_.now() + draw_.Pick(AroundInstant());
  }
  Do({.kind = ActionKind::kClock, .time = world_.now() + step});
}

// At the very end of a ticket's time for something, somebody does it.
void Simulation::StepToEdge() {
  auto sending = std::make_shared<Sending>();
  sending->tenant = draw_.Pick(tenants_);
  const auto end =
      workload_.NextEdge(world_.model().tenant(sending->tenant), world_.now(), *sending);
  if (!end || *end > world_.now() + kLongStep) return;
  Do({.kind = ActionKind::kClock, .time = *end + draw_.Pick(AroundInstant())});
  Send(std::move(sending));
}

void Simulation::Send(std::shared_ptr<const Sending> sending) {
  sent_.push_back(sending);
  if (sent_.size() > kSentKeptMax) sent_.erase(sent_.begin(), sent_.begin() + kSentKeptMax / 2);
  Do({.kind = ActionKind::kSend, .sending = std::move(sending)});
}

std::shared_ptr<const Sending> Simulation::Next(const std::string& tenant) {
  auto sending = std::make_shared<Sending>(
      workload_.Next(tenant, world_.model().tenant(tenant), world_.now()));
  if (draw_.Chance(2)) sending->deadline = world_.now() + draw_.Between(-kSecond, kSecond);
  return sending;
}

std::shared_ptr<const Sending> Simulation::Again(const Sending& sending) {
  auto again = std::make_shared<Sending>(sending);
  again->deadline = 0;
  if (draw_.Chance(75)) return again;
  if (draw_.Chance(50)) {
    again->actor = Chief();
    return again;
  }
  *again = workload_.Next(sending.tenant, world_.model().tenant(sending.tenant), world_.now());
  SetRequestId(again->command, RequestIdOf(sending.command));
  return again;
}

void Simulation::SendDrawn() {
  if (!sent_.empty() && draw_.Chance(8)) return Send(Again(*draw_.Pick(sent_)));
  std::shared_ptr<const Sending> next = Next(draw_.Pick(tenants_));
  if (!draw_.Chance(4)) return Send(std::move(next));
  held_up_.push_back(std::move(next));
  if (held_up_.size() < kHeldUpMax) return;
  while (!held_up_.empty()) {
    std::swap(held_up_[static_cast<size_t>(draw_.Below(static_cast<int>(held_up_.size())))],
              held_up_.back());
    Send(std::move(held_up_.back()));
    held_up_.pop_back();
  }
}

Fate Simulation::DrawFate() {
  Fate fate;
  if (draw_.Chance(8)) fate.fault = static_cast<CommitFault>(2 + draw_.Below(5));
  if (draw_.Chance(5)) fate.aborted = 1 + draw_.Below(3);
  if (draw_.Chance(1)) fate.aborted = services::kCommitTriesMax;
  if (draw_.Chance(5)) fate.slow = draw_.Between(1, 20 * kSecond);
  return fate;
}

void Simulation::Round() {
  StepClock();
  if (draw_.Chance(8)) StepToEdge();
  const bool ticks_first = draw_.Chance(ticks_percent_);
  if (ticks_first) Do(ActionKind::kTick);
  // Few at a time, as in a calm hour, and now and then many.
  const int what = draw_.Below(100);
  const int count = 1 + draw_.Below(what < 60 ? 6 : what < 90 ? 20 : 60);
  for (int i = 0; i < count; ++i) {
    SendDrawn();
    // The same request twice in one batch.
    if (draw_.Chance(3) && !sent_.empty()) Send(Again(*sent_.back()));
  }
  if (!ticks_first && draw_.Chance(ticks_percent_ / 2)) Do(ActionKind::kTick);
  if (draw_.Chance(2)) return Do(ActionKind::kCrash);
  Do({.kind = ActionKind::kBatch, .fate = DrawFate()});
  if (draw_.Chance(2)) Do(ActionKind::kCrash);
}

SimulationResult Simulation::Run() {
  int64_t next_check = kCheckEvery;
  while (world_.counts().commands < options_.commands && !world_.failure().has_failed()) {
    Round();
    if (world_.counts().commands < next_check) continue;
    Do(ActionKind::kCheck);
    next_check += kCheckEvery;
  }
  if (draw_.Chance(25)) Do(ActionKind::kCheck);
  Do(ActionKind::kQuiet);
  Do(ActionKind::kCheck);
  return {world_.failure(), world_.counts()};
}

}  // namespace redress::simulator
