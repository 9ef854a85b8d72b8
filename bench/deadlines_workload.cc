// Deadlines: what waiting ones cost, how fast overdue ones fire, and whether they starve live
// commands. The executor, the driver and the store are the product's, without a network in between.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/figure.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "engine/playbook/playbook.h"
#include "services/clock.h"
#include "services/deadline_driver.h"
#include "services/executor.h"
#include "services/playbook_store.h"
#include "storage/format.h"
#include "storage/ledger.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr uint64_t kBacklog = 100'000;
constexpr int kInFlight = 128;
constexpr int kIdleSubmits = 2'000;
constexpr int kFirstLooks = 5;
constexpr absl::Duration kSubmitSpan = absl::Seconds(3);
// As the daemon's, while there is more to fire.
constexpr absl::Duration kBacklogPause = absl::Milliseconds(1);
constexpr double kFireShareMin = 0.25;
constexpr double kFirstLookMsMax = 50;
// A live command may wait behind one batch of fires, not behind the backlog.
constexpr double kSubmitP99MsMax = 250;

constexpr char kPlaybook[] = R"(playbook: deadlines
departments: {desk: {title: Desk, head: lead}}
route: [{id: rest, to: {level: RELAY, department: desk, resolution: 1h}}]
)";

// The product's writer and driver on one database, each on a thread of its own once started.
class Engine {
 public:
  explicit Engine(const std::string& directory) {
    auto kv = storage::RocksDbKv::Open(directory, {});
    CHECK_OK(kv.status());
    kv_ = *std::move(kv);
    CHECK_OK(storage::EnsureFormatVersion(*kv_));
    services::ExecutorOptions options;
    options.kv = kv_.get();
    options.playbooks = &playbooks_;
    options.clock = &clock_;
    options.entropy = &entropy_;
    options.courier = [](std::vector<std::function<void()>> errands) {
      for (const auto& errand : errands) errand();
    };
    executor_ = std::make_unique<services::Executor>(std::move(options));
    driver_ = std::make_unique<services::DeadlineDriver>(*kv_, *executor_);
  }
  ~Engine() { Stop(); }

  void Start() {
    executor_thread_ = std::thread([this] { executor_->Run(); });
  }
  void Stop() {
    executor_->Stop();
    if (executor_thread_.joinable()) executor_thread_.join();
  }

  services::DeadlineDriver& driver() { return *driver_; }
  services::Executor& executor() { return *executor_; }
  storage::Kv& kv() { return *kv_; }
  // The system's time, moved by a span.
  void Move(absl::Duration by) { clock_.by = by; }
  absl::Time now() const { return clock_.Now(); }

  services::Order NewOrder() const {
    services::Order order;
    order.tenant = kTenant;
    order.actor.id = "bench";
    order.actor.all_departments = order.actor.is_owner = true;
    return order;
  }

  void Publish() {
    services::Order order = NewOrder();
    order.candidate = engine::CompilePlaybook(kPlaybook).playbook;
    CHECK(order.candidate != nullptr);
    v1::PublishPlaybookRequest& request = *order.command.mutable_publish_playbook();
    request.set_request_id("deadlines-playbook");
    request.set_source(kPlaybook);
    request.set_reason("The deadlines are of it.");
    Do(std::move(order));
  }

  services::Order SubmitOrder(const std::string& run, uint64_t number) const {
    services::Order order = NewOrder();
    *order.command.mutable_submit_issue() = SampleIssue(run, number, kAnyDepartment);
    order.command.mutable_submit_issue()->mutable_issue()->clear_category();
    return order;
  }

  // Microseconds until it was answered.
  double Do(services::Order order) {
    absl::Notification is_done;
    order.done = [&](const services::Outcome& outcome) {
      if (outcome.failure) base::CheckFailed(__FILE__, __LINE__, outcome.failure->message);
      is_done.Notify();
    };
    const absl::Time start = absl::Now();
    executor_->Submit(std::move(order));
    is_done.WaitForNotification();
    return absl::ToDoubleMicroseconds(absl::Now() - start);
  }

  // Keeps `in_flight` submits under way until `is_over`; how many were answered.
  uint64_t Flood(const std::string& run, int in_flight,
                 const std::function<bool(uint64_t)>& is_over) {
    std::atomic<uint64_t> answered = 0;
    uint64_t sent = 0;
    while (!is_over(answered)) {
      while (sent < answered + static_cast<uint64_t>(in_flight) && !is_over(sent)) {
        services::Order order = SubmitOrder(run, sent++);
        order.done = [&answered](const services::Outcome& outcome) {
          if (outcome.failure) base::CheckFailed(__FILE__, __LINE__, outcome.failure->message);
          ++answered;
        };
        executor_->Submit(std::move(order));
      }
      std::this_thread::yield();
    }
    while (answered < sent) std::this_thread::yield();
    return answered;
  }

  // Fires what is due until nothing is; a second's fires.
  double Drain() {
    const absl::Time start = absl::Now();
    uint64_t fired = 0;
    while (true) {
      const absl::StatusOr<size_t> sent = driver_->Tick(now());
      CHECK_OK(sent.status());
      fired += *sent;
      if (*sent == 0 && !driver_->is_busy()) break;
      absl::SleepFor(kBacklogPause);
    }
    return static_cast<double>(fired) / absl::ToDoubleSeconds(absl::Now() - start);
  }

