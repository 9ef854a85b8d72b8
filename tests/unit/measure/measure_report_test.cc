// measure_report.cc: intervals, days as of which, ranks.
#include "engine/measure/measure_report.h"

#include <gtest/gtest.h>

#include "engine/measure/day.h"

namespace redress::engine {
namespace {

std::string Print(const v1::Interval& interval) {
  return std::to_string(interval.low()) + " " + std::to_string(interval.high());
}

// Values by the formula in E. B. Wilson's paper, z = 1.959964, computed with 30 digits elsewhere.
TEST(WilsonInterval, IsThatOfThePaper) {
  EXPECT_EQ(Print(WilsonInterval(0, 10)), "0 277533");
  EXPECT_EQ(Print(WilsonInterval(10, 10)), "722467 1000000");
  EXPECT_EQ(Print(WilsonInterval(5, 10)), "236593 763407");
  EXPECT_EQ(Print(WilsonInterval(81, 263)), "255289 366210");
}

MeasurePeriod Period(int32_t from, int32_t to, int32_t as_of = kDayLast) {
  return {from, to, as_of, v1::MEASURE_SERIES_UNSPECIFIED};
}

v1::MeasureRule Rule(v1::MeasureBasis basis) {
  v1::MeasureRule rule;
  rule.set_id("m");
  rule.set_basis(basis);
  rule.add_by()->add_dimensions("department");
  return rule;
}

Measure MeasureOf(const v1::MeasureRule& rule) {
  Measure measure;
  measure.rule = &rule;
  measure.splits = {{0}};
  return measure;
}

Cell CellOf(int64_t count, int32_t record_day = 0) {
  MeasureEntry entry;
  entry.record_day = record_day;
  Cell cell;
  cell.AddKey(entry.Pack(), count);
  return cell;
}

// The count of a report for which day 100 holds 5, recorded on that day, and 2, recorded on day
// 107.
int64_t CountAsOf(int32_t as_of) {
  const v1::MeasureRule rule = Rule(v1::MEASURE_BASIS_EVENT);
  const Measure measure = MeasureOf(rule);
  MeasureReportBuilder builder(measure, Period(90, 120, as_of), {});
  for (const MeasureRange& range : builder.ranges()) {
    const bool is_day = range.granularity == Granularity::kDay;
    if (!is_day || range.from_period > 100 || range.to_period <= 100) continue;
    builder.Add(range, 100, "", CellOf(5));
    builder.Add(range, 100, "", CellOf(2, 107));
  }
  return std::get<v1::MeasureReport>(builder.Build()).total().count();
}

TEST(MeasureReport, CountsWhatWasRecordedByTheDay) {
  EXPECT_EQ(CountAsOf(99), 0);
  EXPECT_EQ(CountAsOf(100), 5);
  EXPECT_EQ(CountAsOf(106), 5);
  EXPECT_EQ(CountAsOf(107), 7);
}

TEST(MeasureReport, EndsWithTheDayAsOfWhichItIsWheneverItIsAskedFor) {
  MeasureQuery query;
  query.as_of_day = FormatDay(100);
  query.first_day = 90;
  for (const int32_t today : {101, 150}) {
    query.today = today;
    const auto period = std::get<MeasurePeriod>(ReadPeriod(query));
    EXPECT_EQ(period.from_day, 90);
    EXPECT_EQ(period.to_day, 101);
  }
  query.as_of_day = FormatDay(80);
  const auto before = std::get<MeasurePeriod>(ReadPeriod(query));
  EXPECT_EQ(before.from_day, 80) << "before the first figure there is nothing, which is no fault";
  EXPECT_EQ(before.to_day, 81);
}

// The series of a measure of which 3 came on the first day, 1 left on the fifteenth, and the others
// on the first day of the next month; as "day:count".
std::string SeriesOf(v1::MeasureBasis basis, v1::MeasureSeries series, const std::string& from,
                     const std::string& to) {
  const v1::MeasureRule rule = Rule(basis);
  const Measure measure = MeasureOf(rule);
  MeasurePeriod period = Period(ParseDay(from).value(), ParseDay(to).value());
  period.series = series;
  MeasureReportBuilder builder(measure, period, {});
  for (const auto& [text, count] :
       {std::pair("2026-01-01", 3), {"2026-01-15", -1}, {"2026-02-01", -2}}) {
    const int32_t day = ParseDay(text).value();
    for (const MeasureRange& range : builder.ranges()) {
      const int32_t place = range.granularity == Granularity::kMonth ? MonthOf(day) : day;
      if (range.from_period <= place && place < range.to_period)
        builder.Add(range, place, "", CellOf(count));
    }
  }
  const auto report = std::get<v1::MeasureReport>(builder.Build());
  std::string text;
  for (const v1::MeasureRow& row : report.series())
    text += row.values(0).substr(5) + ":" + std::to_string(row.count()) + " ";
  return text;
}

TEST(MeasureReport, ShowsWhatStandsInEveryPartOfASeries) {
  EXPECT_EQ(SeriesOf(v1::MEASURE_BASIS_STOCK, v1::MEASURE_SERIES_DAY, "2026-01-13", "2026-01-18"),
            "01-13:3 01-14:3 01-15:2 01-16:2 01-17:2 ");
  EXPECT_EQ(SeriesOf(v1::MEASURE_BASIS_STOCK, v1::MEASURE_SERIES_WEEK, "2026-01-09", "2026-02-10"),
            "01-05:3 01-12:2 01-19:2 01-26:0 02-02:0 02-09:0 ");
  EXPECT_EQ(SeriesOf(v1::MEASURE_BASIS_STOCK, v1::MEASURE_SERIES_MONTH, "2025-12-01", "2026-04-01"),
            "12-01:0 01-01:2 02-01:0 03-01:0 ");
}

TEST(MeasureReport, ReadsMonthsOnlyWhereAllOfThemWasRecorded) {
  const v1::MeasureRule rule = Rule(v1::MEASURE_BASIS_EVENT);
  const Measure measure = MeasureOf(rule);
  const int32_t from = ParseDay("2026-01-01").value();
  const int32_t to = ParseDay("2026-04-01").value();
  const auto months = [&](int32_t as_of) {
    const MeasureReportBuilder builder(measure, Period(from, to, as_of), {});
    int count = 0;
    for (const MeasureRange& range : builder.ranges())
      if (range.granularity == Granularity::kMonth) count += range.to_period - range.from_period;
    return count;
  };
  EXPECT_EQ(months(kDayLast), 3);
  EXPECT_EQ(months(to - 1), 3);
  EXPECT_EQ(months(to - 2), 2);
  EXPECT_EQ(months(from), 0);
}

TEST(MeasureReport, RanksOnlyWithinABandOfVolumes) {
  v1::MeasureRule rule = Rule(v1::MEASURE_BASIS_EVENT);
  rule.set_value("1");
  Measure measure = MeasureOf(rule);
  MeasureReportBuilder builder(measure, Period(0, 10), {1}, /*is_ranked=*/true);
  const auto add = [&](const std::string& value, int64_t count) {
    for (const MeasureRange& range : builder.ranges()) {
      if (range.granularity != Granularity::kDay || range.to_period <= 5) continue;
      builder.Add(range, 5, range.split == 0 ? "" : value, CellOf(count));
    }
  };
  for (const auto& [value, count] :
       {std::pair("a", 30), {"b", 20}, {"c", 400}, {"d", 500}, {"e", 4}})
    add(value, count);
  const auto report = std::get<v1::MeasureReport>(builder.Build());
  std::string ranks;
  for (const v1::MeasureRow& row : report.tables(0).rows())
    ranks += row.values(0) + std::to_string(row.band()) + ":" + std::to_string(row.rank()) + " ";
  EXPECT_EQ(ranks, "a1:2 b1:1 c2:1 d2:2 e0:0 ");
}

// Three weeks of one department: few counts in the worst of them, which says too little.
TEST(MeasureReport, TellsTheWorstWeekOfEachRowThatIsRanked) {
  v1::Playbook playbook;
  *playbook.add_measures() = Rule(v1::MEASURE_BASIS_EVENT);
  playbook.mutable_measures(0)->add_on("ticket_resolved");
  playbook.mutable_measures(0)->set_value("1");
  const auto set = MeasureSet::Compile(
                       playbook, [](auto, auto, auto) { return std::nullopt; },
                       [](auto) { return ""; })
                       .set;
  ASSERT_NE(set, nullptr);
  MeasureReportBuilder builder(set->measures()[0], Period(0, 40), {1}, /*is_ranked=*/true);
  const auto add = [&](int32_t day, int64_t count, int64_t sum) {
    Cell cell = CellOf(count);
    MeasureEntry entry;
    entry.slot = MeasureSlot::kSum;
    cell.AddKey(entry.Pack(), sum);
    entry.slot = MeasureSlot::kBucket;
    entry.bucket = 1;
    cell.AddKey(entry.Pack(), count);
    for (const MeasureRange& range : builder.ranges()) {
      const int32_t period = range.granularity == Granularity::kMonth ? MonthOf(day) : day;
      if (period < range.from_period || period >= range.to_period) continue;
      builder.Add(range, period, range.split == 0 ? "" : "a", cell);
    }
  };
  add(4, 20, 100);
  add(12, 20, 200);
  add(13, 20, 100);
  add(20, 3, 900);
  const auto report = std::get<v1::MeasureReport>(builder.Build());
  const v1::WorstWeek& worst = report.tables(0).rows(0).worst();
  EXPECT_EQ(worst.from_day(), "1970-01-12");
  EXPECT_EQ(worst.count(), 40);
  EXPECT_EQ(worst.sum(), 300);
}

TEST(MeasureReport, IsRefusedWhereTheShareIsMoreThanTheCount) {
  const v1::MeasureRule rule = Rule(v1::MEASURE_BASIS_EVENT);
  const Measure measure = MeasureOf(rule);
  MeasureReportBuilder builder(measure, Period(0, 10), {});
  MeasureEntry entry;
  entry.slot = MeasureSlot::kShare;
  Cell cell = CellOf(1);
  cell.AddKey(entry.Pack(), 2);
  builder.Add(builder.ranges()[0], builder.ranges()[0].from_period, "", cell);
  const auto result = builder.Build();
  EXPECT_EQ(std::get<ReportFailure>(result).text,
            "m: its total its share, 2, is more than its count, 1");
}

TEST(MeasureEntry, IsTheSameAfterPacking) {
  MeasureEntry entry;
  entry.slot = MeasureSlot::kBucket;
  entry.record_day = kDayLast;
  entry.event_day = 20000;
  entry.bucket = 7295;
  const MeasureEntry read = MeasureEntry::Unpack(entry.Pack());
  EXPECT_EQ(read.slot, entry.slot);
  EXPECT_EQ(read.record_day, entry.record_day);
  EXPECT_EQ(read.event_day, entry.event_day);
  EXPECT_EQ(read.bucket, entry.bucket);
  EXPECT_TRUE(MeasureEntry::IsKey(entry.Pack()));
  EXPECT_FALSE(MeasureEntry::IsKey(0));
  EXPECT_FALSE(MeasureEntry::IsKey(entry.Pack() + 1));
}

}  // namespace
}  // namespace redress::engine
