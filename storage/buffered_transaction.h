// What the backends share: the checks of every read, and a transaction that keeps its writes in
// memory until Commit, merged over the committed state in every read.
//
// A backend brings a View (how to read one committed state) and a function that writes a batch.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/known_gaps.h"
#include "storage/kv.h"

namespace redress::storage {

// Reads of one committed state, without the checks and limits of Reader.
class View {
 public:
  virtual ~View() = default;
  virtual absl::StatusOr<std::optional<std::string>> Find(absl::string_view key) const = 0;
  // Visits the entries of `range` until the visitor says stop. REQUIRES: the range is not empty.
  virtual absl::Status Walk(const KeyRange& range, Direction direction, Visitor visit) const = 0;
};

// The writes of one transaction in key order; nullopt deletes.
struct WriteBatch {
  using Entries = absl::btree_map<std::string, std::optional<std::string>>;
  Entries entries;
  size_t bytes = 0;  // of all keys and values
};

// A snapshot over a view.
class ViewSnapshot final : public Snapshot {
 public:
  explicit ViewSnapshot(std::unique_ptr<View> view) : view_(std::move(view)) {}
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::StatusOr<size_t> Scan(const KeyRange& range, size_t limit, Direction direction,
                              Visitor visit) const override;

 private:
  std::unique_ptr<View> view_;
};

// Lets one transaction in at a time. Unlike a mutex, it may be left by another thread.
class WriterGate {
 public:
  void Enter() ABSL_LOCKS_EXCLUDED(mutex_);
  void Leave() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Mutex mutex_;
  bool taken_ ABSL_GUARDED_BY(mutex_) = false;
};

class BufferedTransaction final : public Transaction {
 public:
  // Writes a batch atomically and durably, with the statuses of Transaction::Commit. It may move
  // values out of the batch.
  using Write = std::function<absl::Status(WriteBatch batch)>;

  // Enters `gate`, and leaves it when the transaction is over. `latest` reads the newest committed
  // state, which stays still while the gate is held.
  BufferedTransaction(WriterGate& gate, const View& latest, Write write);
  ~BufferedTransaction() override;
  BufferedTransaction(const BufferedTransaction&) = delete;
  BufferedTransaction& operator=(const BufferedTransaction&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::StatusOr<size_t> Scan(const KeyRange& range, size_t limit, Direction direction,
                              Visitor visit) const override;
  void Put(std::string key, std::string value) override;
  void Delete(std::string key) override;
  absl::Status Commit() override;

 private:
  void Record(std::string key, std::optional<std::string> value);
  absl::Status CheckWritten() const;
  absl::Status WalkMerged(const KeyRange& range, Direction direction, Visitor visit) const;
  absl::Status WalkForward(const KeyRange& range, WriteBatch::Entries::const_iterator last,
                           Visitor visit) const;

  WriterGate& gate_;
  const View& latest_;
  Write write_;
  WriteBatch batch_;
  // What its scans found empty: many takes from one queue share a transaction, and each would wade
  // through the deletions of all before it.
  mutable KnownGaps gaps_;
  absl::Status breach_;              // the first key or value over a limit
  mutable int scans_under_way_ = 0;  // a visitor must not write
  bool is_over_ = false;
};

}  // namespace redress::storage
