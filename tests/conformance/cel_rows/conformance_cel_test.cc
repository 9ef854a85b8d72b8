#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "tests/conformance/cel_rows/harness.h"
#include "tests/conformance/cel_rows/rows.h"

namespace redress::conformance {
namespace {

TEST(CelConformance, PassesEveryRowThatIsNotListed) {
  const std::string folder = DefaultFolder();
  if (folder.empty()) GTEST_SKIP() << "no conformance rows in ../shared/cel-spec";
  const std::vector<Row> rows = ReadRows(folder);
  ASSERT_FALSE(rows.empty()) << folder;
  const Report report = RunRows(rows);
  std::printf("%s", report.Table().c_str());
  EXPECT_EQ("", absl::StrJoin(report.failures, "\n"));
}

Row RowOf(const std::string& json) {
  Row row;
  row.line = json;
  CHECK_OK(google::protobuf::util::JsonStringToMessage(json, &row.json));
  return row;
}

// "passed", or the difference.
std::string Shown(const std::string& json) {
  const Finding finding = RunRow(RowOf(json));
  return finding.verdict == Verdict::kPassed ? "passed" : finding.what;
}

// The harness itself: what differs must show.
TEST(CelConformance, ShowsAWrongValue) {
  EXPECT_EQ(Shown(R"({"file": "basic", "expr": "1 + 1", "value": {"int64Value": "2"}})"), "passed");
  EXPECT_EQ(Shown(R"({"file": "basic", "expr": "1 + 1", "value": {"int64Value": "3"}})"),
            "basic//: 1 + 1\n  wanted: 3\n  got:    2");
}

TEST(CelConformance, ShowsAnErrorThatDoesNotCome) {
  EXPECT_EQ(Shown(R"({"file": "basic", "expr": "1 / 0", "evalError": {}})"), "passed");
  EXPECT_EQ(Shown(R"({"file": "basic", "expr": "1 / 1", "evalError": {}})"),
            "basic//: 1 / 1\n  wanted: an error\n  got:    1");
}

TEST(CelConformance, ShowsAnIssueAtAnotherPlace) {
  const auto row = [](const std::string& place) {
    return absl::StrCat(R"({"file": "checking", "expr": "1 + nothing", "error": "ERROR: <input>:)",
                        place, R"(: undeclared reference"})");
  };
  EXPECT_EQ(Shown(row("1:5")), "passed");
  EXPECT_NE(Shown(row("1:6")), "passed");
  EXPECT_NE(Shown(row("2:5")), "passed");
  EXPECT_NE(Shown(R"({"file": "checking", "expr": "1 + nothing"})"), "passed");
  EXPECT_NE(Shown(R"({"file": "checking", "expr": "1 + 1", "error": "ERROR: <input>:1:1: x"})"),
            "passed");
}

TEST(CelConformance, CountsWhatFails) {
  const Report report =
      RunRows({RowOf(R"({"file": "basic", "expr": "1", "value": {"int64Value": "1"}})"),
               RowOf(R"({"file": "basic", "expr": "1", "value": {"int64Value": "2"}})")});
  EXPECT_EQ(report.failed(), 1);
  EXPECT_EQ(report.files.at("basic").passed, 1);
  EXPECT_EQ(report.files.at("basic").failed, 1);
}

}  // namespace
}  // namespace redress::conformance
