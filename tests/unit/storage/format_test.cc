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

}  // namespace
}  // namespace redress::storage
