// SIGTERM under load: what was begun is answered, what was answered is kept, and the server ends by
// itself.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

constexpr int kClients = 8;
constexpr int kRounds = 3;
constexpr size_t kTicketsBefore = 200;

class DrainTest : public ServerTest {
 protected:
  // Submits until the server says that it goes, or is gone.
  void Work() {
    const Desk client(server_.port());
    while (true) {
      v1::SubmitIssueResponse response;
      const grpc::Status status =
          client.Call(&Intake::SubmitIssue, Submission("It is broken."), &response);
      absl::MutexLock lock(&mutex_);
      if (status.ok()) {
        acknowledged_[response.ticket().id()] = response.ticket().version();
        continue;
      }
      // A call that comes just when the connection closes is cancelled by gRPC before it is read.
      const bool is_end = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                          status.error_code() == grpc::StatusCode::CANCELLED;
      EXPECT_TRUE(is_end) << Describe(status) << " " << status.error_message();
      return;
    }
  }
  void AwaitTickets(size_t count) {
    const auto is_there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return acknowledged_.size() >= count;
    };
    absl::MutexLock lock(&mutex_, absl::Condition(&is_there));
  }
  size_t tickets() const {
    absl::MutexLock lock(&mutex_);
    return acknowledged_.size();
  }

  mutable absl::Mutex mutex_;
  std::map<uint64_t, uint32_t> acknowledged_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(DrainTest, LosesNothingAndEndsByItself) {
  for (int round = 0; round < kRounds; ++round) {
    const size_t before = tickets();
    desk_.reset();
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) clients.emplace_back([this] { Work(); });
    AwaitTickets(before + kTicketsBefore);
    EXPECT_EQ(server_.Stop(), 0) << server_.log();
    for (std::thread& client : clients) client.join();
    ASSERT_NO_FATAL_FAILURE(Start());
    std::map<uint64_t, uint32_t> stored;
    for (const v1::Ticket& ticket : desk().ListAll()) stored[ticket.id()] = ticket.version();
    absl::MutexLock lock(&mutex_);
    for (const auto& [id, version] : acknowledged_) {
      ASSERT_TRUE(stored.contains(id)) << "ticket " << id << " is lost";
      EXPECT_GE(stored[id], version);
    }
  }
  EXPECT_EQ(desk().Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
