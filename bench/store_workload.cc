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
#include "tests/support/forwarding_kv.h"

namespace redress::bench {
namespace {

constexpr int kRounds = 3;
constexpr uint64_t kIssues = 60'000;

using Writes = std::vector<std::pair<std::string, std::optional<std::string>>>;

// Passes everything on, and keeps what each transaction wrote.
class RecordingTransaction final : public storage::ForwardingTransaction {
 public:
  RecordingTransaction(std::unique_ptr<storage::Transaction> base, std::vector<Writes>& commits)
      : ForwardingTransaction(std::move(base)), commits_(commits) {}

  void Put(std::string key, std::string value) override {
    writes_.emplace_back(key, value);
    ForwardingTransaction::Put(std::move(key), std::move(value));
  }
  void Delete(std::string key) override {
    writes_.emplace_back(key, std::nullopt);
    ForwardingTransaction::Delete(std::move(key));
  }
  absl::Status Commit() override {
    commits_.push_back(std::move(writes_));
    return ForwardingTransaction::Commit();
  }

 private:
  std::vector<Writes>& commits_;
  Writes writes_;
};

class RecordingKv final : public storage::ForwardingKv {
 public:
  using ForwardingKv::ForwardingKv;
  std::unique_ptr<storage::Transaction> Begin() override {
    return std::make_unique<RecordingTransaction>(base().Begin(), commits_);
  }

  std::vector<Writes> TakeCommits() { return std::exchange(commits_, {}); }

 private:
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
