#include "tools/history/csv.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::history {
namespace {

// One line per row: "LINE: field|field", or "LINE! fault".
std::string Rows(absl::string_view text) {
  CsvReader reader(text);
  std::string out;
  while (const auto row = reader.Next()) {
    absl::StrAppend(&out, row->line,
                    row->fault.empty() ? ": " + absl::StrJoin(row->fields, "|") : "! " + row->fault,
                    "\n");
  }
  return out;
}

TEST(CsvReader, ReadsPlainAndQuotedFields) {
  EXPECT_EQ(Rows("a,b,c\n1,,3\n"), "1: a|b|c\n2: 1||3\n");
  EXPECT_EQ(Rows("a,\"b,\"\"c\"\"\",d"), "1: a|b,\"c\"|d\n");
  EXPECT_EQ(Rows("\"two\nlines\",x\ny,z\n"), "1: two\nlines|x\n3: y|z\n");
}

TEST(CsvReader, TakesWindowsLineEndsMarksAndEmptyLines) {
  EXPECT_EQ(Rows("\xEF\xBB\xBF"
                 "a,b\r\n\r\n1,2\r\n"),
            "1: a|b\n3: 1|2\n");
  EXPECT_EQ(Rows("a,\"b\"\r\n"), "1: a|b\n");
  EXPECT_EQ(Rows(""), "");
}

TEST(CsvReader, LosesOneLineToADamagedQuote) {
  EXPECT_EQ(Rows("a,\"b\nc,d\n"), "1! a quote is opened and never closed\n2: c|d\n");
  EXPECT_EQ(Rows("a,\"b\"x\nc,d\n"), "1! text follows a closing quote\n2: c|d\n");
}

class ReadWholeFileTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return (std::filesystem::path(testing::TempDir()) / ("csv_test_" + name)).string();
  }
};

TEST_F(ReadWholeFileTest, ReadsPlainAndGzip) {
  std::ofstream(Path("plain")) << "a,b\n";
  EXPECT_EQ(*ReadWholeFile(Path("plain")), "a,b\n");
  gzFile packed = gzopen(Path("packed").c_str(), "wb");
  gzputs(packed, "c,d\n");
  gzclose(packed);
  EXPECT_EQ(*ReadWholeFile(Path("packed")), "c,d\n");
}

TEST_F(ReadWholeFileTest, RefusesMissingAndCutFiles) {
  EXPECT_EQ(ReadWholeFile(Path("none")).status().code(), absl::StatusCode::kNotFound);
  gzFile packed = gzopen(Path("whole").c_str(), "wb");
  gzputs(packed, std::string(10'000, 'x').c_str());
  gzclose(packed);
  std::filesystem::resize_file(Path("whole"), std::filesystem::file_size(Path("whole")) - 9);
  EXPECT_EQ(ReadWholeFile(Path("whole")).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace redress::history
