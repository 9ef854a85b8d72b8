// Draws what happens in one seed's run, and lets it happen.
//
//   clock step -> tick -> commands, some sent before -> fate of the commit -> batch
//
// Two phases. While faults last: safety. Then the faults stop and everything must come to an end by
// itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulator/action.h"
#include "tests/simulator/draw.h"
#include "tests/simulator/failure.h"
#include "tests/simulator/workload.h"
#include "tests/simulator/world.h"

namespace redress::simulator {

struct SimulationOptions {
  uint64_t seed = 1;
  // Of the first phase.
  int commands = 600;
  // Called with each action before it happens. May be empty.
  std::function<void(const Action&)> tell;
};

struct SimulationResult {
  Failure failure;
  WorldCounts counts;
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);

  SimulationResult Run();

 private:
  void Do(Action action);
  void Do(ActionKind kind);
  void StepClock();
  void StepToEdge();
  void Round();
  void Send(std::shared_ptr<const Sending> sending);
  void SendDrawn();
  // An earlier request, as it was or with its id on other content.
  std::shared_ptr<const Sending> Again(const Sending& sending);
  std::shared_ptr<const Sending> Next(const std::string& tenant);
  Fate DrawFate();

  const SimulationOptions options_;
  Draw draw_;
  World world_;
  Workload workload_;
  std::vector<std::string> tenants_;
  // How often the deadline driver looks.
  int ticks_percent_ = 0;
  // May be sent again.
  std::vector<std::shared_ptr<const Sending>> sent_;
  // Drawn, and held up on its way.
  std::vector<std::shared_ptr<const Sending>> held_up_;
};

}  // namespace redress::simulator
