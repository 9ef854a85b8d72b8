// The workloads' command line; bench/run is how people call it.
//
//     redress_bench run DIRECTORY NAME...   runs workloads, with their databases under DIRECTORY
//     redress_bench fill DIRECTORY COUNT    makes a large database
//     redress_bench serve DIRECTORY         serves one until its input ends
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/log.h"
#include "bench/figure.h"
#include "bench/fill.h"
#include "bench/server_process.h"
#include "bench/workload.h"

namespace redress::bench {
namespace {

constexpr uint64_t kLargeCount = 1'000'000;
constexpr uint64_t kSmallCount = 10'000;
constexpr int kExitShort = 1;
constexpr int kExitUsage = 64;

struct Workload {
  const char* name;
  bool (*run)(const Workspace&);
  bool needs_databases;
};

constexpr Workload kWorkloads[] = {
    {"submit", RunSubmit, false}, {"batch", RunBatch, false},  {"stream", RunStream, false},
    {"store", RunStore, false},
    {"measures", RunMeasures, false},
    {"pull", RunPull, true},      {"report", RunReport, true},
    {"postgres", RunPostgres, true},
    {"verify", RunVerify, true},  {"open", RunOpen, true},
    {"rules", RunRules, false},
    {"backtest", RunBacktest, false},
    {"due", RunDue, false},
    {"deadlines", RunDeadlines, true},
    {"text", RunText, false},
};

const Workload* FindWorkload(absl::string_view name) {
  for (const Workload& workload : kWorkloads)
    if (workload.name == name) return &workload;
  return nullptr;
}

// Waiting tickets, a short queue, and one closed ticket for ten that wait.
int FillDatabase(const std::string& directory, uint64_t count) {
  CHECK_OK(Fill(directory, {.large_queue = count, .small_queue = 1000, .closed = count / 10}));
  return 0;
}

// Makes the database in a process of its own, which also shows how much memory that takes.
bool MakeDatabase(const std::string& directory, uint64_t count) {
  if (std::filesystem::exists(directory)) return true;
  const std::string half_done = directory + ".partial";
  std::filesystem::remove_all(half_done);
  const absl::Time start = absl::Now();
  const double peak = static_cast<double>(RunToEnd({"fill", half_done, absl::StrCat(count)}));
  const std::string name = absl::StrCat("fill: ", count, " tickets");
  Remark(name, absl::ToDoubleSeconds(absl::Now() - start), "s");
  std::filesystem::rename(half_done, directory);
  return Report(name + ", peak memory", peak / (1 << 30), "GiB", Aim::kAtMost, 1);
}

int RunWorkloads(const std::string& directory, const std::vector<std::string>& names) {
  const Workspace workspace = {directory + "/scratch", directory + "/large", directory + "/small"};
  bool is_met = true;
  for (const std::string& name : names) {
    const Workload* workload = FindWorkload(name);
    CHECK(workload != nullptr);
    if (workload->needs_databases) {
      is_met &= MakeDatabase(workspace.small, kSmallCount);
      is_met &= MakeDatabase(workspace.large, kLargeCount);
    }
    std::filesystem::remove_all(workspace.scratch);
    is_met &= workload->run(workspace);
  }
  std::filesystem::remove_all(workspace.scratch);
  return is_met ? 0 : kExitShort;
}

int Usage() {
  std::string names;
  for (const Workload& workload : kWorkloads) absl::StrAppend(&names, " ", workload.name);
  std::fprintf(
      stderr,
      "usage: redress_bench run DIRECTORY NAME... | fill DIRECTORY COUNT | serve DIRECTORY\n"
      "workloads:%s\n",
      names.c_str());
  return kExitUsage;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "list") {
    for (const Workload& workload : kWorkloads) std::puts(workload.name);
    return 0;
  }
  if (words.size() < 2) return Usage();
  if (words[0] == "serve" && words.size() == 2) return ServeProcess(words[1]);
  uint64_t count = 0;
  if (words[0] == "fill" && words.size() == 3 && absl::SimpleAtoi(words[2], &count))
    return FillDatabase(words[1], count);
  if (words[0] != "run") return Usage();
  const std::vector<std::string> names(words.begin() + 2, words.end());
  for (const std::string& name : names)
    if (FindWorkload(name) == nullptr) return Usage();
  return RunWorkloads(words[1], names);
}

}  // namespace
}  // namespace redress::bench

int main(int argc, char** argv) {
  redress::base::SetUpLog("error");
  return redress::bench::Main({argv + 1, argv + argc});
}
