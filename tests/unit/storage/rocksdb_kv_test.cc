#include "storage/rocksdb_kv.h"

#include <fstream>

#include "kv_contract.h"
#include "storage/format.h"
#include "temp_directory.h"

namespace redress::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::unique_ptr<Kv> MustOpen(const std::string& path) {
  auto kv = RocksDbKv::Open(path, {});
  EXPECT_EQ(kv.status(), absl::OkStatus());
  return *std::move(kv);
}

std::string OpenError(const std::string& path) {
  return RocksDbKv::Open(path, {}).status().ToString();
}

void Put(Kv& kv, const std::string& key, const std::string& value) {
  const auto transaction = kv.Begin();
  transaction->Put(key, value);
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
}

class RocksDbHome final : public KvHome {
 public:
  Kv& kv() override { return *kv_; }

 private:
  TempDirectory directory_;
  std::unique_ptr<Kv> kv_ = MustOpen(directory_.Path("db"));
};

INSTANTIATE_TEST_SUITE_P(RocksDb, KvContract,
                         testing::Values(KvMaker{"RocksDb",
                                                 [] { return std::make_unique<RocksDbHome>(); }}));

TEST(RocksDbKv, KeepsWhatWasCommittedOverReopening) {
  const TempDirectory directory;
  const std::string path = directory.Path("made/on/the/way");
  {
    const auto kv = MustOpen(path);
    Put(*kv, "a", "1");
    const auto lost = kv->Begin();
    lost->Put("b", "2");
  }
  EXPECT_EQ(Entries(*MustOpen(path)->TakeSnapshot()), "a=1");
}

TEST(RocksDbKv, RefusesASecondOpen) {
  const TempDirectory directory;
  const auto kv = MustOpen(directory.Path("db"));
  EXPECT_EQ(OpenError(directory.Path("db")),
            absl::StrCat("FAILED_PRECONDITION: directory ", directory.Path("db"),
                         ": another server has it open"));
}

TEST(RocksDbKv, NamesADirectoryThatCannotBeMade) {
  const TempDirectory directory;
  std::ofstream(directory.Path("file")) << "not a directory";
  EXPECT_THAT(OpenError(directory.Path("file")),
              AllOf(HasSubstr("FAILED_PRECONDITION: cannot use directory"),
                    HasSubstr(directory.Path("file"))));
  EXPECT_THAT(OpenError(directory.Path("file/db")),
              AllOf(HasSubstr("cannot use directory"), HasSubstr("Not a directory")));
}

TEST(RocksDbKv, LeavesADirectoryOfOtherThingsAlone) {
  const TempDirectory directory;
  std::ofstream(directory.Path("letter.txt")) << "not ours";
  EXPECT_THAT(OpenError(directory.Path(".")),
              AllOf(HasSubstr("FAILED_PRECONDITION: cannot use directory"),
                    HasSubstr("it holds letter.txt and no database")));
}

TEST(RocksDbKv, RefusesANewerFormatAfterReopening) {
  const TempDirectory directory;
  Put(*MustOpen(directory.Path("db")), std::string(kFormatKey), "2 1.4.0");
  EXPECT_THAT(EnsureFormatVersion(*MustOpen(directory.Path("db"))).ToString(),
              AllOf(HasSubstr("format 2"), HasSubstr("use release 1.4.0")));
}

}  // namespace
}  // namespace redress::storage
