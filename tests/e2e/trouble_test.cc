// A world that does not play along: each time a clear error, nothing changed, and every
// acknowledged write kept.

#include <gmock/gmock.h>
#include <sys/mount.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// From sysexits(3).
constexpr int kUsage = 64;
constexpr int kCannotStart = 69;

// What the server leaves free on its disk, and what the test leaves it to write.
constexpr uint64_t kRoomKept = 128 << 20;
constexpr uint64_t kRoomLeft = 4 << 20;

using TroubleTest = ServerTest;

void PutRaw(const std::string& directory, absl::string_view key, absl::string_view value) {
  auto kv = storage::RocksDbKv::Open(directory, {});
  CHECK_OK(kv.status());
  const auto transaction = (*kv)->Begin();
  transaction->Put(std::string(key), std::string(value));
  CHECK_OK(transaction->Commit());
}

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST_F(TroubleTest, ASecondServerIsRefusedAndTheFirstGoesOn) {
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  ServerProcess second(scratch_.Path("data"));
  EXPECT_FALSE(second.Start());
  EXPECT_EQ(second.exit_code(), kCannotStart);
  EXPECT_THAT(second.log(), HasSubstr("another server has it open"));
  EXPECT_EQ(desk().Read(ticket).ShortDebugString(), ticket.ShortDebugString());
  desk().Submit("I have another");
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(TroubleTest, ADirectoryOfANewerFormatIsRefusedAndLeftAsItIs) {
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  ASSERT_NO_FATAL_FAILURE(Stop());
  PutRaw(scratch_.Path("data"), storage::kFormatKey, "2 9.8.7");
  EXPECT_FALSE(server_.Start());
  EXPECT_EQ(server_.exit_code(), kCannotStart);
  EXPECT_THAT(server_.log(), HasSubstr("the database has format 2"));
  EXPECT_THAT(server_.log(), HasSubstr("use release 9.8.7 or a newer one"));
  PutRaw(scratch_.Path("data"), storage::kFormatKey, "1 0.1.0");
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(desk().Read(ticket).ShortDebugString(), ticket.ShortDebugString());
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(TroubleTest, ADirectoryOfOtherThingsIsRefusedAndLeftAsItIs) {
  const std::string photos = scratch_.Path("photos");
  std::filesystem::create_directory(photos);
  std::ofstream(photos + "/cat.jpg") << "meow";
  ServerProcess server(photos);
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), kCannotStart);
  EXPECT_THAT(server.log(), HasSubstr("it holds cat.jpg and no database"));
  EXPECT_THAT(NamesIn(photos), ElementsAre("cat.jpg"));
}

TEST_F(TroubleTest, ADatabaseOfSomethingElseIsRefused) {
  const std::string other = scratch_.Path("other");
  PutRaw(other, "somebody", "else");
  ServerProcess server(other);
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), kCannotStart);
  EXPECT_THAT(server.log(), HasSubstr("not a Redress directory"));
}

TEST_F(TroubleTest, ABrokenPlaybookAtTheStartIsNamedByLine) {
  const std::string path = scratch_.Path("broken.yaml");
  std::ofstream(path) << "playbook: broken\nroute: 7\n";
  ServerProcess server(scratch_.Path("fresh"), {"--playbook", path});
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), kCannotStart);
  EXPECT_THAT(server.log(), HasSubstr(path));
}

TEST_F(TroubleTest, FlagsThatDoNotFitTogetherAreRefused) {
  ServerProcess server(scratch_.Path("fresh"), {"--tls-cert", "cert.pem"});
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), kUsage);
  EXPECT_THAT(server.log(), HasSubstr("--tls-cert and --tls-key go together"));
}

// A small file system of its own.
class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    is_mounted_ = mount("redress_test", path_.c_str(), "tmpfs", 0, "size=512m") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  // Takes all room but `left_bytes`.
  void Fill(uint64_t left_bytes) {
    const uint64_t free = std::filesystem::space(path_).available;
    ASSERT_GE(free, left_bytes);
    std::ofstream file(path_ + "/ballast", std::ios::binary | std::ios::app);
    file << std::string(free - left_bytes, 'x');
    ASSERT_TRUE(file.flush().good());
  }
  void MakeRoom() { std::filesystem::remove(path_ + "/ballast"); }

 private:
  const std::string path_;
  bool is_mounted_ = false;
};

