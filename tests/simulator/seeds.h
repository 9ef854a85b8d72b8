// Runs seeds, and makes of each failure a replay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/action.h"
#include "tests/simulator/failure.h"
#include "tests/simulator/world.h"

namespace redress::simulator {

struct SeedTotals {
  WorldCounts counts;
  int seeds = 0;
  // The first seed that failed; 0: none did.
  uint64_t failed_seed = 0;
};

// Runs seeds of so many commands until one fails or it is `end`. Each in a process that aborts
// alone.
SeedTotals RunSeeds(const std::vector<uint64_t>& seeds, int commands, absl::Time end);

// Runs a failing seed again and keeps what happened up to its failure.
struct FailedSeed {
  Failure failure;
  Actions actions;
};
FailedSeed RecordSeed(uint64_t seed, int commands);

// A failing seed's shortest list of actions, with a head that says what failed, ready to be a file
// of tests/scenarios/. Takes up to `most`.
std::string ReplayOfSeed(uint64_t seed, int commands, absl::Duration most);

}  // namespace redress::simulator
