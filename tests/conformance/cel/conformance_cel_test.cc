#include <gtest/gtest.h>

#include <cstdio>

#include "absl/strings/str_join.h"
#include "tests/conformance/cel/harness.h"
#include "tests/conformance/cel/rows.h"

namespace redress::conformance {
namespace {

TEST(CelConformance, PassesEveryRowThatIsNotListed) {
  const std::string folder = DefaultFolder();
  if (folder.empty()) GTEST_SKIP() << "no conformance rows in ../shared/cel-spec";
  const Report report = RunRows(ReadRows(folder));
  std::printf("%s", report.Table().c_str());
  EXPECT_EQ("", absl::StrJoin(report.failures, "\n"));
}

}  // namespace
}  // namespace redress::conformance