class FullDiskTest : public ServerTest {
 protected:
  void SetUp() override {}
  // Submits until the server refuses; what it then says.
  std::string FillUp(const Desk& desk) {
    constexpr int kBatchesMax = 100;
    constexpr int kBatch = 100;
    for (int i = 0; i < kBatchesMax; ++i) {
      v1::BatchSubmitIssuesRequest batch;
      for (int j = 0; j < kBatch; ++j) *batch.add_requests() = Submission(std::string(16'000, 'x'));
      const auto response = desk.Must(&Intake::BatchSubmitIssues, batch);
      std::string refusal;
      for (const v1::SubmitResult& result : response.results()) {
        if (result.has_error()) refusal = Describe(result.error());
        else acknowledged_.push_back(result.response().ticket());
      }
      if (!refusal.empty()) return refusal;
    }
    return "never full";
  }
  // Submits until there is room again.
  void SubmitPatiently(const Desk& desk) {
    const absl::Time patience = absl::Now() + absl::Seconds(60);
    const v1::SubmitIssueRequest request = Submission("After");
    v1::SubmitIssueResponse response;
    std::string said;
    do said = Describe(desk.Call(&Intake::SubmitIssue, request, &response));
    while (said == "RESOURCE_EXHAUSTED DISK_FULL" && absl::Now() < patience);
    ASSERT_EQ(said, "OK");
    acknowledged_.push_back(response.ticket());
  }
  void ExpectEverythingThere(const Desk& desk) {
    EXPECT_EQ(desk.ListAll().size(), acknowledged_.size());
    for (const v1::Ticket& ticket : acknowledged_)
      ASSERT_EQ(desk.Read(ticket).ShortDebugString(), ticket.ShortDebugString());
    EXPECT_EQ(desk.Verify(), "clean");
  }

  std::vector<v1::Ticket> acknowledged_;
};

TEST_F(FullDiskTest, RefusesWritesGoesOnWhenThereIsRoomAndKeepsWhatWasAcknowledged) {
  SmallDisk disk(scratch_.Path("disk"));
  if (!disk.is_mounted()) GTEST_SKIP() << "a tmpfs cannot be mounted here: " << strerror(errno);
  ServerProcess server(scratch_.Path("disk/data"));
  ASSERT_TRUE(server.Start()) << server.log();
  {
    const Desk desk(server.port());
    ASSERT_NO_FATAL_FAILURE(disk.Fill(kRoomKept + kRoomLeft));
    EXPECT_EQ(FillUp(desk), "RESOURCE_EXHAUSTED DISK_FULL");
    ExpectEverythingThere(desk);
    disk.MakeRoom();
    ASSERT_NO_FATAL_FAILURE(SubmitPatiently(desk));
    acknowledged_.push_back(desk.Submit("And after that"));
  }
  server.Kill();
  ASSERT_TRUE(server.Start()) << server.log();
  ExpectEverythingThere(Desk(server.port()));
}

TEST_F(FullDiskTest, KeepsWhatWasAcknowledgedOverAKillWhileItIsFull) {
  SmallDisk disk(scratch_.Path("disk"));
  if (!disk.is_mounted()) GTEST_SKIP() << "a tmpfs cannot be mounted here: " << strerror(errno);
  ServerProcess server(scratch_.Path("disk/data"));
  ASSERT_TRUE(server.Start()) << server.log();
  ASSERT_NO_FATAL_FAILURE(disk.Fill(kRoomKept + kRoomLeft));
  EXPECT_EQ(FillUp(Desk(server.port())), "RESOURCE_EXHAUSTED DISK_FULL");
  server.Kill();
  // With what the server keeps free it starts again, and does not when somebody else took that too.
  ASSERT_TRUE(server.Start()) << server.log();
  ExpectEverythingThere(Desk(server.port()));
  server.Kill();
  ASSERT_NO_FATAL_FAILURE(disk.Fill(0));
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(server.exit_code(), kCannotStart);
  EXPECT_THAT(server.log(), HasSubstr("is full: 0 MiB are left"));
  disk.MakeRoom();
  ASSERT_TRUE(server.Start()) << server.log();
  ExpectEverythingThere(Desk(server.port()));
}

}  // namespace
}  // namespace redress::test
