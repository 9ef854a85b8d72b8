// One seed's run: the production executor, driver, playbooks and ledger in one thread under a
// virtual clock, with faults, beside the model that predicts every answer and every ticket.
//
//   clock step -> tick -> commands, some sent before -> fate of the commit -> batch -> compare
//
// Two phases. While faults last: safety. Then the faults stop and everything must come to an end by
// itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/deadline_driver.h"
#include "services/executor.h"
#include "storage/memory_kv.h"
#include "tests/simulator/draw.h"
#include "tests/simulator/model.h"
#include "tests/simulator/workload.h"
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

// Stands between the executor and the store, to plant faults that must be found. Null: no such
// fault.
using WrapKv = std::function<std::unique_ptr<storage::Kv>(storage::Kv& base)>;

struct SimulationOptions {
  uint64_t seed = 1;
  int commands = 600;
  bool is_verbose = false;
  WrapKv wrap;
};

struct SimulationResult {
  // Empty: all is well. Else what differed first, and after which command.
  std::string failure;
  std::vector<std::string> trace;
  int commands = 0;
  int crashes = 0;
  int commits_lost = 0;
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);

  SimulationResult Run();

 private:
  // What became of one sending.
  struct Pending {
    Sending sending;
    bool is_answered = false;
    services::Outcome outcome;
  };

  void Boot();
  // Throws away everything but the store.
  void Crash();
  void StepClock();
  void FaultyRound();
  void Tick();
  void Send(Sending sending);
  // Runs one batch under a drawn fate and compares.
  void RunBatch(storage::CommitFault fate, int aborted_before);
  std::vector<Prediction> Predict(Model& model);
  // `refusal`: the reason that a failed commit gives; empty for one that succeeded.
  void Compare(const Pending& pending, const Prediction& prediction, const std::string& refusal);
  void CompareTicket(const storage::LedgerReader& reader, const std::string& tenant, uint64_t id);
  Sending Again(const Sending& sending);
  // Until nothing is due at the clock's time.
  void Drain();
  // Lets time run on without anybody acting.
  void WaitFor(int64_t span);
  void QuietPhase();
  void WorkEverythingOff();
  void Work(const std::string& tenant, v1::Command command);
  void CheckAll();

  void Fail(const std::string& what);
  void Note(const std::string& line);
  bool has_failed() const { return !result_.failure.empty(); }

  const SimulationOptions options_;
  Draw draw_;
  SimulationResult result_;
  ManualClock clock_;
  DrawnEntropy entropy_;
  storage::MemoryKv store_;
  std::unique_ptr<storage::Kv> wrapped_;
  std::unique_ptr<storage::FaultKv> kv_;
  std::unique_ptr<services::PlaybookStore> playbooks_;
  std::unique_ptr<services::Executor> executor_;
  std::unique_ptr<services::DeadlineDriver> driver_;
  Model model_;
  Workload workload_;
  std::vector<std::string> tenants_;
  // In the order in which the executor got them.
  std::vector<std::shared_ptr<Pending>> pending_;
  // The fates of the next commits of this batch.
  storage::CommitFault fate_ = storage::CommitFault::kNone;
  int aborted_left_ = 0;
  bool is_commit_tried_ = false;
  // May be sent again.
  std::vector<Sending> sent_;
};

}  // namespace redress::simulator
