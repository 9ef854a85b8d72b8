#include "tools/history/json_lines.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::history {
namespace {

std::string Print(absl::string_view text) {
  JsonLinesReader reader(text);
  std::string rows;
  while (const auto row = reader.Next())
    absl::StrAppend(&rows, row->line, " ",
                    row->fault.empty() ? absl::StrJoin(row->fields, "|") : "FAULT", "\n");
  return rows;
}

TEST(JsonLines, TakeEveryNameAsAColumn) {
  EXPECT_EQ(Print("{\"b\": \"x\", \"a\": 1}\n\n{\"c\": true, \"a\": null}\n"),
            "0 a|b|c\n1 1|x|\n3 ||true\n");
}

TEST(JsonLines, NameTheLineThatIsNone) {
  EXPECT_EQ(Print("{\"a\": 1}\nnonsense\n{\"a\": [1]}\n"), "0 a\n1 1\n2 FAULT\n3 FAULT\n");
}

TEST(JsonLines, AreToldFromCsv) {
  EXPECT_TRUE(IsJsonLines(" {\"a\": 1}"));
  EXPECT_FALSE(IsJsonLines("a,b\n1,2\n"));
}

}  // namespace
}  // namespace redress::history
