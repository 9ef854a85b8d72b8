// Figures of measures as text, CSV and a page.
#include "tools/redressctl/measures_text.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace redress::ctl {
namespace {

v1::MeasureRow Row(const std::string& value, int64_t share, int64_t count) {
  v1::MeasureRow row;
  row.add_values(value);
  row.set_share(share);
  row.set_count(count);
  row.mutable_interval()->set_low(250'000);
  row.mutable_interval()->set_high(900'000);
  return row;
}

v1::GetMeasuresResponse Response() {
  v1::GetMeasuresResponse response;
  response.set_from_day("2026-11-01");
  response.set_to_day("2026-12-01");
  response.set_commit(7);
  response.set_commit_hash("abcdefgh");
  v1::MeasureReport& measure = *response.add_measures();
  measure.set_id("in_time");
  measure.set_title("Answered <in time>");
  measure.set_version("12345678");
  measure.set_is_share(true);
  measure.set_filled_percent(40);
  *measure.mutable_total() = Row("", 3, 4);
  measure.mutable_total()->clear_values();
  v1::MeasureTable& table = *measure.add_tables();
  table.set_by("department");
  *table.add_rows() = Row("billing", 1, 2);
  *table.add_rows() = Row("\"desk\"", 2, 2);
  *measure.add_series() = Row("2026-11-02", 1, 2);
  *measure.add_series() = Row("2026-11-09", 2, 2);
  return response;
}

TEST(MeasuresText, ShowsCountsRatesAndIntervals) {
  EXPECT_EQ(MeasuresText(Response(), false),
            "Measures, 2026-11-01 until 2026-12-01, commit 7 616263646566\n"
            "\n"
            "in_time: Answered <in time>  (version 313233343536)\n"
            "  counting the history: 40% done\n"
            "  75.0%  (3 of 4; 95% sure within 25.0% and 90.0%)\n"
            "\n"
            "department  COUNT  SHARE    RATE  95% FROM     TO\n"
            "billing         2      1   50.0%     25.0%  90.0%\n"
            "\"desk\"          2      2  100.0%     25.0%  90.0%\n"
            "\n"
            "from        COUNT  SHARE    RATE  95% FROM     TO\n"
            "2026-11-02      2      1   50.0%     25.0%  90.0%\n"
            "2026-11-09      2      2  100.0%     25.0%  90.0%\n");
}

TEST(MeasuresCsv, HasARowForEachFigure) {
  EXPECT_EQ(MeasuresCsv(Response()),
            "measure,version,by,value,count,share,low_millionths,high_millionths,sum,p50,p75,p90,"
            "p95,p99,max,rank,band,worst_week,worst_count,worst_share,worst_sum,commit,"
            "commit_hash\n"
            "\"in_time\",313233343536,\"\",\"\",4,3,250000,900000,0,0,0,0,0,0,0,"
            "0,0,,0,0,0,7,6162636465666768\n"
            "\"in_time\",313233343536,\"department\",\"billing\",2,1,250000,900000,0,0,0,0,0,0,0,"
            "0,0,,0,0,0,7,6162636465666768\n"
            "\"in_time\",313233343536,\"department\",\"\"\"desk\"\"\",2,2,250000,900000,0,0,0,0,0,"
            "0,0,0,0,,0,0,0,7,6162636465666768\n"
            "\"in_time\",313233343536,\"time\",\"2026-11-02\",2,1,250000,900000,0,0,0,0,0,0,0,"
            "0,0,,0,0,0,7,6162636465666768\n"
            "\"in_time\",313233343536,\"time\",\"2026-11-09\",2,2,250000,900000,0,0,0,0,0,0,0,"
            "0,0,,0,0,0,7,6162636465666768\n");
}

TEST(MeasuresText, ShowsTheWorstWeekBesideTheRank) {
  v1::GetMeasuresResponse response = Response();
  v1::MeasureReport& measure = *response.mutable_measures(0);
  measure.clear_series();
  v1::MeasureRow& row = *measure.mutable_tables(0)->mutable_rows(0);
  row.set_rank(1);
  row.set_band(1);
  row.mutable_worst()->set_from_day("2026-11-09");
  row.mutable_worst()->set_count(20);
  row.mutable_worst()->set_share(5);
  const std::string shown = MeasuresText(response, false);
  EXPECT_TRUE(absl::StrContains(shown, "RANK         WORST WEEK\n")) << shown;
  EXPECT_TRUE(absl::StrContains(shown, "1 of band 1  2026-11-09  25.0%\n")) << shown;
}

TEST(MeasuresHtml, IsOnePageThatNeedsNothingElse) {
  const std::string page = MeasuresHtml(Response());
  EXPECT_TRUE(absl::StartsWith(page, "<!doctype html>"));
  EXPECT_TRUE(absl::EndsWith(page, "</body></html>\n"));
  EXPECT_TRUE(absl::StrContains(page, "<h2>Answered &lt;in time&gt;</h2>"));
  EXPECT_TRUE(absl::StrContains(page, "&quot;desk&quot;"));
  EXPECT_TRUE(absl::StrContains(page, "<polyline points=\"0,80 720,0 \"/>"));
  EXPECT_TRUE(absl::StrContains(page, "6162636465666768"));
  for (const char* elsewhere : {"http:", "https:", "<script", "<link", "src="})
    EXPECT_FALSE(absl::StrContains(page, elsewhere)) << elsewhere;
}

}  // namespace
}  // namespace redress::ctl
