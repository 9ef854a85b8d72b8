#include <gtest/gtest.h>

#include "tools/text/display_width.h"
#include "tools/text/progress_bar.h"
#include "tools/text/suggest.h"
#include "tools/text/table.h"

namespace redress::text {
namespace {

TEST(DisplayWidth, CountsWideCharactersTwiceAndCombiningOnesNot) {
  EXPECT_EQ(DisplayWidth("refund"), 6);
  EXPECT_EQ(DisplayWidth("重复扣款"), 8);
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1);
  EXPECT_EQ(DisplayWidth("ＡＢ"), 4);
  EXPECT_EQ(DisplayWidth(""), 0);
}

TEST(Printable, TakesOutWhatControlsATerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb\nc"), "a [31mb c");
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b"),
            "a b");  // right-to-left override
  EXPECT_EQ(Printable("a\xFF"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(Printable("退款"), "退款");
}

TEST(CutToWidth, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(CutToWidth("重复扣款", 8), "重复扣款");
  EXPECT_EQ(CutToWidth("重复扣款", 7), "重复扣…");
  EXPECT_EQ(CutToWidth("重复扣款", 6), "重复…");
  EXPECT_EQ(CutToWidth("abcdef", 4), "abc…");
}

TEST(Table, AlignsMixedScripts) {
  Table table({{"DEPARTMENT"}, {"OPEN", Align::kRight}, {"TITLE"}});
  table.AddRow({"billing", "7", "Charged twice"});
  table.AddRow({"账务", "1,204", "重复扣款"});
  EXPECT_EQ(table.Render(false),
            "DEPARTMENT   OPEN  TITLE\n"
            "billing         7  Charged twice\n"
            "账务        1,204  重复扣款\n");
}

TEST(Table, CutsLongCellsAndMarksTheTitleInColor) {
  Table table({{"TITLE", Align::kLeft, 5}});
  table.AddRow({"Charged twice"});
  EXPECT_EQ(table.Render(true), "\x1b[1mTITLE\x1b[0m\nChar…\n");
}

TEST(RenderFields, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(RenderFields({{"state", "open"}, {"note", ""}, {"level", "relay"}}, false),
            "state  open\nlevel  relay\n");
}

TEST(ClosestWord, FindsTyposAndPrefixes) {
  const std::vector<std::string> words = {"ticket", "issue", "queue", "report"};
  EXPECT_EQ(ClosestWord("tikcet", words), "ticket");
  EXPECT_EQ(ClosestWord("isue", words), "issue");
  EXPECT_EQ(ClosestWord("rep", words), "report");
  EXPECT_EQ(ClosestWord("xyzzy", words), "");
  EXPECT_EQ(ClosestWord("", words), "");
}

TEST(ProgressLine, ShowsRateAndRest) {
  EXPECT_EQ(ProgressLine({"rows", 5000, 20000, absl::Seconds(2)}, 79),
            "[======>                 ]  25%  5,000/20,000 rows  2,500 rows/s  6s left");
  EXPECT_EQ(ProgressLine({"rows", 0, 0, absl::ZeroDuration()}, 79),
            "[>                       ]   0%  0/0 rows");
  EXPECT_EQ(ProgressLine({"", 50, 100, absl::Seconds(2)}, 79),
            "[============>           ]  50%  2s left");
}

}  // namespace
}  // namespace redress::text
