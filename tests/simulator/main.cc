// simulator --fixed N --fresh M [--seconds S]   seeds 1 to N, then M fresh ones, S seconds at most
// simulator --seed N [--commands M]             replays one seed, and makes a failure short
// simulator FILE...                             lets replays happen: files of tests/scenarios
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "base/log.h"
#include "tests/simulator/replay.h"
#include "tests/simulator/seeds.h"

ABSL_FLAG(uint64_t, seed, 0, "the seed to replay; 0: see --fixed and --fresh");
ABSL_FLAG(int, commands, 600, "commands of each seed's first phase");
ABSL_FLAG(uint64_t, first, 1, "the first of the fixed seeds");
ABSL_FLAG(int, fixed, 0, "runs so many seeds from --first on");
ABSL_FLAG(int, fresh, 0, "runs so many seeds that were never run");
ABSL_FLAG(int, seconds, 600, "begins no further seed after so long");
ABSL_FLAG(int, shrink_seconds, 60, "how long a failure may take to be made short");

namespace redress::simulator {
namespace {

std::vector<uint64_t> SeedsToRun() {
  if (absl::GetFlag(FLAGS_seed) != 0) return {absl::GetFlag(FLAGS_seed)};
  std::vector<uint64_t> seeds;
  for (int i = 0; i < absl::GetFlag(FLAGS_fixed); ++i)
    seeds.push_back(absl::GetFlag(FLAGS_first) + static_cast<uint64_t>(i));
  // One after the other, since neighbours share what they publish.
  const uint64_t first_fresh = (uint64_t{std::random_device()()} << 16) + 1'000'000;
  for (int i = 0; i < absl::GetFlag(FLAGS_fresh); ++i)
    seeds.push_back(first_fresh + static_cast<uint64_t>(i));
  return seeds;
}

void PrintTotals(const SeedTotals& totals, absl::Duration took) {
  const double seconds = absl::ToDoubleSeconds(took);
  const auto all = static_cast<double>(totals.counts.commands + totals.counts.fires);
  std::printf("%d seeds, %lld commands from outside, %lld deadlines, %d crashes, %d commits lost; "
              "%.1f s, %.0f a second\n",
              totals.seeds, static_cast<long long>(totals.counts.commands),
              static_cast<long long>(totals.counts.fires), totals.counts.crashes,
              totals.counts.commits_lost, seconds, all / seconds);
}

int RunAllSeeds() {
  const absl::Time start = absl::Now();
  const int commands = absl::GetFlag(FLAGS_commands);
  const SeedTotals totals = RunSeeds(SeedsToRun(), commands,
                                     start + absl::Seconds(absl::GetFlag(FLAGS_seconds)));
  PrintTotals(totals, absl::Now() - start);
  if (totals.failed_seed == 0) return EXIT_SUCCESS;
  const auto seed = static_cast<unsigned long long>(totals.failed_seed);
  std::printf("FAILED: simulator --seed %llu --commands %d\n", seed, commands);
  const std::string replay = ReplayOfSeed(totals.failed_seed, commands,
                                          absl::Seconds(absl::GetFlag(FLAGS_shrink_seconds)));
  std::printf("To keep it, write this to tests/scenarios/seed_%llu.replay:\n%s", seed,
              replay.c_str());
  return EXIT_FAILURE;
}

// Empty, or why this replay is not clean.
std::string RunFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return "cannot be read";
  const absl::StatusOr<Actions> actions = ParseReplay(text.str());
  if (!actions.ok()) return std::string(actions.status().message());
  const Failure failure = Replay(*actions);
  return failure.has_failed() ? failure.checker + ": " + failure.what : "";
}

int RunFiles(const std::vector<char*>& paths) {
  int code = EXIT_SUCCESS;
  for (const char* path : paths) {
    const std::string broken = RunFile(path);
    std::printf("%s: %s\n", path, broken.empty() ? "clean" : broken.c_str());
    if (!broken.empty()) code = EXIT_FAILURE;
  }
  return code;
}

}  // namespace
}  // namespace redress::simulator

int main(int argc, char** argv) {
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  spdlog::set_level(spdlog::level::off);
  // One thread, so there is no order of locks to watch.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (rest.size() > 1) return redress::simulator::RunFiles({rest.begin() + 1, rest.end()});
  return redress::simulator::RunAllSeeds();
}
