// Backups of a real server under load, and servers that are started on what they bring back.
#include <gmock/gmock.h>
#include <grpcpp/support/sync_stream.h>

#include <atomic>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/restore.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

constexpr int kClients = 6;
constexpr int kBackups = 3;
// Changes that are acknowledged before each backup begins.
constexpr int kChangesBetween = 300;

// Tickets as far as they were acknowledged, by id. Thread-safe.
class Acknowledged {
 public:
  void Add(const v1::Ticket& ticket) {
    absl::MutexLock lock(&mutex_);
    versions_[ticket.id()] = std::max(versions_[ticket.id()], ticket.version());
    ++count_;
  }
  std::map<uint64_t, uint32_t> versions() const {
    absl::MutexLock lock(&mutex_);
    return versions_;
  }
  void Await(int64_t count) const {
    const auto is_there = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return count_ >= count; };
    absl::MutexLock lock(&mutex_, absl::Condition(&is_there));
  }
  int64_t count() const {
    absl::MutexLock lock(&mutex_);
    return count_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<uint64_t, uint32_t> versions_ ABSL_GUARDED_BY(mutex_);
  int64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

class BackupTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.Start()) << server_.log(); }

  // The last message of a call, and how it ended.
  static std::pair<v1::CreateBackupResponse, std::string> Create(const Desk& desk, int keep = 0) {
    v1::CreateBackupRequest request;
    request.set_keep(keep);
    const auto context = desk.Context();
    const auto reader = desk.StubOf<Admin>().CreateBackup(context.get(), request);
    v1::CreateBackupResponse last;
    while (reader->Read(&last)) continue;
    return {last, Describe(reader->Finish())};
  }

  // Submits and resolves until told to stop.
  void Work(Acknowledged& acknowledged, const std::atomic<bool>& is_over) const {
    const Desk desk(server_.port());
    while (!is_over) {
      acknowledged.Add(desk.Submit("It is broken."));
      v1::PullTicketsRequest pull;
      pull.set_request_id(NewRequestId());
      pull.set_department("service_desk");
      const v1::PullTicketsResponse pulled = desk.Must(&Queue::PullTickets, pull);
      for (const v1::Ticket& ticket : pulled.tickets()) {
        acknowledged.Add(ticket);
        acknowledged.Add(desk.Resolve(ticket));
      }
    }
  }

  // The tickets of a server that is started on a restored backup, each with its version.
  std::map<uint64_t, uint32_t> Restored(uint32_t number) {
    services::RestorePlan plan;
    plan.backups = scratch_.Path("backups");
    plan.number = number;
    plan.target = scratch_.Path(absl::StrCat("restored ", number));
    const auto finding = services::Restore(plan, [](const std::string&) {});
    EXPECT_EQ(finding.status(), absl::OkStatus());
    ServerProcess server(plan.target);
    EXPECT_TRUE(server.Start()) << server.log();
    const Desk desk(server.port());
    EXPECT_EQ(desk.Verify(), "clean");
    std::map<uint64_t, uint32_t> versions;
    for (const v1::Ticket& ticket : desk.ListAll()) versions[ticket.id()] = ticket.version();
    desk.Submit("It goes on.");
    return versions;
  }

  const ScratchDirectory scratch_;
  ServerProcess server_{scratch_.Path("data"), {"--backups", scratch_.Path("backups")}};
};

TEST_F(BackupTest, UnderFullLoadHoldsAllThatWasAcknowledgedBefore) {
  Acknowledged acknowledged;
  std::atomic<bool> is_over = false;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i)
    clients.emplace_back([&] { Work(acknowledged, is_over); });
  std::vector<std::map<uint64_t, uint32_t>> expected;
  int64_t meanwhile = 0;
  {
    const Desk desk(server_.port());
    for (int i = 0; i < kBackups; ++i) {
      acknowledged.Await(acknowledged.count() + kChangesBetween);
      expected.push_back(acknowledged.versions());
      const int64_t before = acknowledged.count();
      const auto [last, said] = Create(desk);
      EXPECT_EQ(said, "OK");
      EXPECT_TRUE(last.done());
      EXPECT_EQ(last.backup().number(), static_cast<uint32_t>(i + 1));
      meanwhile += acknowledged.count() - before;
    }
  }
  is_over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(meanwhile, 0) << "nothing was done while backups were made";
  for (int i = 0; i < kBackups; ++i) {
    const auto restored = Restored(static_cast<uint32_t>(i + 1));
    const auto all = acknowledged.versions();
    for (const auto& [id, version] : expected[static_cast<size_t>(i)]) {
      ASSERT_TRUE(restored.contains(id)) << "backup " << i + 1 << " lost ticket " << id;
      EXPECT_GE(restored.at(id), version);
    }
  }
  std::printf("%d backups, %d changes acknowledged while they were made, %zu tickets\n", kBackups,
              static_cast<int>(meanwhile), acknowledged.versions().size());
}

TEST_F(BackupTest, AreListedAndTheOldestGo) {
  const Desk desk(server_.port());
  for (int i = 0; i < 3; ++i) {
    desk.Submit("It is broken.");
    EXPECT_EQ(Create(desk, 2).second, "OK");
  }
  const auto list = desk.Must(&Admin::ListBackups, v1::ListBackupsRequest());
  ASSERT_EQ(list.backups_size(), 2);
  EXPECT_EQ(list.backups(0).number(), 2u);
  EXPECT_GT(list.backups(1).size_bytes(), 0);
  EXPECT_EQ(list.backups(1).format_version(), 1u);
}

TEST_F(BackupTest, RefusesANegativeNumberToKeep) {
  EXPECT_EQ(Create(Desk(server_.port()), -1).second, "INVALID_ARGUMENT FIELD_INVALID keep");
}

TEST_F(BackupTest, AreMadeOneAtATime) {
  constexpr int kTries = 20;
  constexpr int kAtOnce = 8;
  absl::Mutex mutex;
  std::map<std::string, int> ends;
  for (int i = 0; i < kTries && ends.size() < 2; ++i) {
    std::vector<std::thread> callers;
    for (int j = 0; j < kAtOnce; ++j)
      callers.emplace_back([&] {
        const std::string end = Create(Desk(server_.port()), 1).second;
        absl::MutexLock lock(&mutex);
        ++ends[end];
      });
    for (std::thread& caller : callers) caller.join();
  }
  EXPECT_THAT(ends, testing::ElementsAre(
                        testing::Pair("FAILED_PRECONDITION BACKUP_UNDER_WAY", testing::Gt(0)),
                        testing::Pair("OK", testing::Gt(0))));
}

TEST_F(BackupTest, SaysWhenTheyCannotBeWritten) {
  std::ofstream(scratch_.Path("backups")) << "a file where the directory belongs";
  EXPECT_EQ(Create(Desk(server_.port())).second, "INTERNAL BACKUP_FAILED");
}

TEST_F(BackupTest, SaysThatNoneAreConfigured) {
  ServerProcess without(scratch_.Path("other"));
  ASSERT_TRUE(without.Start()) << without.log();
  const Desk desk(without.port());
  EXPECT_EQ(Create(desk).second, "FAILED_PRECONDITION BACKUPS_NOT_CONFIGURED");
  EXPECT_EQ(desk.Try(&Admin::ListBackups, v1::ListBackupsRequest()),
            "FAILED_PRECONDITION BACKUPS_NOT_CONFIGURED");
}

}  // namespace
}  // namespace redress::test
