// simulator --seed N [--commands M] [--verbose]     replays one seed
// simulator --fixed N --fresh M [--seconds S]    seeds 1 to N, then M fresh ones, S seconds at most
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/time/clock.h"
#include "base/log.h"
#include "tests/simulator/simulation.h"

ABSL_FLAG(uint64_t, seed, 0, "the seed to replay; 0: see --fixed and --fresh");
ABSL_FLAG(int, commands, 600, "commands of each seed's first phase");
ABSL_FLAG(bool, verbose, false, "print each command as it is sent");
ABSL_FLAG(int, fixed, 0, "runs the seeds from 1 to this");
ABSL_FLAG(int, fresh, 0, "runs so many seeds that were never run");
ABSL_FLAG(int, seconds, 600, "begins no further seed after so long");

namespace {

using redress::simulator::Simulation;
using redress::simulator::SimulationOptions;
using redress::simulator::SimulationResult;

// Lines of the trace shown with a failure.
constexpr size_t kTraceShown = 60;

// For a broken invariant of the product, which aborts.
volatile uint64_t running_seed = 0;

void NameSeed(int) {
  std::fprintf(stderr, "aborted in seed %llu\n", static_cast<unsigned long long>(running_seed));
}

struct Totals {
  int64_t commands = 0;
  int seeds = 0;
  int crashes = 0;
  int commits_lost = 0;
};

bool RunSeed(uint64_t seed, Totals& totals) {
  running_seed = seed;
  SimulationOptions options;
  options.seed = seed;
  options.commands = absl::GetFlag(FLAGS_commands);
  options.is_verbose = absl::GetFlag(FLAGS_verbose);
  const SimulationResult result = Simulation(options).Run();
  ++totals.seeds;
  totals.commands += result.commands;
  totals.crashes += result.crashes;
  totals.commits_lost += result.commits_lost;
  if (result.failure.empty()) return true;
  const size_t size = result.trace.size();
  for (size_t i = size > kTraceShown ? size - kTraceShown : 0; i < size; ++i)
    std::printf("%s\n", result.trace[i].c_str());
  std::printf("FAILED: %s\nreplay: simulator --seed %llu --commands %d --verbose\n",
              result.failure.c_str(), static_cast<unsigned long long>(seed), options.commands);
  return false;
}

std::vector<uint64_t> SeedsToRun() {
  if (absl::GetFlag(FLAGS_seed) != 0) return {absl::GetFlag(FLAGS_seed)};
  std::vector<uint64_t> seeds;
  for (int i = 1; i <= absl::GetFlag(FLAGS_fixed); ++i) seeds.push_back(static_cast<uint64_t>(i));
  std::random_device random;
  for (int i = 0; i < absl::GetFlag(FLAGS_fresh); ++i) {
    seeds.push_back((uint64_t{random()} << 16) + 1'000'000);
    std::printf("fresh seed %llu\n", static_cast<unsigned long long>(seeds.back()));
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  spdlog::set_level(spdlog::level::off);
  std::signal(SIGABRT, NameSeed);
  const absl::Time start = absl::Now();
  const absl::Time end = start + absl::Seconds(absl::GetFlag(FLAGS_seconds));
  Totals totals;
  bool is_clean = true;
  for (const uint64_t seed : SeedsToRun()) {
    if (absl::Now() >= end) break;
    is_clean &= RunSeed(seed, totals);
    if (!is_clean) break;
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::printf("%d seeds, %lld commands, %d crashes, %d commits lost, %.1f s, %.0f commands/s\n",
              totals.seeds, static_cast<long long>(totals.commands), totals.crashes,
              totals.commits_lost, seconds, static_cast<double>(totals.commands) / seconds);
  return is_clean ? EXIT_SUCCESS : EXIT_FAILURE;
}
