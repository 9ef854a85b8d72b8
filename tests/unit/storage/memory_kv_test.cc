#include "storage/memory_kv.h"

#include "kv_contract.h"

namespace redress::storage {
namespace {

class MemoryHome final : public KvHome {
 public:
  Kv& kv() override { return kv_; }

 private:
  MemoryKv kv_;
};

INSTANTIATE_TEST_SUITE_P(Memory, KvContract,
                         testing::Values(KvMaker{"Memory",
                                                 [] { return std::make_unique<MemoryHome>(); }}));

std::string StatsText(const Kv& kv) {
  return absl::StrJoin(kv.Stats(), " ", [](std::string* out, const Gauge& gauge) {
    absl::StrAppend(out, gauge.name, "=", gauge.value);
  });
}

void Commit(Kv& kv, const std::vector<std::string>& put, const std::vector<std::string>& erased) {
  const auto transaction = kv.Begin();
  for (const std::string& key : put) transaction->Put(key, "v");
  for (const std::string& key : erased) transaction->Delete(key);
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
}

TEST(MemoryKv, KeepsNoOldVersionThatNobodyCanSee) {
  MemoryKv kv;
  Commit(kv, {"a", "b"}, {});
  Commit(kv, {"a"}, {"b"});
  EXPECT_EQ(StatsText(kv), "keys=1 old_versions=0");
}

TEST(MemoryKv, ClearsOldVersionsAtTheFirstCommitAfterTheirSnapshot) {
  MemoryKv kv;
  Commit(kv, {"a", "b"}, {});
  {
    const auto snapshot = kv.TakeSnapshot();
    Commit(kv, {"a"}, {"b"});
    EXPECT_EQ(StatsText(kv), "keys=2 old_versions=2");
    EXPECT_EQ(Entries(*snapshot), "a=v b=v");
  }
  Commit(kv, {"c"}, {});
  EXPECT_EQ(StatsText(kv), "keys=2 old_versions=0");
}

}  // namespace
}  // namespace redress::storage
