#include "tests/simulator/seeds.h"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "tests/simulator/apart.h"
#include "tests/simulator/plan_shelf.h"
#include "tests/simulator/replay.h"
#include "tests/simulator/shrink.h"
#include "tests/simulator/simulation.h"

namespace redress::simulator {
namespace {

// That share a process: those that share playbooks.
constexpr size_t kSeedsTogether = kSeedsOfShelf;

void RunTogether(absl::Span<const uint64_t> seeds, int commands, absl::Time end, std::FILE* out) {
  for (const uint64_t seed : seeds) {
    if (absl::Now() >= end) return;
    std::fprintf(out, "begin %llu\n", static_cast<unsigned long long>(seed));
    std::fflush(out);
    SimulationOptions options;
    options.seed = seed;
    options.commands = commands;
    const SimulationResult result = Simulation(options).Run();
    if (result.failure.has_failed()) return;
    const WorldCounts& counts = result.counts;
    std::fprintf(out, "end %lld %lld %d %d\n", static_cast<long long>(counts.commands),
                 static_cast<long long>(counts.fires), counts.crashes, counts.commits_lost);
  }
}

// Adds what one process wrote.
void AddTotals(const std::string& text, SeedTotals& totals) {
  std::istringstream lines(text);
  std::string word;
  while (lines >> word) {
    if (word == "begin") {
      lines >> totals.failed_seed;
      continue;
    }
    WorldCounts counts;
    lines >> counts.commands >> counts.fires >> counts.crashes >> counts.commits_lost;
    totals.counts.commands += counts.commands;
    totals.counts.fires += counts.fires;
    totals.counts.crashes += counts.crashes;
    totals.counts.commits_lost += counts.commits_lost;
    totals.failed_seed = 0;
    ++totals.seeds;
  }
}

// Of the working copy, where there is one.
std::string CommitName() {
  std::FILE* git = popen("git rev-parse --short HEAD 2>/dev/null", "r");
  if (git == nullptr) return "unknown";
  char name[64] = "";
  const bool is_read = std::fgets(name, sizeof(name), git) != nullptr;
  pclose(git);
  return is_read ? std::string(absl::StripAsciiWhitespace(name)) : "unknown";
}

std::string AsComment(const std::string& text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  return absl::StrCat("# ", absl::StrReplaceAll(stripped, {{"\n", "\n# "}}), "\n");
}

}  // namespace

SeedTotals RunSeeds(const std::vector<uint64_t>& seeds, int commands, absl::Time end) {
  SeedTotals totals;
  absl::Span<const uint64_t> rest(seeds);
  while (!rest.empty() && totals.failed_seed == 0 && absl::Now() < end) {
    const absl::Span<const uint64_t> next = rest.subspan(0, kSeedsTogether);
    rest.remove_prefix(next.size());
    AddTotals(RunApart([&](std::FILE* out) { RunTogether(next, commands, end, out); }).text,
              totals);
  }
  return totals;
}

FailedSeed RecordSeed(uint64_t seed, int commands) {
  const ApartResult result = RunApart([&](std::FILE* out) {
    SimulationOptions options;
    options.seed = seed;
    options.commands = commands;
    options.tell = [&](const Action& action) {
      std::fprintf(out, "%s\n", PrintAction(action).c_str());
      std::fflush(out);
    };
    Simulation(options).Run();
  });
  absl::StatusOr<Actions> actions = ParseReplay(result.text);
  CHECK_OK(actions.status());
  Failure failure = Replay(*actions);
  return {std::move(failure), *std::move(actions)};
}

std::string ReplayOfSeed(uint64_t seed, int commands, absl::Duration most) {
  FailedSeed failed = RecordSeed(seed, commands);
  const Actions few = Shrink(failed.actions, failed.failure.checker, most);
  const Failure failure = Replay(few);
  return absl::StrCat("# Found by the check of ", failure.checker, ", seed ", seed, " at commit ",
                      CommitName(), "; ", few.size(), " of ", failed.actions.size(),
                      " actions.\n", AsComment(failure.what),
                      "# In the whole run:\n", AsComment(failed.failure.what), PrintReplay(few));
}

}  // namespace redress::simulator
