// How fast stored tickets are decided again, and whether publishing holds up those who submit.
#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/figure.h"
#include "bench/fill.h"
#include "bench/sample.h"
#include "bench/server_process.h"
#include "bench/workload.h"
#include "engine/measure/day.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "redress/v1/playbook_service.grpc.pb.h"
#include "services/backend.h"
#include "services/backtest.h"
#include "services/worker_pool.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr uint64_t kTickets = 200'000;
constexpr int kRules = 1'000;
constexpr int kRounds = 5;
constexpr services::BacktestDays kAllDays{engine::kDayFirst, engine::kDayLast + 1};
constexpr int kPublishedRules = 10'000;
constexpr absl::Duration kQuiet = absl::Seconds(1);

// A playbook with a row for each condition.
std::string SourceWith(int rows, const std::function<std::string(int)>& condition) {
  std::string source =
      absl::StrCat("playbook: candidate\n", TaxonomySource(), "departments:\n");
  for (int i = 0; i < 10; ++i) absl::StrAppend(&source, "  d", i, ": {title: D, head: h}\n");
  absl::StrAppend(&source, "route:\n");
  for (int i = 0; i < rows; ++i)
    absl::StrAppend(&source, "- {id: r", i, ", when: '", condition(i),
                    "', to: {level: RELAY, department: d", i % 10, "}}\n");
  absl::StrAppend(&source, "- {id: rest, to: {level: RELAY, department: d0}}\n");
  return source;
}

// Rows that ask for three fields, of which one in a hundred matches an issue.
std::string TriedSource() {
  return SourceWith(kRules, [](int i) {
    return absl::StrCat("issue.product == \"p", i % 100, "\" && issue.channel == \"c", i % 7,
                        "\" && issue.severity >= HIGH");
  });
}

// Rows that are short enough for so many of them to be allowed.
std::string PublishedSource() {
  return SourceWith(kPublishedRules,
                    [](int i) { return absl::StrCat("issue.product == \"p", i, "\""); });
}

v1::Backtest Try(const storage::Kv& kv, const engine::Playbook& candidate,
                 services::WorkerPool* helpers) {
  const services::LedgerView view(kv);
  const auto response =
      services::BacktestLedger(view.reader(), kTenant, candidate, kAllDays, helpers,
                               [](const v1::BacktestPlaybookResponse&) { return true; });
  CHECK_OK(response.status());
  return response->backtest();
}

// Processor time of this process so far, of all its threads.
double ProcessorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double RateOf(const storage::Kv& kv, const engine::Playbook& candidate,
              services::WorkerPool* helpers) {
  const absl::Time start = absl::Now();
  const v1::Backtest backtest = Try(kv, candidate, helpers);
  return static_cast<double>(backtest.decided()) / absl::ToDoubleSeconds(absl::Now() - start);
}

bool MeasureBacktest(const Workspace& workspace) {
  CHECK_OK(Fill(workspace.scratch, {.large_queue = kTickets}));
  const auto kv = storage::RocksDbKv::Open(absl::StrCat(workspace.scratch, "/data"), {});
  CHECK_OK(kv.status());
  const engine::PlaybookCompilation candidate = engine::CompilePlaybook(TriedSource());
  const engine::PlaybookCompilation live = engine::CompilePlaybook(PlaybookSource());
  CHECK(candidate.playbook != nullptr && live.playbook != nullptr);
  services::WorkerPool pool;
  std::thread helper([&pool] { pool.Run(); });
  std::vector<double> alone, together, costs;
  for (int round = 0; round < kRounds; ++round) {
    const double before = ProcessorSeconds();
    alone.push_back(RateOf(**kv, *candidate.playbook, nullptr));
    costs.push_back((ProcessorSeconds() - before) * 1e6 / kTickets);
    together.push_back(RateOf(**kv, *candidate.playbook, &pool));
  }
  const v1::Backtest again = Try(**kv, *live.playbook, &pool);
  pool.Stop();
  helper.join();
  CHECK_EQ(again.recomputed(), kTickets);
  CHECK(again.recomputed_hash() == again.recorded_hash());
  CHECK(again.recomputed_hash() == Try(**kv, *live.playbook, nullptr).recomputed_hash());
  const std::string name = absl::StrCat("backtest: ", kRules, " rules");
  Remark(name + ", issues on one processor", Median(alone), "/s");
  Remark(name + ", processor time of each", Median(costs), "us");
  return Report(name + ", issues", Median(together), "/s", Aim::kAtLeast, 100'000);
}

// The longest that a submit took while `is_over` said no, in milliseconds.
template <class IsOver>
double LongestSubmit(v1::IntakeService::Stub& intake, const std::string& run, uint64_t& number,
                     IsOver is_over) {
  double longest = 0;
  while (!is_over()) {
    grpc::ClientContext context;
    v1::SubmitIssueResponse response;
    const absl::Time start = absl::Now();
    const grpc::Status status =
        intake.SubmitIssue(&context, SampleIssue(run, number++, kAnyDepartment), &response);
    if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
    longest = std::max(longest, absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  return longest;
}

void Publish(int port, int round) {
  const auto playbooks = v1::PlaybookService::NewStub(Connect(port));
  v1::PublishPlaybookRequest request;
  request.set_request_id(absl::StrCat("playbook-", round));
  request.set_source(PublishedSource());
  request.set_reason("A large one");
  grpc::ClientContext context;
  v1::PublishPlaybookResponse response;
  const grpc::Status status = playbooks->PublishPlaybook(&context, request, &response);
  if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
}

bool MeasurePublish(const Workspace& workspace) {
  std::filesystem::remove_all(workspace.scratch);
  ServerProcess server(workspace.scratch);
  const auto intake = v1::IntakeService::NewStub(Connect(server.port()));
  std::vector<double> delays;
  uint64_t number = 0;
  for (int round = 0; round < kRounds; ++round) {
    const absl::Time quiet_end = absl::Now() + kQuiet;
    const double before = LongestSubmit(*intake, "publish", number,
                                        [&] { return absl::Now() >= quiet_end; });
    std::atomic<bool> is_published = false;
    std::thread publisher([&] {
      Publish(server.port(), round);
      is_published = true;
    });
    const double during =
        LongestSubmit(*intake, "publish", number, [&] { return is_published.load(); });
    publisher.join();
    delays.push_back(std::max(0.0, during - before));
    Remark(absl::StrCat("publish: round ", round + 1, ", longest submit before"), before, "ms");
    Remark(absl::StrCat("publish: round ", round + 1, ", longest submit meanwhile"), during, "ms");
  }
  server.Close();
  return Report(absl::StrCat("publish: ", kPublishedRules, " rules, longest delay of a submit"),
                Median(delays), "ms", Aim::kAtMost, 10);
}

}  // namespace

bool RunBacktest(const Workspace& workspace) {
  const bool is_quick = MeasureBacktest(workspace);
  return MeasurePublish(workspace) && is_quick;
}

}  // namespace redress::bench
