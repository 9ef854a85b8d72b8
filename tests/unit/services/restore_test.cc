// restore.cc: from a backup to a directory that a server can be started on.
#include "services/restore.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/format.h"
#include "storage/rocksdb_backup.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/mixed_run.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RestoreTest : public testing::Test {
 protected:
  RestoreTest() {
    std::string pattern = testing::TempDir() + "redress_restore_XXXXXX";
    path_ = mkdtemp(pattern.data());
    kv_ = *storage::RocksDbKv::Open(path_ + "/data", {});
    EXPECT_EQ(storage::EnsureFormatVersion(*kv_), absl::OkStatus());
    office_ = std::make_unique<Office>(*kv_);
    plan_.backups = path_ + "/backups";
    plan_.target = path_ + "/new";
  }
  ~RestoreTest() override {
    office_.reset();
    kv_.reset();
    fs::remove_all(path_);
  }

  void Backup() {
    ASSERT_EQ(storage::CreateBackup(*kv_, plan_.backups, [](int64_t) { return true; }).status(),
              absl::OkStatus());
  }
  std::string Refusal() {
    const auto finding = services::Restore(plan_, [](const std::string&) {});
    EXPECT_FALSE(finding.ok());
    EXPECT_FALSE(fs::exists(path_ + "/new.restoring"));
    return finding.status().ToString();
  }
  services::RestoreFinding Restore() {
    const auto finding = services::Restore(plan_, [](const std::string&) {});
    EXPECT_EQ(finding.status(), absl::OkStatus());
    return finding.ok() ? *finding : services::RestoreFinding();
  }
  // "acme 12, bolt 1": each tenant's newest commit in the new directory.
  static std::string Print(const services::RestoreFinding& finding) {
    std::string text;
    for (const services::RestoredTenant& tenant : finding.tenants)
      absl::StrAppend(&text, text.empty() ? "" : ", ", tenant.tenant, " ", tenant.commit);
    return text;
  }
  Office& office() { return *office_; }

  std::string path_;
  std::unique_ptr<storage::RocksDbKv> kv_;
  std::unique_ptr<Office> office_;
  services::RestorePlan plan_;
};

TEST_F(RestoreTest, BringsBackTheNewestBackup) {
  RunMixed(office(), 1, 100);
  ASSERT_NO_FATAL_FAILURE(Backup());
  RunMixed(office(), 2, 50);
  const uint64_t commit = office().ReadHead().commit();
  ASSERT_NO_FATAL_FAILURE(Backup());
  RunMixed(office(), 3, 50);
  EXPECT_EQ(Print(Restore()), absl::StrCat("acme ", commit, ", bolt 1"));
}

TEST_F(RestoreTest, BringsBackAnOlderBackupWhenAsked) {
  RunMixed(office(), 1, 100);
  const uint64_t commit = office().ReadHead().commit();
  ASSERT_NO_FATAL_FAILURE(Backup());
  RunMixed(office(), 2, 50);
  ASSERT_NO_FATAL_FAILURE(Backup());
  plan_.number = 1;
  EXPECT_EQ(Print(Restore()), absl::StrCat("acme ", commit, ", bolt 1"));
}

TEST_F(RestoreTest, TakesATenantBackToACommit) {
  RunMixed(office(), 1, 100);
  ASSERT_NO_FATAL_FAILURE(Backup());
  plan_.tenant = "acme";
  plan_.commit = 20;
  EXPECT_EQ(Print(Restore()), "acme 20, bolt 1");
}

TEST_F(RestoreTest, TakesEveryTenantBackToAnInstant) {
  RunMixed(office(), 1, 100);
  const uint64_t commit = office().ReadHead().commit();
  plan_.time = office().now();
  office().At(office().now() + absl::Hours(1));
  RunMixed(office(), 2, 50);
  ASSERT_NO_FATAL_FAILURE(Backup());
  EXPECT_EQ(Print(Restore()), absl::StrCat("acme ", commit, ", bolt 1"));
}

