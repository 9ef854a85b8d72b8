// Every operation on the disk of a scripted run fails once in turn, and the server either goes on
// or stops writing and says why. Nothing that it acknowledged is lost or done twice.
//
// Each operation fails in one of three ways, by its number; with REDRESS_ALL_FAULTS set, in all.
#include "tests/power/failing_disk.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr int kCommands = 1000;
constexpr int kBatch = 10;
// Small, so that the run also writes tables.
constexpr size_t kWriteBufferBytes = 512 << 10;

v1::Command CommandOf(int number) {
  v1::Command command;
  switch (number % 5) {
    case 0: command = With(Note(), "ticket", absl::StrCat(1 + number / 10)); break;
    case 1: command = Pull("desk", 2); break;
    case 2: command = Submit(Keyed(Complaint(), absl::StrCat("key ", number % 35))); break;
    default: command = Submit(Complaint());
  }
  return With(std::move(command), "request_id", absl::StrCat("script ", number));
}

class FailingDiskTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<storage::RocksDbKv>> Open() {
    storage::RocksDbOptions options;
    options.write_buffer_bytes = kWriteBufferBytes;
    options.env = env_.get();
    return storage::RocksDbKv::Open("/db", options);
  }

  // Starts with an empty disk.
  void NewDisk() {
    memory_.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    disk_ = std::make_shared<FailingDisk>(*memory_);
    env_ = rocksdb::NewCompositeEnv(disk_);
    acknowledged_.assign(kCommands, "");
  }

  static void PublishTo(Office& office) {
    office.Do(Owner("olga"), With(Publish(ShopSource()), "request_id", "script publish"));
  }

  // What the server answers: the tickets, or the refusal's reason. Remembers the first.
  void Work() {
    const auto kv = Open();
    if (!kv.ok()) return ExpectReason(kv.status().ToString());
    Office office(Office::Playbooks::kNone, kv->get());
    PublishTo(office);
    for (int first = 0; first < kCommands; first += kBatch) {
      const size_t answered = office.answers().size();
      for (int i = first; i < first + kBatch; ++i) office.Send(CommandOf(i));
      office.RunAll();
      ASSERT_EQ(office.answers().size(), answered + kBatch);
      for (int i = 0; i < kBatch; ++i) {
        const services::Outcome& outcome = office.answers()[answered + i];
        if (!outcome.failure) acknowledged_[first + i] = Names(outcome);
        else if (IsStorage(*outcome.failure)) ExpectReason(outcome.failure->message);
      }
    }
    const bool is_stopped = (*kv)->Stats()[0].value != 0;
    if (is_stopped) EXPECT_FALSE(office.stops().empty());
    for (const std::string& stop : office.stops()) ExpectReason(stop);
  }

  static bool IsStorage(const services::Failure& failure) {
    return failure.reason == "STORAGE_UNAVAILABLE" || failure.reason == "DISK_FULL";
  }
  static void ExpectReason(const std::string& text) { EXPECT_GT(text.size(), 20u) << text; }

  static std::string Names(const services::Outcome& outcome) {
    std::string names = "tickets";
    for (const v1::Ticket& ticket : outcome.tickets)
      absl::StrAppend(&names, " ", ticket.id(), "v", ticket.version());
    return names;
  }

  // Each acknowledged command, sent again, is answered as it was then, and done no second time.
  void CheckAgain() {
    const auto kv = Open();
    ASSERT_TRUE(kv.ok()) << kv.status();
    Office office(Office::Playbooks::kNone, kv->get());
    PublishTo(office);
    for (int i = 0; i < kCommands; ++i)
      if (!acknowledged_[i].empty()) office.Send(CommandOf(i));
    office.RunAll();
    size_t answered = 0;
    for (int i = 0; i < kCommands; ++i) {
      if (acknowledged_[i].empty()) continue;
      const services::Outcome& again = office.answers()[answered++];
      ASSERT_FALSE(again.failure) << i << ": " << Print(again);
      // A pull that found nothing is no event, and has no reply to keep.
      if (acknowledged_[i] == "tickets") continue;
      ASSERT_TRUE(again.repeated) << i;
      ASSERT_EQ(Names(again), acknowledged_[i]) << i;
    }
    ASSERT_EQ(office.Verify(), "clean");
  }

  void FailOnce(int64_t at, DiskFault fault) {
    SCOPED_TRACE(absl::StrCat("operation ", at, ", fault ", static_cast<int>(fault)));
    NewDisk();
    disk_->FailAt(at, fault);
    Work();
    faults_met_ += disk_->has_failed();
    disk_->FailAt(0, fault);
    CheckAgain();
  }

  std::unique_ptr<rocksdb::Env> memory_;
  std::shared_ptr<FailingDisk> disk_;
  std::unique_ptr<rocksdb::Env> env_;
  // By the number of the command: what was answered; empty: it was refused.
  std::vector<std::string> acknowledged_;
  int faults_met_ = 0;
};

TEST_F(FailingDiskTest, LosesNothingThatWasAcknowledgedWhicheverOperationFails) {
  NewDisk();
  disk_->FailAt(0, DiskFault::kInputOutput);
  Work();
  const int64_t operations = disk_->operations();
  CheckAgain();
  const bool all = std::getenv("REDRESS_ALL_FAULTS") != nullptr;
  for (int64_t at = 1; at <= operations && !HasFailure(); ++at)
    for (int fault = 0; fault < 3; ++fault)
      if (all || at % 3 == fault) FailOnce(at, static_cast<DiskFault>(fault));
  std::printf("%lld operations in a run of %d commands, %d faults met\n",
              static_cast<long long>(operations), kCommands, faults_met_);
}

}  // namespace
}  // namespace redress::test
