#include "tests/support/fault_kv.h"

#include <optional>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace redress::storage {
namespace {

bool IsWritten(CommitFault fault) {
  return fault == CommitFault::kNone || fault == CommitFault::kUnknownKept ||
         fault == CommitFault::kBrokenKept;
}

absl::Status AnswerOf(CommitFault fault) {
  switch (fault) {
    case CommitFault::kNone:
      return absl::OkStatus();
    case CommitFault::kAborted:
      return absl::AbortedError("injected: aborted");
    case CommitFault::kUnknownLost:
    case CommitFault::kUnknownKept:
      return absl::UnavailableError("injected: outcome unknown");
    case CommitFault::kDiskFull:
      return absl::ResourceExhaustedError("injected: the disk is full");
    case CommitFault::kBrokenLost:
    case CommitFault::kBrokenKept:
      return absl::InternalError("injected: writing failed");
  }
  CHECK(false);
  return absl::OkStatus();
}

}  // namespace

DecideFault FailCommit(uint64_t commit, CommitFault fault) {
  return [=](uint64_t number) { return number == commit ? fault : CommitFault::kNone; };
}

class FaultKv::FaultTransaction final : public ForwardingTransaction {
 public:
  FaultTransaction(FaultKv& kv, std::unique_ptr<Transaction> base)
      : ForwardingTransaction(std::move(base)), kv_(kv) {}

  // A transaction that is not written is let go, since it is over either way.
  absl::Status Commit() override {
    const std::unique_ptr<Transaction> base = TakeBase();
    CHECK(base != nullptr);
    return kv_.Commit(*base);
  }

 private:
  FaultKv& kv_;
};

std::unique_ptr<Transaction> FaultKv::Begin() {
  return std::make_unique<FaultTransaction>(*this, base().Begin());
}

absl::Status FaultKv::Commit(Transaction& transaction) {
  if (is_broken_) return AnswerOf(CommitFault::kBrokenLost);
  const CommitFault fault = decide_(++commits_);
  is_broken_ = fault == CommitFault::kBrokenLost || fault == CommitFault::kBrokenKept;
  if (IsWritten(fault)) RETURN_IF_ERROR(transaction.Commit());
  return AnswerOf(fault);
}

}  // namespace redress::storage
