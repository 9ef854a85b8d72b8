// rewind.cc: a ledger taken back to a commit is what it was then, to the byte.
#include "services/rewind.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/tables.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/mixed_run.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using Entries = std::map<std::string, std::string>;

// Every record of a store but the deadlines and keys of tenants that are not named.
Entries Dump(const storage::Kv& kv) {
  Entries entries;
  const auto snapshot = kv.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const auto status = reader.ScanPrefix("", [&](absl::string_view key, absl::string_view value) {
    entries[std::string(key)] = std::string(value);
    return true;
  });
  EXPECT_EQ(status, absl::OkStatus());
  return entries;
}

// "" or the first key at which they differ.
std::string Difference(const Entries& left, const Entries& right) {
  for (const auto& [key, value] : left) {
    const auto it = right.find(key);
    if (it == right.end()) return absl::StrCat("missing: ", absl::CHexEscape(key));
    if (it->second != value) return absl::StrCat("other: ", absl::CHexEscape(key));
  }
  for (const auto& [key, value] : right)
    if (!left.contains(key)) return absl::StrCat("more: ", absl::CHexEscape(key));
  return "";
}

// A copy of a store in memory.
void Fill(storage::MemoryKv& kv, const Entries& entries) {
  const auto transaction = kv.Begin();
  for (const auto& [key, value] : entries) transaction->Put(key, value);
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
}

TEST(Rewind, MakesTheStoreWhatItWasAfterThatCommitToTheByte) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Office office;
    std::vector<std::pair<uint64_t, Entries>> moments;
    for (int i = 0; i < 5; ++i) {
      moments.emplace_back(office.ReadHead().commit(), Dump(office.kv()));
      RunMixed(office, seed * 100 + static_cast<uint64_t>(i), 60);
    }
    const Entries newest = Dump(office.kv());
    for (const auto& [commit, expected] : moments) {
      storage::MemoryKv kv;
      ASSERT_NO_FATAL_FAILURE(Fill(kv, newest));
      ASSERT_EQ(services::Rewind(kv, Office::kTenant, commit), absl::OkStatus());
      ASSERT_EQ(Difference(expected, Dump(kv)), "") << "seed " << seed << ", commit " << commit;
    }
  }
}

TEST(Rewind, LeavesOtherTenantsAsTheyAre) {
  Office office;
  RunMixed(office, 7, 100);
  const Entries before = Dump(office.kv());
  ASSERT_EQ(services::Rewind(office.kv(), Office::kOtherTenant, 0), absl::OkStatus());
  EXPECT_EQ(office.Verify(), "clean");
  const auto snapshot = office.kv().TakeSnapshot();
  EXPECT_EQ(storage::LedgerReader(*snapshot).ListTenants()->size(), 1u);
  for (const auto& [key, value] : Dump(office.kv())) EXPECT_EQ(before.at(key), value);
}

TEST(Rewind, MendsWhatWasDamagedBesideTheLedger) {
  Office office;
  RunMixed(office, 8, 200);
  const Entries whole = Dump(office.kv());
  {
    const auto transaction = office.kv().Begin();
    transaction->Delete(storage::TicketKey(Office::kTenant, 1));
    for (const auto& [key, value] : whole)
      if (key.starts_with(storage::TableKey(Office::kTenant, storage::Table::kCell).key()))
        transaction->Put(key, "damaged");
    ASSERT_EQ(transaction->Commit(), absl::OkStatus());
  }
  EXPECT_NE(office.Verify(), "clean");
  ASSERT_EQ(services::Rewind(office.kv(), Office::kTenant, office.ReadHead().commit()),
            absl::OkStatus());
  EXPECT_EQ(Difference(whole, Dump(office.kv())), "");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Rewind, RefusesACommitThatIsNotThereYet) {
  Office office;
  const Entries before = Dump(office.kv());
  const uint64_t last = office.ReadHead().commit();
  EXPECT_EQ(services::Rewind(office.kv(), Office::kTenant, last + 1).ToString(),
            absl::StrCat("OUT_OF_RANGE: the ledger of tenant acme ends at commit ", last,
                         ", before commit ", last + 1));
  EXPECT_EQ(Difference(before, Dump(office.kv())), "");
}

TEST(FindCommitAt, IsTheNewestThatWasMadeByThen) {
  Office office;
  office.At("09:00").Must(Submit(Complaint()));
  const uint64_t first = office.ReadHead().commit();
  office.At("10:00").Must(Submit(Complaint())).Must(Submit(Complaint()));
  const uint64_t last = office.ReadHead().commit();
  const auto snapshot = office.kv().TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const auto at = [&](absl::string_view time) {
    return services::FindCommitAt(reader, Office::kTenant, test::At(time)).value();
  };
  EXPECT_EQ(at("08:59"), 0u);
  EXPECT_EQ(at("09:00"), first);
  EXPECT_EQ(at("09:59"), first);
  EXPECT_EQ(at("10:00"), last);
  EXPECT_EQ(at("23:00"), last);
  EXPECT_EQ(services::FindCommitAt(reader, "nobody", test::At("10:00")).value(), 0u);
}

}  // namespace
}  // namespace redress::test
