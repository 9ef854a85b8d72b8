// rocksdb_backup.cc: copies that share files, and what they refuse.
#include "storage/rocksdb_backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "storage/format.h"
#include "temp_directory.h"

namespace redress::storage {
namespace {

using testing::HasSubstr;

class BackupTest : public testing::Test {
 protected:
  void SetUp() override { kv_ = Open("db"); }
  std::unique_ptr<RocksDbKv> Open(absl::string_view name) {
    auto kv = RocksDbKv::Open(directory_.Path(name), {});
    EXPECT_EQ(kv.status(), absl::OkStatus());
    return *std::move(kv);
  }
  void Put(absl::string_view key, absl::string_view value) {
    const auto transaction = kv_->Begin();
    transaction->Put(std::string(key), std::string(value));
    ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  }
  absl::StatusOr<BackupEntry> Create() {
    return CreateBackup(*kv_, backups_, [](int64_t) { return true; });
  }
  // The value of "key" in the backup; empty when there is none.
  std::string Restored(uint32_t number) {
    const std::string name = absl::StrCat("restored ", ++restored_);
    EXPECT_EQ(CopyBackup(backups_, number, directory_.Path(name)), absl::OkStatus());
    return Open(name)->TakeSnapshot()->Get("key").value().value_or("");
  }

  const TempDirectory directory_;
  const std::string backups_ = directory_.Path("backups");
  std::unique_ptr<RocksDbKv> kv_;
  int restored_ = 0;
};

TEST_F(BackupTest, HoldsTheMomentOfEachAndSaysWhatItIs) {
  ASSERT_NO_FATAL_FAILURE(Put("key", "1"));
  const auto first = Create();
  ASSERT_EQ(first.status(), absl::OkStatus());
  EXPECT_EQ(first->number, 1u);
  EXPECT_EQ(first->format_version, kFormatVersion);
  EXPECT_FALSE(first->release.empty());
  EXPECT_GT(first->size_bytes, 0);
  ASSERT_NO_FATAL_FAILURE(Put("key", "2"));
  ASSERT_EQ(Create().status(), absl::OkStatus());
  ASSERT_NO_FATAL_FAILURE(Put("key", "3"));
  EXPECT_EQ(Restored(1), "1");
  EXPECT_EQ(Restored(2), "2");
}

TEST_F(BackupTest, DeletesTheOldestAndKeepsTheRestWhole) {
  for (int i = 1; i <= 4; ++i) {
    ASSERT_NO_FATAL_FAILURE(Put("key", absl::StrCat(i)));
    ASSERT_EQ(Create().status(), absl::OkStatus());
  }
  ASSERT_EQ(DeleteOldBackups(backups_, 2), absl::OkStatus());
  const auto left = ListBackups(backups_);
  ASSERT_EQ(left.status(), absl::OkStatus());
  ASSERT_EQ(left->size(), 2u);
  EXPECT_EQ(Restored(left->at(0).number), "3");
  EXPECT_EQ(Restored(left->at(1).number), "4");
  EXPECT_TRUE(absl::IsNotFound(CopyBackup(backups_, 1, directory_.Path("gone"))));
}

TEST_F(BackupTest, GivesUpWhenToldAndLeavesNothingThatCounts) {
  for (int i = 0; i < 12; ++i)
    ASSERT_NO_FATAL_FAILURE(Put(absl::StrCat(i), std::string(4 << 20, static_cast<char>(i))));
  std::string noise(4 << 20, ' ');
  uint64_t state = 1;
  for (char& byte : noise) {
    state = state * 6364136223846793005u + 1;
    byte = static_cast<char>(state >> 56);
  }
  for (int i = 0; i < 12; ++i) ASSERT_NO_FATAL_FAILURE(Put(absl::StrCat("noise ", i), noise));
  const auto given_up = CreateBackup(*kv_, backups_, [](int64_t) { return false; });
  EXPECT_EQ(given_up.status().ToString(), "CANCELLED: the backup was given up");
  EXPECT_EQ(ListBackups(backups_)->size(), 0u);
  EXPECT_EQ(Create().status(), absl::OkStatus());
}

TEST_F(BackupTest, RefusesADirectoryOfOtherThings) {
  std::filesystem::create_directory(backups_);
  std::ofstream(backups_ + "/cat.jpg") << "meow";
  EXPECT_THAT(Create().status().ToString(), HasSubstr("it holds cat.jpg"));
  EXPECT_THAT(ListBackups(backups_).status().ToString(), HasSubstr("it holds cat.jpg"));
}

TEST_F(BackupTest, ListsNoneWhereThereIsNothing) {
  EXPECT_EQ(ListBackups(backups_)->size(), 0u);
}

}  // namespace
}  // namespace redress::storage
