// A Kv whose commits fail as told: the faults of a backend for tests and the simulator.
//
// Reads go straight to the Kv beneath. One caller-given function decides each commit's fate, so
// that a seed or a count in the caller makes every run repeatable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "storage/kv.h"
#include "tests/support/forwarding_kv.h"

namespace redress::storage {

enum class CommitFault {
  kNone,
  kAborted,      // nothing written, ABORTED
  kUnknownLost,  // nothing written, UNAVAILABLE
  kUnknownKept,  // written, UNAVAILABLE
  kDiskFull,     // nothing written, RESOURCE_EXHAUSTED
  kBrokenLost,   // nothing written, INTERNAL; every later commit is refused with the same
  kBrokenKept,   // written, INTERNAL; every later commit is refused with the same
};

// Answers the fault of the commit number `commit`; the first has number 1. Commits that write
// nothing are counted too.
using DecideFault = std::function<CommitFault(uint64_t commit)>;

// Fails commit number `commit` in one way, and no other.
DecideFault FailCommit(uint64_t commit, CommitFault fault);

class FaultKv final : public ForwardingKv {
 public:
  // `base` must outlive this. `decide` is called under the transaction, by one thread at a time.
  FaultKv(Kv& base, DecideFault decide) : ForwardingKv(base), decide_(std::move(decide)) {}

  std::unique_ptr<Transaction> Begin() override;

 private:
  class FaultTransaction;

  absl::Status Commit(Transaction& transaction);

  DecideFault decide_;
  uint64_t commits_ = 0;
  bool is_broken_ = false;
};

}  // namespace redress::storage
