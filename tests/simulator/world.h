// The production executor, driver, playbooks and ledger in one thread under a virtual clock, with
// faults, beside the model that predicts every answer and every ticket.
//
// Does what it is told, action by action, and compares after each. What is read after a batch is
// what the batch touched; CheckAll reads everything.
#pragma once

#include <google/protobuf/arena.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/deadline_driver.h"
#include "services/executor.h"
#include "services/measure_driver.h"
#include "storage/memory_kv.h"
#include "tests/simulator/action.h"
#include "tests/simulator/draw.h"
#include "tests/simulator/failure.h"
#include "tests/simulator/index_check.h"
#include "tests/simulator/model.h"
#include "tests/support/fault_kv.h"

namespace redress::simulator {

class ManualClock final : public services::Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(now); }
  int64_t now = 1'790'000'000 * kSecond;
};

class DrawnEntropy final : public services::Entropy {
 public:
  explicit DrawnEntropy(uint64_t seed) : draw_(seed) {}
  std::string Bytes(size_t count) override;

 private:
  Draw draw_;
};

struct WorldCounts {
  // That came in from outside, and that the deadline driver sent.
  int64_t commands = 0;
  int64_t fires = 0;
  int crashes = 0;
  int commits_lost = 0;
};

class World {
 public:
  explicit World(uint64_t entropy_seed);

  // Does nothing after a failure.
  void Do(const Action& action);

  const Failure& failure() const { return failure_; }
  const WorldCounts& counts() const { return counts_; }
  int64_t now() const { return clock_.now; }
  Model& model() { return model_; }

 private:
  // What became of one sending.
  struct Pending {
    std::shared_ptr<const Sending> sending;
    // For a draw.
    std::optional<ModelSample> drawn = std::nullopt;
    bool is_answered = false;
    services::Outcome outcome;
  };

  void Boot();
  // Throws away everything but the store.
  void Crash();
  void Tick();
  // Lets the history from before the measures be counted on.
  void TickMeasures();
  void Send(std::shared_ptr<const Sending> sending);
  // Draws as the service does before it sends the order, and compares; false: nothing can be drawn.
  bool MakeDraw(Pending& pending, services::Order& order);
  // Runs one batch and compares.
  void RunBatch(const Fate& fate);
  std::vector<Prediction> Predict(int64_t now);
  // `refusal`: the reason that a failed commit gives; empty for one that succeeded.
  void Compare(const Pending& pending, const Prediction& prediction, const std::string& refusal);
  void CompareTouched();
  void CompareTicket(const storage::LedgerReader& reader, const std::string& tenant, uint64_t id);
  void CheckAll();

  // Until nothing is due at the clock's time, and all of history is counted.
  void Drain();
  // Lets time run on without anybody acting.
  void WaitFor(int64_t span);
  void Quiet();
  void WorkEverythingOff(const std::string& tenant);
  void Work(const std::string& tenant, v1::Command command);

  void Fail(const char* checker, const std::string& what);
  bool has_failed() const { return failure_.has_failed(); }

  Failure failure_;
  WorldCounts counts_;
  ManualClock clock_;
  DrawnEntropy entropy_;
  storage::MemoryKv store_;
  // Outlives crashes: it depends on nothing but what was published.
  const std::shared_ptr<services::CompiledPlaybooks> compiled_ =
      std::make_shared<services::CompiledPlaybooks>();
  std::unique_ptr<storage::FaultKv> kv_;
  std::unique_ptr<services::PlaybookStore> playbooks_;
  std::unique_ptr<services::Executor> executor_;
  std::unique_ptr<services::DeadlineDriver> driver_;
  std::unique_ptr<services::MeasureDriver> measures_;
  Model model_;
  IndexCheck index_;
  // That are being compared, so that making and forgetting one is cheap.
  google::protobuf::Arena stored_tickets_;
  // In the order in which the executor got them.
  std::vector<std::shared_ptr<Pending>> pending_;
  // Of the next commits.
  Fate fate_;
  bool is_commit_tried_ = false;
  uint64_t counters_written_ = 0;
  int quiet_requests_ = 0;
};

// One line: who sends what.
std::string Describe(const Sending& sending);

}  // namespace redress::simulator
