#include "tests/power/power_cuts.h"

#include <rocksdb/env.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sha256.h"
#include "services/backend.h"
#include "services/verify.h"
#include "storage/rocksdb_kv.h"
#include "tests/power/recorded_disk.h"
#include "tests/support/forwarding_kv.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

constexpr int kCommands = 500;
// Small, so that the run also writes tables, and moves them.
constexpr size_t kWriteBufferBytes = 64 << 10;
// Of every so many images the ledger is verified too.
constexpr int kVerifyEvery = 10;

namespace fs = std::filesystem;

std::string MakeDirectory() {
  std::string pattern = fs::temp_directory_path() / "redress_power_XXXXXX";
  CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

// Every key and value, as one hash.
std::string StateOf(const storage::Kv& kv) {
  base::Sha256Hasher hasher;
  const auto snapshot = kv.TakeSnapshot();
  std::string begin;
  size_t visited = storage::kScanLimitMax;
  while (visited == storage::kScanLimitMax) {
    std::string last;
    const auto found = snapshot->Scan(
        {begin, ""}, storage::kScanLimitMax, storage::Direction::kForward,
        [&](absl::string_view key, absl::string_view value) {
          last = std::string(key);
          hasher.Update(absl::StrCat(key.size(), " ", value.size(), " "));
          hasher.Update(key);
          hasher.Update(value);
          return true;
        });
    if (!found.ok()) return found.status().ToString();
    visited = *found;
    begin = last + '\0';
  }
  return hasher.Finish();
}

// What was acknowledged, and how much had happened to the disk by then.
struct Acknowledged {
  size_t disk_size;
  std::string state;
};

// Notes the state after each commit.
class WatchedKv final : public storage::ForwardingKv {
 public:
  WatchedKv(storage::Kv& base, const RecordedDisk& disk) : ForwardingKv(base), disk_(disk) {
    acknowledged.push_back({disk.size(), StateOf(base)});
  }

  std::unique_ptr<storage::Transaction> Begin() override {
    return std::make_unique<Watched>(*this, base().Begin());
  }

  std::vector<Acknowledged> acknowledged;

 private:
  class Watched final : public storage::ForwardingTransaction {
   public:
    Watched(WatchedKv& kv, std::unique_ptr<storage::Transaction> base)
        : ForwardingTransaction(std::move(base)), kv_(kv) {}
    absl::Status Commit() override {
      const absl::Status status = ForwardingTransaction::Commit();
      const size_t size = kv_.disk_.size();
      if (status.ok()) kv_.acknowledged.push_back({size, StateOf(kv_.base())});
      return status;
    }

   private:
    WatchedKv& kv_;
  };

  const RecordedDisk& disk_;
};

class PowerCuts {
 public:
  explicit PowerCuts(uint64_t seed) : seed_(seed), random_(seed) {}
  ~PowerCuts() { fs::remove_all(directory_); }

  PowerCutResult Run(int images) {
    RunOffice();
    PowerCutResult result;
    result.commits = static_cast<int>(acknowledged_.size()) - 1;
    result.disk_events = disk_->size();
    for (; result.images < images && result.failure.empty(); ++result.images)
      result.failure = CutOnce(result.images);
    return result;
  }

 private:
  storage::RocksDbOptions Options() const {
    storage::RocksDbOptions options;
    options.write_buffer_bytes = kWriteBufferBytes;
    return options;
  }

  void RunOffice() {
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk_);
    storage::RocksDbOptions options = Options();
    options.env = env.get();
    auto kv = storage::RocksDbKv::Open(directory_ + "/db", options);
    CHECK_OK(kv.status());
    WatchedKv watched(**kv, *disk_);
    {
      Office office(watched);
      RunMixed(office, seed_, kCommands);
    }
    acknowledged_ = std::move(watched.acknowledged);
  }

  // Empty, or what the image does not hold.
  std::string CutOnce(int number) {
    const size_t first = acknowledged_.front().disk_size;
    const size_t at = first + random_() % (disk_->size() - first + 1);
    const std::string path = absl::StrCat(directory_, "/image");
    fs::remove_all(path);
    fs::create_directories(path);
    for (const auto& [name, bytes] : disk_->CutAt(at, random_)) {
      std::ofstream file(absl::StrCat(path, "/", name), std::ios::binary);
      file << bytes;
    }
    const std::string wrong = Compare(path, at, number);
    if (wrong.empty()) return "";
    return absl::StrCat("image ", number, " of seed ", seed_, ", cut after ", at,
                        " things had happened to the disk: ", wrong);
  }

  std::string Compare(const std::string& path, size_t at, int number) {
    const auto kv = storage::RocksDbKv::Open(path, Options());
    if (!kv.ok()) return kv.status().ToString();
    const auto after = std::find_if(acknowledged_.begin(), acknowledged_.end(),
                                    [at](const Acknowledged& one) { return one.disk_size > at; });
    const std::string state = StateOf(**kv);
    const bool is_last = std::prev(after)->state == state;
    const bool is_under_way = after != acknowledged_.end() && after->state == state;
    if (!is_last && !is_under_way)
      return absl::StrCat("it holds neither what the ", after - acknowledged_.begin() - 1,
                          " acknowledged commits wrote nor one more");
    if (number % kVerifyEvery != 0) return "";
    const services::LedgerView view(**kv);
    const v1::VerifyLedgerResponse verified = services::VerifyLedgerOf(
        view.reader(), Office::kTenant, [](const v1::VerifyLedgerResponse&) { return true; });
    return verified.clean() ? "" : verified.first_difference();
  }

  const uint64_t seed_;
  std::mt19937_64 random_;
  const std::string directory_ = MakeDirectory();
  const std::shared_ptr<RecordedDisk> disk_ = std::make_shared<RecordedDisk>();
  std::vector<Acknowledged> acknowledged_;
};

}  // namespace

PowerCutResult RunPowerCuts(uint64_t seed, int images) { return PowerCuts(seed).Run(images); }

}  // namespace redress::test
