// How fast a whole ledger is computed again and compared with everything that is stored.
#include <cstdint>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "services/backend.h"
#include "services/verify.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr double kEventsAim = 300'000;

}  // namespace

bool RunVerify(const Workspace& workspace) {
  const auto kv = storage::RocksDbKv::Open(workspace.large + "/data", {});
  CHECK_OK(kv.status());
  const services::LedgerView view(**kv);
  services::WorkerPool helpers;
  std::thread helper([&helpers] { helpers.Run(); });
  const absl::Time start = absl::Now();
  const v1::VerifyLedgerResponse finding = services::VerifyLedgerOf(
      view.reader(), kTenant, [](const v1::VerifyLedgerResponse&) { return true; },
      {.helpers = &helpers});
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  helpers.Stop();
  helper.join();
  CHECK(finding.clean());
  Remark("verify: events of 1,000,000 tickets and more", static_cast<double>(finding.events()), "");
  Remark("verify: records compared", static_cast<double>(finding.records()), "");
  return Report("verify: events", static_cast<double>(finding.events()) / seconds, "/s",
                Aim::kAtLeast, kEventsAim);
}

}  // namespace redress::bench
