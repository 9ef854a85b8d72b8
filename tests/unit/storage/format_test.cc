#include "storage/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/memory_kv.h"

namespace redress::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void Put(Kv& kv, absl::string_view key, absl::string_view value) {
  const auto transaction = kv.Begin();
  transaction->Put(std::string(key), std::string(value));
  ASSERT_EQ(transaction->Commit(), absl::OkStatus());
}

TEST(EnsureFormatVersion, MarksAnEmptyDatabaseAndKnowsItAgain) {
  MemoryKv kv;
  ASSERT_EQ(EnsureFormatVersion(kv), absl::OkStatus());
  EXPECT_THAT(**kv.TakeSnapshot()->Get(kFormatKey), testing::StartsWith("1 "));
  EXPECT_EQ(EnsureFormatVersion(kv), absl::OkStatus());
}

TEST(EnsureFormatVersion, RefusesANewerFormatAndNamesTheReleaseThatReadsIt) {
  MemoryKv kv;
  Put(kv, kFormatKey, "7 12.0.1");
  EXPECT_THAT(EnsureFormatVersion(kv).ToString(),
              AllOf(HasSubstr("FAILED_PRECONDITION: the database has format 7"),
                    HasSubstr("reads formats up to 1"), HasSubstr("use release 12.0.1")));
}

TEST(EnsureFormatVersion, RefusesADatabaseOfSomethingElse) {
  MemoryKv kv;
  Put(kv, "somebody", "else");
  EXPECT_THAT(EnsureFormatVersion(kv).ToString(),
              HasSubstr("FAILED_PRECONDITION: not a Redress directory"));
  EXPECT_EQ(**kv.TakeSnapshot()->Get("somebody"), "else");
}

TEST(EnsureFormatVersion, RefusesAVersionThatItCannotRead) {
  for (const absl::string_view damaged : {"", "0 0.1.0", "x 0.1.0", "-1 0.1.0"}) {
    MemoryKv kv;
    Put(kv, kFormatKey, damaged);
    EXPECT_THAT(EnsureFormatVersion(kv).ToString(), HasSubstr("DATA_LOSS")) << damaged;
  }
}

// A made-up past: format 1 kept names in small letters, format 2 in capitals, format 3 with a mark.
absl::Status Change(Kv& kv, absl::string_view value) {
  const auto transaction = kv.Begin();
  transaction->Put("\x02name", std::string(value));
  return transaction->Commit();
}
int runs_of_second_step = 0;
constexpr FormatStep kPast[] = {
    {1, [](Kv& kv) { return Change(kv, "ANNA"); }},
    {2,
     [](Kv& kv) {
       ++runs_of_second_step;
       return Change(kv, "ANNA!");
     }},
};
std::string NameIn(const Kv& kv) { return kv.TakeSnapshot()->Get("\x02name").value().value_or(""); }
std::string FormatIn(const Kv& kv) { return kv.TakeSnapshot()->Get(kFormatKey)->value_or(""); }

TEST(EnsureFormatVersion, UpgradesStepByStepAndOnlyOnce) {
  MemoryKv kv;
  Put(kv, kFormatKey, "1 0.0.1");
  Put(kv, "\x02name", "anna");
  runs_of_second_step = 0;
  ASSERT_EQ(EnsureFormatVersion(kv, 3, kPast), absl::OkStatus());
  EXPECT_EQ(NameIn(kv), "ANNA!");
  EXPECT_THAT(FormatIn(kv), testing::StartsWith("3 "));
  ASSERT_EQ(EnsureFormatVersion(kv, 3, kPast), absl::OkStatus());
  EXPECT_EQ(runs_of_second_step, 1);
}

TEST(EnsureFormatVersion, StartsAtTheVersionThatIsThere) {
  MemoryKv kv;
  Put(kv, kFormatKey, "2 0.0.2");
  Put(kv, "\x02name", "BEN");
  ASSERT_EQ(EnsureFormatVersion(kv, 3, kPast), absl::OkStatus());
  EXPECT_EQ(NameIn(kv), "ANNA!");
}

TEST(EnsureFormatVersion, RunsAStepAgainThatWasCutShort) {
  MemoryKv kv;
  Put(kv, kFormatKey, "1 0.0.1");
  Put(kv, "\x02name", "anna");
  constexpr FormatStep kBroken[] = {{1, [](Kv& store) {
                                       EXPECT_EQ(Change(store, "AN"), absl::OkStatus());
                                       return absl::UnavailableError("the power went");
                                     }}};
  EXPECT_THAT(EnsureFormatVersion(kv, 2, kBroken).ToString(), HasSubstr("the power went"));
  EXPECT_EQ(FormatIn(kv), "1 0.0.1");
  ASSERT_EQ(EnsureFormatVersion(kv, 3, kPast), absl::OkStatus());
  EXPECT_EQ(NameIn(kv), "ANNA!");
}

TEST(EnsureFormatVersion, RefusesAVersionThatNoStepLeadsOnFrom) {
  MemoryKv kv;
  Put(kv, kFormatKey, "1 0.0.1");
  EXPECT_THAT(EnsureFormatVersion(kv, 2, {}).ToString(),
              HasSubstr("the database has format 1, which release"));
  EXPECT_EQ(FormatIn(kv), "1 0.0.1");
}

}  // namespace
}  // namespace redress::storage
