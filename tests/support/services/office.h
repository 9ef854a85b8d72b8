// A server without its edge: the production executor and deadline driver over memory, driven by
// hand.
//
// Nothing happens by itself: At moves the clock, Do and Send queue commands, RunBatch and Tick do
// the work. Answers are delivered inline. Everything is the same on every run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "redress/v1/report.pb.h"
#include "services/backend.h"
#include "services/clock.h"
#include "services/deadline_driver.h"
#include "services/executor.h"
#include "services/playbook_store.h"
#include "services/queue_hub.h"
#include "storage/memory_kv.h"
#include "tests/support/engine/orders.h"
#include "tests/support/fault_kv.h"

namespace redress::test {

class ManualClock final : public services::Clock {
 public:
  absl::Time Now() const override {
    // Several threads may look while it stands still.
    return step_ == absl::ZeroDuration() ? now_ : std::exchange(now_, now_ + step_);
  }
  void Set(absl::Time now) { now_ = now; }
  // From now on every look moves it on by so much.
  void SetStep(absl::Duration step) { step_ = step; }

 private:
  mutable absl::Time now_;
  absl::Duration step_;
};

// Counts where others draw.
class CountedEntropy final : public services::Entropy {
 public:
  std::string Bytes(size_t count) override;

 private:
  uint64_t drawn_ = 0;
};

class Office {
 public:
  static constexpr char kTenant[] = "acme";
  static constexpr char kOtherTenant[] = "bolt";

  // At 09:00, with the shop as playbook of both tenants.
  Office();
  enum class Playbooks { kNone };
  explicit Office(Playbooks);
  // The same on another store, which must outlive it; null: on one of its own.
  explicit Office(storage::Kv& kv);
  Office(Playbooks, storage::Kv* kv);

  Office& At(absl::string_view time);
  Office& At(absl::Time time);
  // From now on so much time passes with every look at the clock.
  Office& SlowDown(absl::Duration step);
  absl::Time now() const { return clock_.Now(); }

  // Sends a command and runs batches until it is answered. A command without a request id gets one
  // that is new.
  services::Outcome Do(const engine::Actor& actor, v1::Command command,
                       absl::string_view tenant = kTenant);
  services::Outcome Do(v1::Command command) { return Do(Agent("anna"), std::move(command)); }
  // The same, as text: the tickets after it, or the failure.
  std::string Say(const engine::Actor& actor, v1::Command command,
                  absl::string_view tenant = kTenant);
  std::string Say(v1::Command command) { return Say(Agent("anna"), std::move(command)); }
  // The same where the outcome is not what the test is about: it must be well.
  Office& Must(const engine::Actor& actor, v1::Command command, absl::string_view tenant = kTenant);
  Office& Must(v1::Command command) { return Must(Agent("anna"), std::move(command)); }

  // Request ids that are made count from here on: for an office on a store that another one filled.
  void BeginRequestsAt(uint64_t first) { requests_ = first; }

  // Queues a command without running it; its answer comes into answers().
  void Send(v1::Command command, absl::Time deadline = absl::InfiniteFuture(),
            absl::string_view tenant = kTenant);
  size_t RunBatch() { return executor_.RunBatch(); }
  void RunAll();
  const std::vector<services::Outcome>& answers() const { return answers_; }

  // Fires deadlines until none is due. How many commands that took.
  size_t Tick();

  // Whether the next commits leave their counters open, as if more waited. Else they look.
  void SetBehind(bool is_behind) { is_behind_ = is_behind; }

  // What the next commits come to, in order; after those all go well.
  void FailCommits(std::vector<storage::CommitFault> faults) { faults_ = std::move(faults); }
  // Transactions that were asked to commit.
  uint64_t commits() const { return commits_; }
  const std::vector<std::string>& stops() const { return stops_; }

  storage::Kv& kv() { return memory_; }
  services::Executor& executor() { return executor_; }
  services::DeadlineDriver& driver() { return driver_; }
  services::QueueHub& hub() { return hub_; }
  const services::Clock& clock() const { return clock_; }
  services::PlaybookStore& playbooks() { return playbooks_; }

  v1::Ticket ReadTicket(uint64_t id, absl::string_view tenant = kTenant);
  // What is behind its clocks of a kind, as of now; UNSPECIFIED: all of them.
  v1::ExplainDueResponse ExplainDue(uint64_t id, v1::ClockKind kind);
  v1::LedgerHead ReadHead(absl::string_view tenant = kTenant);
  // Every event of the tenant, in the order of the ledger.
  std::vector<v1::Event> ReadLedger(absl::string_view tenant = kTenant);
  // The finding of a verification: "clean", or what differs first.
  std::string Verify(absl::string_view tenant = kTenant);
  // The report of all days so far; the text of the failure is an error of the test.
  v1::Report Report(std::vector<v1::Dimension> by = {}, absl::string_view tenant = kTenant);

 private:
  void PublishShop();
  services::ExecutorOptions Options();
  storage::CommitFault NextFault();

  ManualClock clock_;
  CountedEntropy entropy_;
  storage::MemoryKv own_memory_;
  storage::Kv& memory_;
  std::vector<storage::CommitFault> faults_;
  uint64_t commits_ = 0;
  std::vector<std::string> stops_;
  std::optional<bool> is_behind_;
  storage::FaultKv kv_;
  services::PlaybookStore playbooks_;
  services::QueueHub hub_;
  services::Executor executor_;
  services::DeadlineDriver driver_;
  uint64_t requests_ = 0;
  std::vector<services::Outcome> answers_;
};

// "T1 QUEUED RELAY desk" for each ticket, or "NOT_HOLDER: Ticket T1 is held by ...".
std::string Print(const services::Outcome& outcome);

}  // namespace redress::test
