// The only virtual seam of the product: ordered keys, consistent reads, and transactions.
//
// A backend is anything that keeps these promises, so that the layers above never learn which one
// they run on. Keys are bytes in unsigned order; there are no tables, types or lifetimes here.
//
// The contract:
//   Reads         A snapshot shows one committed state for as long as it lives. A transaction shows
//                 the latest committed state with its own writes on top.
//   Transactions  Serializable. A backend may run them one at a time, from Begin to Commit or to
//                 the end of the transaction, so a thread that begins a second one before that
//                 waits for ever.
//   Commit        What each answer promises is listed in kCommitOutcomes below.
//   Threads       Begin, TakeSnapshot, Stats and every read of a snapshot may be called from any
//                 thread at any time. A transaction belongs to one thread at a time.
//   Lifetime      Snapshots and transactions end before the Kv that gave them.
//   Limits        A read or a commit over a limit answers INVALID_ARGUMENT, names the limit, and
//                 changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace redress::storage {

// A key has 1 to kKeyBytesMax bytes; a value 0 to kValueBytesMax.
inline constexpr size_t kKeyBytesMax = 1024;
inline constexpr size_t kValueBytesMax = 4 << 20;
// Different keys put or deleted in one transaction, and the bytes of their keys and values.
inline constexpr size_t kTransactionEntriesMax = 100'000;
inline constexpr size_t kTransactionBytesMax = 64 << 20;
// Entries that one scan may visit.
inline constexpr size_t kScanLimitMax = 10'000;

// What a caller does after each code that Commit can answer.
enum class Remedy {
  kAcknowledge,  // Durable: it may be shown.
  kRunAgain,     // Nothing was written: run the whole transaction again.
  kAskAgain,     // Unknown: run again with the same request id, which finds out.
  kWaitForRoom,  // The disk is full. Acknowledge nothing; try again when there is room.
  kFixCaller,    // Over a limit. Nothing was written, and the same writes never will be.
  kStopWriting,  // Unknown until the next start. Refuse writes from now on; reads may go on.
};
struct CommitOutcome {
  absl::StatusCode code;
  Remedy remedy;
};
inline constexpr CommitOutcome kCommitOutcomes[] = {
    {absl::StatusCode::kOk, Remedy::kAcknowledge},
    {absl::StatusCode::kAborted, Remedy::kRunAgain},
    {absl::StatusCode::kUnavailable, Remedy::kAskAgain},
    {absl::StatusCode::kResourceExhausted, Remedy::kWaitForRoom},
    {absl::StatusCode::kInvalidArgument, Remedy::kFixCaller},
};

// The remedy for a commit's status: the row above, kStopWriting for a code that has none.
constexpr Remedy RemedyFor(absl::StatusCode code) {
  for (const CommitOutcome& outcome : kCommitOutcomes) {
    if (outcome.code == code) return outcome.remedy;
  }
  return Remedy::kStopWriting;
}

// The keys k with begin <= k < end. An empty end means no upper bound. Holds no copy of the bytes.
struct KeyRange {
  absl::string_view begin;
  absl::string_view end;
};

enum class Direction { kForward, kBackward };

// Called with each entry in turn; false ends the scan. The views die when the call returns. It may
// read the same snapshot or transaction, and must not write to it.
using Visitor = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;

// What snapshots and transactions share. Reads fail with DATA_LOSS when the stored bytes are
// damaged, and with INTERNAL or UNAVAILABLE when the world fails.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value under `key`, nullopt if there is none.
  virtual absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const = 0;

  // Visits the entries of `range` in the order of `direction` until there are no more, `limit` (1
  // to kScanLimitMax) were visited, or the visitor said stop. Returns how many were visited.
  virtual absl::StatusOr<size_t> Scan(const KeyRange& range, size_t limit, Direction direction,
                                      Visitor visit) const = 0;
};

class Snapshot : public Reader {};

// Ends at Commit, or unwritten at destruction.
class Transaction : public Reader {
 public:
  // The last word on a key wins. A breach of a limit is remembered and answered by Commit.
  virtual void Put(std::string key, std::string value) = 0;
  virtual void Delete(std::string key) = 0;

  // Writes all or nothing; see kCommitOutcomes. REQUIRES: not committed before. Whatever the
  // answer, the transaction is over and is neither read nor written again.
  virtual absl::Status Commit() = 0;
};

// One number about a backend, for operators. The name is a literal in snake case, unit last.
struct Gauge {
  absl::string_view name;
  uint64_t value;
};

class Kv {
 public:
  virtual ~Kv() = default;

  virtual std::unique_ptr<Snapshot> TakeSnapshot() const = 0;

  // Waits until no other transaction is under way.
  virtual std::unique_ptr<Transaction> Begin() = 0;

  // The gauges that this backend knows, always the same names in the same order.
  virtual std::vector<Gauge> Stats() const = 0;
};

}  // namespace redress::storage