TEST_F(RestoreTest, GoesOnFromThere) {
  RunMixed(office(), 1, 100);
  ASSERT_NO_FATAL_FAILURE(Backup());
  plan_.tenant = "acme";
  plan_.commit = 30;
  Restore();
  office_.reset();
  kv_.reset();
  kv_ = *storage::RocksDbKv::Open(plan_.target, {});
  office_ = std::make_unique<Office>(Office::Playbooks::kNone, kv_.get());
  office().At("Nov 06 09:00");
  RunMixed(office(), 2, 100);
  EXPECT_EQ(office().Verify(), "clean");
  EXPECT_EQ(office().ReadHead().commit() > 31, true);
}

TEST_F(RestoreTest, TakesATargetWithSlashesBehindItForTheSame) {
  RunMixed(office(), 1, 100);
  const uint64_t commit = office().ReadHead().commit();
  ASSERT_NO_FATAL_FAILURE(Backup());
  plan_.target += "//";
  EXPECT_EQ(Print(Restore()), absl::StrCat("acme ", commit, ", bolt 1"));
  EXPECT_TRUE(storage::RocksDbKv::Open(path_ + "/new", {}).ok());
}

TEST_F(RestoreTest, RefusesATargetThatExists) {
  ASSERT_NO_FATAL_FAILURE(Backup());
  fs::create_directory(plan_.target);
  EXPECT_THAT(Refusal(), HasSubstr("ALREADY_EXISTS"));
}

TEST_F(RestoreTest, RefusesADirectoryWithoutBackups) {
  EXPECT_THAT(Refusal(), HasSubstr("FAILED_PRECONDITION"));
  fs::create_directory(plan_.backups);
  EXPECT_THAT(Refusal(), HasSubstr("holds no backup"));
  std::ofstream(plan_.backups + "/cat.jpg") << "meow";
  EXPECT_THAT(Refusal(), HasSubstr("is not a directory of backups: it holds cat.jpg"));
}

TEST_F(RestoreTest, RefusesABackupTenantOrCommitThatIsNotThere) {
  ASSERT_NO_FATAL_FAILURE(Backup());
  plan_.number = 9;
  EXPECT_THAT(Refusal(), HasSubstr("holds no backup 9; they go from 1 to 1"));
  plan_.number = 0;
  plan_.commit = 1;
  plan_.tenant = "nobody";
  EXPECT_THAT(Refusal(), HasSubstr("NOT_FOUND: the backup holds no tenant nobody"));
  plan_.tenant = "acme";
  plan_.commit = 999;
  EXPECT_THAT(Refusal(), HasSubstr("OUT_OF_RANGE: the ledger of tenant acme ends at commit 1,"));
}

TEST_F(RestoreTest, RefusesABackupOfANewerFormat) {
  ASSERT_NO_FATAL_FAILURE(Backup());
  // As a newer release would have written it.
  const std::string meta = plan_.backups + "/meta/1";
  std::ifstream in(meta);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const size_t at = text.find("metadata ");
  ASSERT_NE(at, std::string::npos) << text;
  const size_t end = text.find('\n', at);
  text.replace(at, end - at, "metadata 3939203132");  // "99 12"
  std::ofstream(meta) << text;
  EXPECT_THAT(Refusal(), HasSubstr("has format 99, and this release reads formats up to"));
}

TEST_F(RestoreTest, FindsADamagedFile) {
  RunMixed(office(), 1, 100);
  ASSERT_NO_FATAL_FAILURE(Backup());
  std::string largest;
  for (const auto& file : fs::recursive_directory_iterator(plan_.backups + "/shared_checksum"))
    if (largest.empty() || file.file_size() > fs::file_size(largest)) largest = file.path();
  ASSERT_FALSE(largest.empty());
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(fs::file_size(largest) / 2));
  file << '\x55';
  file.close();
  EXPECT_THAT(Refusal(), HasSubstr("DATA_LOSS"));
}

}  // namespace
}  // namespace redress::test
