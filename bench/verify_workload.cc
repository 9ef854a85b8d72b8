// How fast a whole ledger is computed again and compared with everything that is stored.
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/fill.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "services/backend.h"
#include "services/verify.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr double kEventsAim = 300'000;
constexpr int kRounds = 3;
constexpr uint64_t kWorkedTickets = 150'000;
constexpr uint64_t kMeasuredTickets = 100'000;

// A store rests that took no more of the processors than this, for so long.
constexpr double kRestProcessorSeconds = 0.01;
constexpr absl::Duration kRest = absl::Milliseconds(500);

struct Verification {
  v1::VerifyLedgerResponse finding;
  double seconds = 0;
  double processor_seconds = 0;
};

// Of all threads of this process, in user and system mode.
double ProcessorSeconds() {
  rusage usage{};
  CHECK_EQ(getrusage(RUSAGE_SELF, &usage), 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Until the store has put what was written last where it belongs, which is not what is measured.
void AwaitRest() {
  for (double before = -1, now = ProcessorSeconds(); now - before > kRestProcessorSeconds;) {
    absl::SleepFor(kRest);
    before = std::exchange(now, ProcessorSeconds());
  }
}

Verification VerifyOnce(const storage::Kv& kv) {
  AwaitRest();
  const services::LedgerView view(kv);
  services::WorkerPool helpers;
  std::thread helper([&helpers] { helpers.Run(); });
  const double processor_start = ProcessorSeconds();
  const absl::Time start = absl::Now();
  Verification verification;
  verification.finding = services::VerifyLedgerOf(
      view.reader(), kTenant, [](const v1::VerifyLedgerResponse&) { return true; },
      {.helpers = &helpers});
  verification.seconds = absl::ToDoubleSeconds(absl::Now() - start);
  verification.processor_seconds = ProcessorSeconds() - processor_start;
  helpers.Stop();
  helper.join();
  CHECK(verification.finding.clean());
  return verification;
}

// The one of several that took the median time.
Verification Verify(const storage::Kv& kv) {
  std::vector<Verification> rounds;
  for (int round = 0; round < kRounds; ++round) rounds.push_back(VerifyOnce(kv));
  const auto is_shorter = [](const Verification& left, const Verification& right) {
    return left.seconds < right.seconds;
  };
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end(), is_shorter);
  return rounds[kRounds / 2];
}

void RemarkCost(const std::string& name, const Verification& verification) {
  const double events = static_cast<double>(verification.finding.events());
  Remark(name + "processor time of an event", verification.processor_seconds / events * 1e6, "us");
}

// The same ledger in small, with measures that every event may count in.
void VerifyMeasured(const std::string& directory) {
  const FillSize size = {.large_queue = kMeasuredTickets * 9 / 10,
                         .closed = kMeasuredTickets / 10,
                         .playbook_end = StarterMeasures()};
  CHECK_OK(Fill(directory, size));
  const auto kv = storage::RocksDbKv::Open(directory + "/data", {});
  CHECK_OK(kv.status());
  const Verification verification = Verify(**kv);
  Remark("verify: events of tickets that wait, with the starter's measures",
         static_cast<double>(verification.finding.events()) / verification.seconds, "/s");
  RemarkCost("verify: of tickets that wait, with the starter's measures, ", verification);
}

// A ledger of tickets that were worked on, as most tickets of a company are.
Verification VerifyWorked(const std::string& directory, const std::string& playbook_end) {
  CHECK_OK(Fill(directory, {.worked = kWorkedTickets, .playbook_end = playbook_end}));
  const auto kv = storage::RocksDbKv::Open(directory + "/data", {});
  CHECK_OK(kv.status());
  return Verify(**kv);
}

bool ReportWorked(const std::string& tickets, const Verification& verification) {
  const auto events = static_cast<double>(verification.finding.events());
  Remark("verify: ledger of " + tickets + ", events", events, "");
  RemarkCost("verify: of " + tickets + ", ", verification);
  return Report("verify: events of " + tickets, events / verification.seconds, "/s",
                Aim::kAtLeast, kEventsAim);
}

}  // namespace

bool RunVerify(const Workspace& workspace) {
  VerifyMeasured(workspace.scratch + "/verify");
  const auto kv = storage::RocksDbKv::Open(workspace.large + "/data", {});
  CHECK_OK(kv.status());
  const Verification verification = Verify(**kv);
  const v1::VerifyLedgerResponse& finding = verification.finding;
  Remark("verify: events of 1,000,000 tickets and more", static_cast<double>(finding.events()), "");
  Remark("verify: records compared", static_cast<double>(finding.records()), "");
  RemarkCost("verify: of tickets that wait, ", verification);
  Remark("verify: events of tickets that wait",
         static_cast<double>(finding.events()) / verification.seconds, "/s");
  const bool is_fast = ReportWorked("tickets that were worked on",
                                    VerifyWorked(workspace.scratch + "/worked", ""));
  const Verification measured =
      VerifyWorked(workspace.scratch + "/worked-measured", StarterMeasures());
  return ReportWorked("such tickets with the starter's measures", measured) && is_fast;
}

}  // namespace redress::bench
