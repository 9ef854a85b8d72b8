// The contract of kv.h in memory: for simulation, tests and demonstrations. Nothing outlives it.
//
// Deterministic and without threads of its own. Each key holds its versions, newest first; a commit
// keeps an old version only while a snapshot can still see it, and clears away what none can.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/buffered_transaction.h"
#include "storage/kv.h"

namespace redress::storage {

class MemoryKv final : public Kv {
 public:
  MemoryKv();
  ~MemoryKv() override;

  std::unique_ptr<Snapshot> TakeSnapshot() const override;
  std::unique_ptr<Transaction> Begin() override;
  // keys: in the newest state or still seen by a snapshot. old_versions: waiting to be cleared.
  std::vector<Gauge> Stats() const override;

 private:
  struct Version {
    uint64_t commit;
    std::optional<std::string> value;  // nullopt: deleted
    std::unique_ptr<Version> older;
  };
  // What is read one by one is found by its hash; scans go by the order of the keys, which lie in
  // the entries. Entries stay where they are.
  using Entries = absl::node_hash_map<std::string, std::unique_ptr<Version>>;
  using Ordered = absl::btree_map<absl::string_view, const std::unique_ptr<Version>*>;
  // A key that has old versions since `commit`, to be cleared once no snapshot is older.
  struct Leftover {
    uint64_t commit;
    std::string key;
  };
  class LatestView;
  class SnapshotView;

  absl::Status Write(WriteBatch batch) ABSL_LOCKS_EXCLUDED(mutex_);
  void Apply(const std::string& key, std::optional<std::string> value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ClearLeftovers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ClearKey(const std::string& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Erase(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::unique_ptr<View> latest_;
  WriterGate gate_;
  mutable absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  Ordered ordered_ ABSL_GUARDED_BY(mutex_);
  uint64_t commit_ ABSL_GUARDED_BY(mutex_) = 0;
  // How many snapshots are alive at each commit.
  mutable std::map<uint64_t, int> snapshots_ ABSL_GUARDED_BY(mutex_);
  std::deque<Leftover> leftovers_ ABSL_GUARDED_BY(mutex_);  // oldest commit first
};

}  // namespace redress::storage
