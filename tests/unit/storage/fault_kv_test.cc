#include "tests/support/fault_kv.h"

#include "kv_contract.h"
#include "storage/memory_kv.h"

namespace redress::storage {
namespace {

class UnfailingHome final : public KvHome {
 public:
  Kv& kv() override { return kv_; }

 private:
  MemoryKv base_;
  FaultKv kv_ = FaultKv(base_, [](uint64_t) { return CommitFault::kNone; });
};

INSTANTIATE_TEST_SUITE_P(WithoutFaults, KvContract,
                         testing::Values(KvMaker{
                             "Fault", [] { return std::make_unique<UnfailingHome>(); }}));

struct FaultRow {
  CommitFault fault;
  absl::StatusCode code;
  Remedy remedy;
  std::string after;  // what is stored after commits of a, b and c, of which b's fails
};

TEST(FaultKv, EachFaultAnswersAndKeepsWhatItSays) {
  const FaultRow rows[] = {
      {CommitFault::kNone, absl::StatusCode::kOk, Remedy::kAcknowledge, "a=1 b=2 c=3"},
      {CommitFault::kAborted, absl::StatusCode::kAborted, Remedy::kRunAgain, "a=1 c=3"},
      {CommitFault::kUnknownLost, absl::StatusCode::kUnavailable, Remedy::kAskAgain, "a=1 c=3"},
      {CommitFault::kUnknownKept, absl::StatusCode::kUnavailable, Remedy::kAskAgain, "a=1 b=2 c=3"},
      {CommitFault::kDiskFull, absl::StatusCode::kResourceExhausted, Remedy::kWaitForRoom,
       "a=1 c=3"},
      {CommitFault::kBrokenLost, absl::StatusCode::kInternal, Remedy::kStopWriting, "a=1"},
      {CommitFault::kBrokenKept, absl::StatusCode::kInternal, Remedy::kStopWriting, "a=1 b=2"},
  };
  for (const FaultRow& row : rows) {
    MemoryKv base;
    FaultKv kv(base, FailCommit(2, row.fault));
    const auto put = [&](const std::string& key, const std::string& value) {
      const auto transaction = kv.Begin();
      transaction->Put(key, value);
      return transaction->Commit();
    };
    EXPECT_EQ(put("a", "1"), absl::OkStatus());
    const absl::Status status = put("b", "2");
    EXPECT_EQ(status.code(), row.code);
    EXPECT_EQ(RemedyFor(status.code()), row.remedy);
    const bool is_broken = row.remedy == Remedy::kStopWriting;
    EXPECT_EQ(put("c", "3"), is_broken ? status : absl::OkStatus());
    EXPECT_EQ(Entries(*kv.TakeSnapshot()), row.after);
  }
}

}  // namespace
}  // namespace redress::storage
