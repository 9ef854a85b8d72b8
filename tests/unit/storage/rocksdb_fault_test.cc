// RocksDbKv on files that fail: full disks, failing writes, damaged bytes, and crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "kv_contract.h"
#include "storage/rocksdb_kv.h"
#include "temp_directory.h"

namespace redress::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

enum class Fault { kNone, kDiskFull, kAppendFails, kSyncFails };

// The machine's files, of which writing fails while `fault` says so.
class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

  const char* Name() const override { return "FaultyFiles"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override;

  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, uint64_t* free,
                        IODebugContext* debug) override {
    const IOStatus status = target()->GetFreeSpace(path, options, free, debug);
    if (fault == Fault::kDiskFull) *free = 0;
    return status;
  }

  std::atomic<Fault> fault = Fault::kNone;
};

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<Fault>& fault)
      : FSWritableFileOwnerWrapper(std::move(file)), fault_(fault) {}

  // A disk that fills up takes the first half.
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  IODebugContext* debug) override {
    if (fault_ == Fault::kAppendFails) return IOStatus::IOError("injected append error");
    if (fault_ != Fault::kDiskFull) return target()->Append(bytes, options, debug);
    const rocksdb::Slice half(bytes.data(), bytes.size() / 2);
    const IOStatus status = target()->Append(half, options, debug);
    return status.ok() ? IOStatus::NoSpace("injected full disk") : status;
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    if (fault_ == Fault::kSyncFails) return IOStatus::IOError("injected sync error");
    return target()->Sync(options, debug);
  }

 private:
  const std::atomic<Fault>& fault_;
};

IOStatus FaultyFiles::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      IODebugContext* debug) {
  if (fault == Fault::kDiskFull) return IOStatus::NoSpace("injected full disk");
  const IOStatus status = target()->NewWritableFile(name, options, file, debug);
  if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(*file), fault);
  return status;
}

absl::Status Put(Kv& kv, const std::string& key, const std::string& value) {
  const auto transaction = kv.Begin();
  transaction->Put(key, value);
  return transaction->Commit();
}

uint64_t GaugeOf(const Kv& kv, absl::string_view name) {
  for (const Gauge& gauge : kv.Stats()) {
    if (gauge.name == name) return gauge.value;
  }
  ADD_FAILURE() << "no gauge " << name;
  return 0;
}

class RocksDbFault : public testing::Test {
 protected:
  std::unique_ptr<RocksDbKv> MustOpen(const std::string& path) {
    RocksDbOptions options;
    options.env = env_.get();
    auto kv = RocksDbKv::Open(path, options);
    EXPECT_EQ(kv.status(), absl::OkStatus());
    return *std::move(kv);
  }
  std::string OpenError(const std::string& path) {
    return RocksDbKv::Open(path, {}).status().ToString();
  }

  TempDirectory directory_;
  std::string path_ = directory_.Path("db");
  std::shared_ptr<FaultyFiles> files_ = std::make_shared<FaultyFiles>();
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files_);
};

TEST_F(RocksDbFault, FullDiskRefusesCommitsUntilThereIsRoom) {
  auto kv = MustOpen(path_);
  ASSERT_EQ(Put(*kv, "a", "1"), absl::OkStatus());
  files_->fault = Fault::kDiskFull;
  for (const std::string key : {"b", "c"}) {
    const absl::Status status = Put(*kv, key, "lost");
    EXPECT_EQ(RemedyFor(status.code()), Remedy::kWaitForRoom);
    EXPECT_THAT(status.ToString(), AllOf(HasSubstr("the disk of "), HasSubstr("is full")));
  }
  EXPECT_EQ(Entries(*kv->TakeSnapshot()), "a=1");
  EXPECT_EQ(GaugeOf(*kv, "is_stopped"), 0u);

  files_->fault = Fault::kNone;
  absl::Status status = absl::ResourceExhaustedError("");
  for (const absl::Time end = absl::Now() + absl::Seconds(30);
       RemedyFor(status.code()) == Remedy::kWaitForRoom && absl::Now() < end;) {
    status = Put(*kv, "d", "4");
    std::this_thread::yield();
  }
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(Entries(*kv->TakeSnapshot()), "a=1 d=4");
  kv = nullptr;
  EXPECT_EQ(Entries(*MustOpen(path_)->TakeSnapshot()), "a=1 d=4");
}

TEST_F(RocksDbFault, FullDiskKeepsWhatWasCommittedWhenTheServerStartsAgain) {
  auto kv = MustOpen(path_);
  ASSERT_EQ(Put(*kv, "a", "1"), absl::OkStatus());
  files_->fault = Fault::kDiskFull;
  EXPECT_FALSE(Put(*kv, "b", "lost").ok());
  kv = nullptr;
  files_->fault = Fault::kNone;
  kv = MustOpen(path_);
  EXPECT_EQ(Entries(*kv->TakeSnapshot()), "a=1");
  EXPECT_EQ(Put(*kv, "c", "3"), absl::OkStatus());
}

