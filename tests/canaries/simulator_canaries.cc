// simulator_canaries [--only NAME]
//
// Wakes each planted bug alone and lets the simulator run seed after seed until it finds it. Fails
// unless all are found within --seeds_max seeds, and none is found when none is awake. Run from the
// top of the repository.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/log.h"
#include "tests/canaries/plant.h"
#include "tests/canaries/planted.h"
#include "tests/simulator/apart.h"
#include "tests/simulator/simulation.h"

ABSL_FLAG(std::string, list, "tests/canaries/product.canaries", "the bugs");
ABSL_FLAG(std::string, only, "", "the one bug to try; empty: all");
ABSL_FLAG(int, seeds_max, 300, "seeds within which each must be found");
ABSL_FLAG(int, commands, 600, "commands of each seed's first phase");

namespace redress::simulator {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Finding {
  int seed = 0;  // 0: not found
  Failure failure;
};

Finding FindBug(const std::string& name) {
  const ApartResult result = RunApart([&](std::FILE* out) {
    canary::Wake(name);
    for (int seed = 1; seed <= absl::GetFlag(FLAGS_seeds_max); ++seed) {
      std::fprintf(out, "%d\n", seed);
      std::fflush(out);
      SimulationOptions options;
      options.seed = static_cast<uint64_t>(seed);
      options.commands = absl::GetFlag(FLAGS_commands);
      const Failure failure = Simulation(options).Run().failure;
      if (failure.has_failed()) {
        std::fprintf(out, "%s\n%s", failure.checker.c_str(), failure.what.c_str());
        return;
      }
    }
    std::fprintf(out, "none\n");
  });
  Finding finding;
  if (!result.has_ended) finding.failure = {kInvariantChecker, result.errors};
  size_t begin = 0;
  for (size_t end = 0; (end = result.text.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const std::string line = result.text.substr(begin, end - begin);
    if (line == "none") return {};
    const bool is_seed = !line.empty() && std::all_of(line.begin(), line.end(), [](char c) {
      return c >= '0' && c <= '9';
    });
    if (is_seed) finding.seed = std::atoi(line.c_str());
    if (is_seed) continue;
    finding.failure = {line, result.text.substr(end + 1)};
    break;
  }
  return finding;
}

// Empty, or what is wrong.
std::string Try(const canary::Canary& canary, std::map<std::string, int>& checkers) {
  if (!canary::Fits(canary, Read(canary.file)))
    return absl::StrCat("no longer fits ", canary.file, ": change its lines in ",
                        absl::GetFlag(FLAGS_list));
  const Finding finding = FindBug(canary.name);
  if (finding.seed == 0)
    return absl::StrCat("not found within ", absl::GetFlag(FLAGS_seeds_max), " seeds: ",
                        canary.story);
  ++checkers[finding.failure.checker];
  std::printf("%-32s seed %3d  %s\n", canary.name.c_str(), finding.seed,
              finding.failure.checker.c_str());
  if (!absl::GetFlag(FLAGS_only).empty()) std::printf("%s\n", finding.failure.what.c_str());
  return "";
}

int RunAll() {
  const auto canaries = canary::ParseCanaries(Read(absl::GetFlag(FLAGS_list)));
  if (!canaries.ok() || canaries->empty()) {
    std::printf("%s: %s\n", absl::GetFlag(FLAGS_list).c_str(),
                canaries.ok() ? "holds no canary" : canaries.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  const std::string only = absl::GetFlag(FLAGS_only);
  std::map<std::string, int> checkers;
  int tried = 0, missed = 0;
  for (const canary::Canary& canary : *canaries) {
    if (!only.empty() && canary.name != only) continue;
    ++tried;
    const std::string wrong = Try(canary, checkers);
    if (wrong.empty()) continue;
    ++missed;
    std::printf("%-32s MISSED    %s\n", canary.name.c_str(), wrong.c_str());
  }
  if (only.empty() && FindBug("").seed != 0) {
    ++missed;
    std::printf("something is found although no bug is awake\n");
  }
  std::printf("%d canaries, %d missed; found by", tried, missed);
  for (const auto& [checker, count] : checkers) std::printf(" %s %d", checker.c_str(), count);
  std::printf("\n");
  return tried > 0 && missed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace redress::simulator

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  spdlog::set_level(spdlog::level::off);
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return redress::simulator::RunAll();
}