 private:
  struct MovedClock final : services::Clock {
    absl::Time Now() const override { return absl::Now() + by; }
    absl::Duration by;
  };

  MovedClock clock_;
  services::SystemEntropy entropy_;
  services::PlaybookStore playbooks_;
  std::unique_ptr<storage::Kv> kv_;
  std::unique_ptr<services::Executor> executor_;
  std::unique_ptr<services::DeadlineDriver> driver_;
  std::thread executor_thread_;
};

// A database whose every ticket was to be resolved by now.
std::unique_ptr<Engine> MakeBacklog(const std::string& directory) {
  std::filesystem::create_directories(directory);
  auto engine = std::make_unique<Engine>(directory);
  engine->Start();
  engine->Move(-absl::Hours(3));
  engine->Publish();
  engine->Flood("backlog", 2 * kInFlight, [](uint64_t count) { return count >= kBacklog; });
  engine->Move(absl::ZeroDuration());
  return engine;
}

// Milliseconds of the driver's first look, which is what a start does about deadlines.
double FirstLook(const std::string& directory) {
  std::vector<double> looks;
  Engine engine(directory);
  for (int i = 0; i < kFirstLooks; ++i) {
    services::DeadlineDriver fresh(engine.kv(), engine.executor());
    const absl::Time start = absl::Now();
    const absl::StatusOr<size_t> sent = fresh.Tick(absl::Now());
    CHECK_OK(sent.status());
    CHECK_EQ(*sent, size_t{0});
    looks.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
  }
  return Median(std::move(looks));
}

// Whether the ledger has the breaches in the order of their due instants.
bool IsInDueOrder(storage::Kv& kv) {
  const std::unique_ptr<storage::Snapshot> snapshot = kv.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const auto head = reader.ReadHead(kTenant);
  CHECK_OK(head.status());
  int64_t last = 0;
  uint64_t breaches = 0;
  for (uint64_t number = 1; number <= head->commit(); ++number) {
    const auto commit = reader.ReadCommit(kTenant, number);
    CHECK_OK(commit.status());
    for (const std::string& bytes : commit->events()) {
      v1::Event event;
      CHECK(event.ParseFromString(bytes));
      if (!event.has_promise_missed()) continue;
      const auto& due = event.promise_missed().due();
      const int64_t due_us = due.seconds() * 1'000'000 + due.nanos() / 1000;
      if (due_us < last) return false;
      last = due_us;
      ++breaches;
    }
  }
  return breaches == kBacklog;
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

bool RunFiring(const std::string& directory) {
  const std::unique_ptr<Engine> engine = MakeBacklog(directory);
  const absl::Time end = absl::Now() + kSubmitSpan;
  const double submits =
      static_cast<double>(engine->Flood("rate", kInFlight,
                                        [end](uint64_t) { return absl::Now() >= end; })) /
      absl::ToDoubleSeconds(kSubmitSpan);
  const double fires = engine->Drain();
  Remark("deadlines: submits on the same database", submits, "/s");
  Remark("deadlines: fired from a backlog of 100,000", fires, "/s");
  bool is_met = Report("deadlines: firing over submitting", fires / submits, "", Aim::kAtLeast,
                       kFireShareMin);
  is_met &= Report("deadlines: breaches in due order (1: yes)", IsInDueOrder(engine->kv()), "",
                   Aim::kAtLeast, 1);
  return is_met;
}

bool RunLive(const std::string& directory) {
  const std::unique_ptr<Engine> engine = MakeBacklog(directory);
  std::atomic<bool> is_draining = true;
  double fires = 0;
  std::vector<double> idle, draining;
  for (int i = 0; i < kIdleSubmits; ++i)
    idle.push_back(engine->Do(engine->SubmitOrder("idle", static_cast<uint64_t>(i))));
  std::thread driver([&] {
    fires = engine->Drain();
    is_draining = false;
  });
  for (uint64_t i = 0; is_draining; ++i)
    draining.push_back(engine->Do(engine->SubmitOrder("live", i)));
  driver.join();
  Remark("deadlines: submit latency without a backlog, median", Median(idle) / 1000, "ms");
  Remark("deadlines: submit latency while it drains, median", Median(draining) / 1000, "ms");
  Remark("deadlines: fired beside live submits", fires, "/s");
  return Report("deadlines: submit latency while it drains, 99 of 100",
                Percentile(draining, 0.99) / 1000, "ms", Aim::kAtMost, kSubmitP99MsMax);
}

}  // namespace

bool RunDeadlines(const Workspace& workspace) {
  const double small = FirstLook(workspace.small + "/data");
  const double large = FirstLook(workspace.large + "/data");
  Remark("deadlines: first look with 11,000 waiting", small, "ms");
  // A seek into each shard; reading the keys of a million would take a hundred times as long.
  bool is_met = Report("deadlines: first look with 1,000,000 waiting", large, "ms", Aim::kAtMost,
                       kFirstLookMsMax);
  is_met &= RunFiring(workspace.scratch + "/firing");
  is_met &= RunLive(workspace.scratch + "/live");
  return is_met;
}

}  // namespace redress::bench