TEST_F(RocksDbFault, AFailedWriteStopsAllLaterOnesWithItsReason) {
  for (const Fault fault : {Fault::kAppendFails, Fault::kSyncFails}) {
    const std::string path = directory_.Path(absl::StrCat("db", static_cast<int>(fault)));
    auto kv = MustOpen(path);
    ASSERT_EQ(Put(*kv, "a", "1"), absl::OkStatus());
    files_->fault = fault;
    const absl::Status first = Put(*kv, "b", "2");
    EXPECT_EQ(RemedyFor(first.code()), Remedy::kStopWriting);
    EXPECT_THAT(first.ToString(), AllOf(HasSubstr("writes stop until the server starts again"),
                                        HasSubstr(path), HasSubstr("injected")));
    files_->fault = Fault::kNone;
    EXPECT_EQ(Put(*kv, "c", "3"), first);
    EXPECT_EQ(GaugeOf(*kv, "is_stopped"), 1u);
    EXPECT_EQ(Read(*kv->TakeSnapshot(), "a"), "1");
    kv = nullptr;
    kv = MustOpen(path);
    EXPECT_EQ(Read(*kv->TakeSnapshot(), "a"), "1");
    EXPECT_EQ(Read(*kv->TakeSnapshot(), "c"), "none");
    EXPECT_EQ(Put(*kv, "d", "4"), absl::OkStatus());
  }
}

// The files of a server that was killed: what it had written, with no close.
class RocksDbCrash : public RocksDbFault {
 protected:
  static constexpr int kCommits = 20;

  RocksDbCrash() {
    const auto kv = MustOpen(path_);
    for (int i = 0; i < kCommits; ++i) {
      EXPECT_EQ(Put(*kv, absl::StrCat("k", 10 + i), std::string(100, 'v')), absl::OkStatus());
    }
    image_ = directory_.Path("image");
    fs::copy(path_, image_, fs::copy_options::recursive);
  }

  // The only file of the image that ends so and is not empty.
  std::string FileOf(absl::string_view suffix) {
    std::string found;
    for (const fs::directory_entry& entry : fs::directory_iterator(image_)) {
      const std::string name = entry.path().string();
      if (!absl::EndsWith(name, suffix) || entry.file_size() == 0) continue;
      EXPECT_EQ(found, "");
      found = name;
    }
    EXPECT_NE(found, "");
    return found;
  }

  static void FlipByte(const std::string& path, uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(offset);
    file.put(byte);
  }

  size_t CommitsIn(const std::string& path) {
    const auto kv = MustOpen(path);
    return *kv->TakeSnapshot()->Scan({}, kScanLimitMax, Direction::kForward,
                                     [](absl::string_view, absl::string_view) { return true; });
  }

  std::string image_;
};

TEST_F(RocksDbCrash, KeepsEveryCommit) {
  EXPECT_EQ(CommitsIn(image_), static_cast<size_t>(kCommits));
}

TEST_F(RocksDbCrash, ARecordCutShortAtTheEndIsLeftOut) {
  const std::string log = FileOf(".log");
  for (const int cut : {1, 60, 120}) {
    fs::resize_file(log, fs::file_size(log) - cut);
    const std::string copy = absl::StrCat(image_, cut);
    fs::copy(image_, copy, fs::copy_options::recursive);
    const size_t commits = CommitsIn(copy);
    EXPECT_LT(commits, static_cast<size_t>(kCommits));
    EXPECT_GE(commits, static_cast<size_t>(kCommits - 3));
  }
}

TEST_F(RocksDbCrash, ADamagedLogRefusesToOpenRatherThanDropCommits) {
  const std::string log = FileOf(".log");
  FlipByte(log, fs::file_size(log) / 2);
  EXPECT_THAT(OpenError(image_), AllOf(HasSubstr("DATA_LOSS: cannot open directory"),
                                       HasSubstr(image_), HasSubstr("checksum mismatch")));
}

TEST_F(RocksDbCrash, ADamagedTableIsFoundByTheReadThatMeetsIt) {
  MustOpen(image_).reset();  // turns the log into a table
  FlipByte(FileOf(".sst"), 20);
  const auto kv = MustOpen(image_);
  const auto snapshot = kv->TakeSnapshot();
  EXPECT_THAT(Read(*snapshot, "k10"), HasSubstr("DATA_LOSS: Corruption"));
  EXPECT_THAT(Entries(*snapshot), HasSubstr("DATA_LOSS: Corruption"));
}

TEST_F(RocksDbCrash, ADatabaseWithoutItsCurrentFileIsNotMadeAnew) {
  fs::remove(absl::StrCat(image_, "/CURRENT"));
  EXPECT_THAT(OpenError(image_), AllOf(HasSubstr("FAILED_PRECONDITION: cannot use directory"),
                                       HasSubstr("no file CURRENT")));
}

TEST_F(RocksDbCrash, ACreationThatWasCutShortIsDoneAgain) {
  const std::string path = directory_.Path("begun");
  fs::create_directories(path);
  for (const char* name : {"LOCK", "LOG", "IDENTITY", "MANIFEST-000001", "000001.dbtmp"}) {
    std::ofstream(absl::StrCat(path, "/", name)) << "";
  }
  EXPECT_EQ(Put(*MustOpen(path), "a", "1"), absl::OkStatus());
}

}  // namespace
}  // namespace redress::storage
