// The stored directories of each format: today's server opens a copy of each, and finds it whole.
//
// A directory of a released format never changes. Until the first release the one of format 1 is
// made again, with REDRESS_WRITE_GOLDEN=1, whenever what is stored changes.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/verify.h"
#include "storage/format.h"
#include "storage/ledger.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/services/mixed_run.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

namespace fs = std::filesystem;

constexpr char kGolden[] = "tests/golden";
constexpr int kCommands = 150;

class GoldenFormatTest : public testing::TestWithParam<uint32_t> {
 protected:
  GoldenFormatTest() {
    std::string pattern = testing::TempDir() + "redress_golden_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~GoldenFormatTest() override { fs::remove_all(path_); }

  static std::string GoldenOf(uint32_t format) {
    return absl::StrCat(kGolden, "/format_", format);
  }

  // Writes the directory of today's format.
  void Write() {
    const std::string data = path_ + "/data";
    {
      const auto kv = storage::RocksDbKv::Open(data, {});
      ASSERT_EQ(kv.status(), absl::OkStatus());
      ASSERT_EQ(storage::EnsureFormatVersion(**kv), absl::OkStatus());
      Office office(**kv);
      RunMixed(office, 1, kCommands);
    }
    // Opened once more, everything is in tables and nothing in the log.
    ASSERT_EQ(storage::RocksDbKv::Open(data, {}).status(), absl::OkStatus());
    const std::string golden = GoldenOf(storage::kFormatVersion);
    fs::remove_all(golden);
    fs::create_directories(golden);
    for (const auto& file : fs::directory_iterator(data)) {
      const std::string name = file.path().filename();
      const bool is_kept = name == "CURRENT" || name == "IDENTITY" ||
                           absl::StartsWith(name, "MANIFEST-") || absl::EndsWith(name, ".sst");
      if (is_kept) fs::copy_file(file.path(), golden + "/" + name);
    }
  }

  std::string path_;
};

TEST_P(GoldenFormatTest, OpensAndVerifies) {
  const bool writes = getenv("REDRESS_WRITE_GOLDEN") != nullptr;
  if (writes && GetParam() == storage::kFormatVersion) ASSERT_NO_FATAL_FAILURE(Write());
  const std::string copy = path_ + "/copy";
  fs::copy(GoldenOf(GetParam()), copy);
  const auto kv = storage::RocksDbKv::Open(copy, {});
  ASSERT_EQ(kv.status(), absl::OkStatus());
  ASSERT_EQ(storage::EnsureFormatVersion(**kv), absl::OkStatus());
  Office office(Office::Playbooks::kNone, kv->get());
  EXPECT_GT(office.ReadHead().last_ticket_id(), 20u);
  EXPECT_EQ(office.Verify(), "clean");
  EXPECT_EQ(office.Verify(Office::kOtherTenant), "clean");
  // And it goes on from there.
  office.At("Nov 20 09:00");
  RunMixed(office, 2, kCommands);
  EXPECT_EQ(office.Verify(), "clean");
}

INSTANTIATE_TEST_SUITE_P(All, GoldenFormatTest, testing::Range(1u, storage::kFormatVersion + 1));

}  // namespace
}  // namespace redress::test
