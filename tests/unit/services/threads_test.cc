// The core with the threads that the server gives it, without a protocol: what a race between them
// would break, and what the thread sanitizer watches.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "services/courier.h"
#include "services/deadline_driver.h"
#include "services/executor.h"
#include "services/queue_hub.h"
#include "services/verify.h"
#include "services/worker_pool.h"
#include "storage/memory_kv.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

constexpr int kClients = 4;
constexpr int kSubmitsOfOne = 150;

// A server's threads over memory.
class Threads {
 public:
  Threads() : executor_(Options()), driver_(kv_, executor_) {
    threads_.emplace_back([this] { executor_.Run(); });
    threads_.emplace_back([this] { courier_.Run(); });
    threads_.emplace_back([this] { workers_.Run(); });
    threads_.emplace_back([this] {
      while (!stop_.WaitForNotificationWithTimeout(absl::Milliseconds(5)))
        EXPECT_EQ(driver_.Tick(clock_.Now()).status(), absl::OkStatus());
    });
  }
  ~Threads() {
    stop_.Notify();
    workers_.Stop();
    executor_.Stop();
    threads_[0].join();
    courier_.Stop();
    for (size_t i = 1; i < threads_.size(); ++i) threads_[i].join();
  }

  services::Outcome Do(const engine::Actor& actor, v1::Command command) {
    services::Order order;
    order.tenant = "acme";
    order.actor = actor;
    if (command.has_publish_playbook()) order.candidate = Shop();
    order.command = std::move(command);
    services::Outcome outcome;
    absl::Notification is_done;
    order.done = [&](services::Outcome done) {
      outcome = std::move(done);
      is_done.Notify();
    };
    executor_.Submit(std::move(order));
    is_done.WaitForNotification();
    return outcome;
  }
  std::string NewRequest() { return absl::StrCat("request ", ++requests_); }
  // What a verification on a worker's thread says.
  std::string Verify() {
    std::string said;
    absl::Notification is_done;
    EXPECT_TRUE(workers_.Post("acme", "vera", [&] {
      const auto snapshot = kv_.TakeSnapshot();
      const storage::LedgerReader reader(*snapshot);
      const auto finding = services::VerifyLedgerOf(
          reader, "acme", [](const v1::VerifyLedgerResponse&) { return true; });
      said = finding.clean() ? "clean" : finding.first_difference();
      is_done.Notify();
    }));
    is_done.WaitForNotification();
    return said;
  }
  services::QueueHub& hub() { return hub_; }

 private:
  services::ExecutorOptions Options() {
    services::ExecutorOptions options;
    options.kv = &kv_;
    options.playbooks = &playbooks_;
    options.clock = &clock_;
    options.entropy = &entropy_;
    options.courier = [this](std::vector<std::function<void()>> errands) {
      courier_.Deliver(std::move(errands));
    };
    options.on_hints = [this](const std::vector<services::QueueHint>& hints) {
      hub_.Notify(hints);
    };
    return options;
  }

  services::SystemClock clock_;
  services::SystemEntropy entropy_;
  storage::MemoryKv kv_;
  services::PlaybookStore playbooks_;
  services::QueueHub hub_;
  services::AnswerCourier courier_;
  services::WorkerPool workers_;
  services::Executor executor_;
  services::DeadlineDriver driver_;
  absl::Notification stop_;
  std::atomic<int> requests_ = 0;
  std::vector<std::thread> threads_;
};

TEST(Threads, DoEachCommandOnceWhoeverSendsIt) {
  Threads server;
  ASSERT_FALSE(
      server.Do(Owner("olga"), With(Publish(ShopSource()), "request_id", "first")).failure);
  std::atomic<int> hints = 0;
  const uint64_t subscription = server.hub().Subscribe(
      "acme", "desk", services::QueueHub::Wants::kWork, [&hints] { ++hints; });
  absl::Mutex mutex;
  std::map<uint64_t, int> tickets;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      const engine::Actor actor = Agent(absl::StrCat("agent ", client));
      for (int i = 0; i < kSubmitsOfOne; ++i) {
        const auto submitted =
            server.Do(actor, With(Submit(Complaint()), "request_id", server.NewRequest()));
        ASSERT_FALSE(submitted.failure);
        {
          absl::MutexLock lock(&mutex);
          ++tickets[submitted.tickets.front().id()];
        }
        const auto pulled =
            server.Do(actor, With(Pull("desk"), "request_id", server.NewRequest()));
        for (const v1::Ticket& ticket : pulled.tickets)
          server.Do(actor, With(With(Resolve(ticket.lease_count()), "ticket",
                                     absl::StrCat(ticket.id())),
                                "request_id", server.NewRequest()));
        if (i % 50 == 0) EXPECT_EQ(server.Verify(), "clean");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  server.hub().Unsubscribe(subscription);
  EXPECT_EQ(tickets.size(), size_t{kClients} * kSubmitsOfOne);
  for (const auto& [id, count] : tickets) EXPECT_EQ(count, 1) << "ticket " << id;
  EXPECT_GT(hints, 0);
  EXPECT_EQ(server.Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
