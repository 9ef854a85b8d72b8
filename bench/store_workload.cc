// What issues take of the processors where no network is: the executor with its store, and the
// store alone, which is given the very writes that the executor made. No way of taking issues in
// can cost less than the second.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "bench/fill.h"
#include "bench/rounds.h"
#include "bench/workload.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"

namespace redress::bench {
namespace {

constexpr int kRounds = 3;
constexpr uint64_t kIssues = 60'000;

using Writes = std::vector<std::pair<std::string, std::optional<std::string>>>;

// Passes everything on, and keeps what each transaction wrote.
class RecordingTransaction final : public storage::Transaction {
 public:
  RecordingTransaction(std::unique_ptr<storage::Transaction> inner, std::vector<Writes>& commits)
      : inner_(std::move(inner)), commits_(commits) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return inner_->Get(key);
  }
  absl::StatusOr<size_t> Scan(const storage::KeyRange& range, size_t limit,
                              storage::Direction direction,
                              storage::Visitor visit) const override {
    return inner_->Scan(range, limit, direction, visit);
  }
  void Put(std::string key, std::string value) override {
    writes_.emplace_back(key, value);
    inner_->Put(std::move(key), std::move(value));
  }
  void Delete(std::string key) override {
    writes_.emplace_back(key, std::nullopt);
    inner_->Delete(std::move(key));
  }
  absl::Status Commit() override {
    commits_.push_back(std::move(writes_));
    return inner_->Commit();
  }

 private:
  const std::unique_ptr<storage::Transaction> inner_;
  std::vector<Writes>& commits_;
  Writes writes_;
};

class RecordingKv final : public storage::Kv {
 public:
  explicit RecordingKv(storage::Kv& inner) : inner_(inner) {}

  std::unique_ptr<storage::Snapshot> TakeSnapshot() const override {
    return inner_.TakeSnapshot();
  }
  std::unique_ptr<storage::Transaction> Begin() override {
    return std::make_unique<RecordingTransaction>(inner_.Begin(), commits_);
  }
  std::vector<storage::Gauge> Stats() const override { return inner_.Stats(); }

  std::vector<Writes> TakeCommits() { return std::exchange(commits_, {}); }

 private:
  storage::Kv& inner_;
  std::vector<Writes> commits_;
};

std::unique_ptr<storage::RocksDbKv> OpenEmpty(const std::string& directory) {
  std::filesystem::remove_all(directory);
  auto kv = storage::RocksDbKv::Open(directory, {});
  CHECK_OK(kv.status());
  CHECK_OK(storage::EnsureFormatVersion(**kv));
  return *std::move(kv);
}

void Write(storage::Kv& kv, std::vector<Writes> commits) {
  for (Writes& writes : commits) {
    const auto transaction = kv.Begin();
    for (auto& [key, value] : writes) {
      if (value) transaction->Put(std::move(key), *std::move(value));
      else transaction->Delete(std::move(key));
    }
    CHECK_OK(transaction->Commit());
  }
}

}  // namespace

bool RunStore(const Workspace& workspace) {
  Rounds all, store;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Writes> commits;
    all.Add([&] {
      const auto kv = OpenEmpty(absl::StrCat(workspace.scratch, "/store/executor"));
      RecordingKv recording(*kv);
      CHECK_OK(Fill(recording, {.large_queue = kIssues}));
      commits = recording.TakeCommits();
      return kIssues;
    });
    store.Add([&] {
      const auto kv = OpenEmpty(absl::StrCat(workspace.scratch, "/store/alone"));
      Write(*kv, std::move(commits));
      return kIssues;
    });
  }
  all.Print("store: issues through the executor, no network");
  store.Print("store: their writes alone");
  return true;
}

}  // namespace redress::bench
