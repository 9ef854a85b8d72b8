#include "engine/measure/report.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

ReportRequest Period(absl::string_view from, absl::string_view to,
                     std::vector<v1::Dimension> by = {}) {
  return {std::string(from), std::string(to), std::move(by), 0, 0};
}

// Why there is no report; empty if there is one.
std::string FailureOf(const std::variant<v1::Report, ReportFailure>& result) {
  const auto* failure = std::get_if<ReportFailure>(&result);
  return failure == nullptr ? "" : failure->text;
}

std::string RefusalOf(const ReportRequest& request) {
  const auto plan = PlanReport(request);
  const auto* failure = std::get_if<ReportFailure>(&plan);
  if (failure == nullptr) return "";
  EXPECT_EQ(failure->kind, ReportFailure::Kind::kRefused);
  return failure->text;
}

std::string PrintRatio(absl::string_view name, const v1::Ratio& ratio) {
  return absl::StrCat(name, " ", ratio.numerator(), "/", ratio.denominator(), "\n");
}

std::string PrintDurations(absl::string_view name, const v1::Durations& durations) {
  return absl::StrCat(name, " ", durations.count(), " sum ", durations.sum_seconds(), " p50 ",
                      durations.p50_seconds(), " max ", durations.max_seconds(), "\n");
}

std::string PrintFlow(const v1::ReportRow& row) {
  const v1::Flow& flow = row.flow();
  return absl::StrCat(row.value(), ": ", flow.open_start(), " +", flow.created(), " +",
                      flow.reopened(), " +", flow.transferred_in(), " -", flow.closed(), " -",
                      flow.transferred_out(), " = ", flow.open_end(), " of ", flow.tickets(), "\n");
}

std::string PrintFlows(const v1::Report& report) {
  std::string text = PrintFlow(report.total());
  for (const v1::ReportTable& table : report.tables()) {
    for (const v1::ReportRow& row : table.rows()) text += PrintFlow(row);
  }
  return text;
}

std::string PrintRow(const v1::ReportRow& row) {
  std::string text = PrintFlow(row);
  text += absl::StrCat("resolved ", row.flow().resolved(), "\n");
  text += PrintRatio("closure_cohort", row.closure_cohort());
  text += PrintRatio("closure_flow", row.closure_flow());
  text += PrintRatio("first_answer_on_time", row.first_answer_on_time());
  text += PrintRatio("resolution_on_time", row.resolution_on_time());
  text += PrintRatio("reopen_rate", row.reopen_rate());
  text += PrintRatio("reopen_intensity", row.reopen_intensity());
  text += PrintRatio("transfers_per_ticket", row.transfers_per_ticket());
  text += PrintDurations("time_to_close", row.time_to_close());
  text += PrintDurations("time_to_resolve", row.time_to_resolve());
  for (const auto& bar : row.transfers()) {
    absl::StrAppend(&text, "transfers ", bar.count(), ": ", bar.tickets(), "\n");
  }
  for (const auto& bar : row.reopenings()) {
    absl::StrAppend(&text, "reopenings ", bar.count(), ": ", bar.tickets(), "\n");
  }
  return text;
}

// One ticket from October, still open; one of November that was closed, reopened by its customer
// and closed again; one that moved to legal and was resolved too late.
TestLedger Example() {
  TestLedger ledger;
  ledger.Open(At("2026-10-20"), Place());
  ledger.Open(At("2026-11-02"), Place(), At("2026-11-03"));
  ledger.Answer(1, At("2026-11-02", 1), true);
  ledger.Resolve(1, At("2026-11-02") + 100);
  ledger.Close(1, At("2026-11-02") + 200);
  ledger.Reopen(1, At("2026-11-10"), v1::REOPEN_CAUSE_NOT_FIXED);
  ledger.Miss(1, At("2026-11-10", 5), v1::DEADLINE_KIND_FIRST_ANSWER);
  ledger.Resolve(1, At("2026-11-12"));
  ledger.Close(1, At("2026-12-02"));
  ledger.Open(At("2026-11-05"), Place(), 0, At("2026-11-06"));
  ledger.Transfer(2, At("2026-11-05", 2), "legal");
  ledger.Miss(2, At("2026-11-06", 1), v1::DEADLINE_KIND_RESOLUTION);
  ledger.Resolve(2, At("2026-11-07"));
  ledger.Close(2, At("2026-11-08"));
  return ledger;
}

v1::Report ReportOf(const TestLedger& ledger, const ReportRequest& request) {
  const auto result = CellStore(ledger.steps(), 3).Report(request);
  EXPECT_EQ(FailureOf(result), "");
  return std::get<v1::Report>(result);
}

TEST(Report, HoldsEveryFigure) {
  const v1::Report report = ReportOf(Example(), Period("2026-11-01", "2026-12-01"));
  EXPECT_EQ(report.from_day(), "2026-11-01");
  EXPECT_EQ(report.to_day(), "2026-12-01");
  EXPECT_EQ(PrintRow(report.total()),
            ": 1 +2 +1 +0 -2 -0 = 2 of 3\n"
            "resolved 3\n"
            "closure_cohort 1/2\n"
            "closure_flow 2/4\n"
            "first_answer_on_time 1/2\n"
            "resolution_on_time 0/1\n"
            "reopen_rate 1/3\n"
            "reopen_intensity 1/3\n"
            "transfers_per_ticket 1/2\n"
            "time_to_close 1 sum 259200 p50 259584 max 259584\n"
            "time_to_resolve 2 sum 1036800 p50 172544 max 862208\n"
            "transfers 0: 2\n"
            "transfers 1: 1\n"
            "reopenings 0: 2\n"
            "reopenings 1: 1\n");
}

TEST(Report, SplitsByDimensionsInTheOrderAskedFor) {
  const v1::Report report =
      ReportOf(Example(),
               Period("2026-11-01", "2026-12-01", {v1::DIMENSION_LEVEL, v1::DIMENSION_DEPARTMENT}));
  EXPECT_EQ(PrintFlows(report),
            ": 1 +2 +1 +0 -2 -0 = 2 of 3\n"
            "RELAY: 1 +2 +1 +0 -2 -0 = 2 of 3\n"
            "billing: 1 +2 +1 +0 -1 -1 = 2 of 2\n"
            "legal: 0 +0 +0 +1 -1 -0 = 0 of 1\n");
}

TEST(Report, SplitsByDayWithOneRowForEachDay) {
  const v1::Report report =
      ReportOf(Example(), Period("2026-11-01", "2026-11-06", {v1::DIMENSION_DAY}));
  EXPECT_EQ(PrintFlows(report),
            ": 1 +2 +0 +0 -1 -0 = 2 of 3\n"
            "2026-11-01: 1 +0 +0 +0 -0 -0 = 1 of 1\n"
            "2026-11-02: 1 +1 +0 +0 -1 -0 = 1 of 2\n"
            "2026-11-03: 1 +0 +0 +0 -0 -0 = 1 of 2\n"
            "2026-11-04: 1 +0 +0 +0 -0 -0 = 1 of 2\n"
            "2026-11-05: 1 +1 +0 +0 -0 -0 = 2 of 3\n");
}

TEST(Report, OfNothingIsAllZero) {
  const v1::Report report =
      ReportOf(TestLedger(),
               Period("2026-11-01", "2026-11-02", {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_DAY}));
  EXPECT_EQ(PrintFlows(report),
            ": 0 +0 +0 +0 -0 -0 = 0 of 0\n"
            "2026-11-01: 0 +0 +0 +0 -0 -0 = 0 of 0\n");
}

TEST(Report, LeavesOutValuesWithoutAFigure) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  ledger.Transfer(0, At("2026-11-02"), "legal");
  const v1::Report report =
      ReportOf(ledger, Period("2026-11-03", "2026-11-04", {v1::DIMENSION_DEPARTMENT}));
  EXPECT_EQ(PrintFlows(report),
            ": 1 +0 +0 +0 -0 -0 = 1 of 1\n"
            "legal: 1 +0 +0 +0 -0 -0 = 1 of 1\n");
}

TEST(Report, MeansAllDaysWhenNoneIsNamed) {
  ReportRequest request;
  request.first_day = *ParseDay("2026-10-20");
  request.today = *ParseDay("2026-12-24");
  const v1::Report report = ReportOf(Example(), request);
  EXPECT_EQ(report.from_day(), "2026-10-20");
  EXPECT_EQ(report.to_day(), "2026-12-25");
  EXPECT_EQ(PrintFlows(report), ": 0 +3 +1 +0 -3 -0 = 1 of 3\n");
}

TEST(Report, IsNotServedWhenTheIdentityFails) {
  CellStore store(Example().steps(), 3);
  store.Damage({v1::DIMENSION_UNSPECIFIED, Granularity::kMonth, CounterGroup::kFlow,
                MonthOf(*ParseDay("2026-11-01")), ""},
               Counter::kClosed, 0, 1);
  const auto result = store.Report(Period("2026-11-01", "2026-12-01"));
  EXPECT_EQ(FailureOf(result),
            "total: open at the end is 2, which is not equal to open at the start and what came, "
            "less what went, 1");
  EXPECT_EQ(std::get<ReportFailure>(result).kind, ReportFailure::Kind::kCheckFailed);
}

TEST(Report, NamesTheScopeThatContradictsItself) {
  CellStore store(Example().steps(), 3);
  store.Damage({v1::DIMENSION_DEPARTMENT, Granularity::kMonth, CounterGroup::kCohort,
                MonthOf(*ParseDay("2026-11-01")), "legal"},
               Counter::kCohortClosed, *ParseDay("2026-11-09"), 1);
  EXPECT_EQ(FailureOf(store.Report(Period("2026-11-01", "2026-12-01", {v1::DIMENSION_DEPARTMENT}))),
            "department \"legal\": cohort_closed is 2, which is not at most cohort_created, 1");
}

TEST(Report, NamesTheDayThatDoesNotAddUp) {
  CellStore store(Example().steps(), 3);
  store.Damage({v1::DIMENSION_UNSPECIFIED, Granularity::kDay, CounterGroup::kFlow,
                *ParseDay("2026-11-05"), ""},
               Counter::kFirstAnswerMet, 0, 1);
  EXPECT_EQ(FailureOf(store.Report(Period("2026-11-01", "2026-12-01", {v1::DIMENSION_DAY}))),
            "day: the sum of first_answer_met over its rows is 2, which is not equal to "
            "first_answer_met of all tickets, 1");
}

// Whatever is added to or taken from any entry of the total's cells, the report notices.
TEST(Report, IsNotServedWhenAnyCounterOfTheTotalIsDamaged) {
  const CellStore intact(Example().steps(), 3);
  const ReportRequest request = Period("2026-10-01", "2026-12-31", {v1::DIMENSION_DEPARTMENT});
  const auto plan = std::get<ReportPlan>(PlanReport(request));
  int damaged = 0;
  for (const CellDelta& cell : intact.cells()) {
    if (cell.key.dimension != v1::DIMENSION_UNSPECIFIED) continue;
    const bool in_month = cell.key.granularity == Granularity::kMonth &&
                          cell.key.period != MonthOf(*ParseDay("2026-12-01"));
    const bool in_edge =
        cell.key.granularity == Granularity::kDay && cell.key.period >= *ParseDay("2026-12-01");
    if (!in_month && !in_edge) continue;
    for (const Cell::Entry& entry : cell.cell.entries()) {
      for (const int64_t amount : {-1, 1}) {
        CellStore store = intact;
        store.Damage(cell.key, entry.counter(), entry.sub(), amount);
        EXPECT_NE(FailureOf(store.Report(request)), "")
            << EntryOf(entry.counter()).name << " " << entry.sub() << " " << amount;
        ++damaged;
      }
    }
  }
  EXPECT_GT(damaged, 60);
}

TEST(Report, RefusesMoreRowsThanATableShows) {
  const auto plan =
      std::get<ReportPlan>(PlanReport(Period("2026-11-01", "2026-11-02", {v1::DIMENSION_SEGMENT})));
  ReportBuilder builder(plan);
  Cell cell;
  cell.Add(Counter::kResolved, 0, 1);
  const CellRange& range = plan.ranges.back();
  for (int i = 0; i <= kReportRowsMax; ++i) {
    builder.Add(range, range.from_period, absl::StrCat("segment ", i), cell);
  }
  const auto result = builder.Build();
  EXPECT_EQ(FailureOf(result), "by: there are 5001 values of segment; a table shows at most 5000");
  EXPECT_EQ(std::get<ReportFailure>(result).kind, ReportFailure::Kind::kTooLarge);
}

// The ranges, and the most cells that they hold for each value of their dimensions.
std::string PrintPlan(const ReportPlan& plan) {
  std::string text;
  int64_t cells = 0;
  for (const CellRange& range : plan.ranges) {
    static constexpr const char* kParts[] = {"history", "period", "days"};
    const bool by_day = range.granularity == Granularity::kDay;
    const auto name = [&](int32_t period) {
      return by_day ? FormatDay(period) : FormatDay(FirstDayOf(period)).substr(0, 7);
    };
    absl::StrAppend(&text, kParts[static_cast<int>(range.part)], " ",
                    static_cast<int>(range.dimension), " group ", static_cast<int>(range.group),
                    " ", name(range.from_period), " to ", name(range.to_period), "\n");
    cells += range.to_period - range.from_period;
  }
  return absl::StrCat(text, cells, " cells\n");
}

std::string PlanOf(const ReportRequest& request) {
  EXPECT_EQ(RefusalOf(request), "");
  return PrintPlan(std::get<ReportPlan>(PlanReport(request)));
}

TEST(ReportPlan, TakesWholeMonthsAsMonths) {
  EXPECT_EQ(PlanOf(Period("2026-11-01", "2027-01-01")),
            "history 0 group 1 1970-01 to 2026-11\n"
            "period 0 group 1 2026-11 to 2027-01\n"
            "period 0 group 2 2026-11 to 2027-01\n"
            "period 0 group 3 2026-11 to 2027-01\n"
            "688 cells\n");
}

TEST(ReportPlan, TakesTheEdgesAsDays) {
  EXPECT_EQ(PlanOf(Period("2026-09-30", "2026-12-03")),
            "history 0 group 1 1970-01 to 2026-09\n"
            "history 0 group 1 2026-09-01 to 2026-09-30\n"
            "period 0 group 1 2026-09-30 to 2026-10-01\n"
            "period 0 group 1 2026-10 to 2026-12\n"
            "period 0 group 1 2026-12-01 to 2026-12-03\n"
            "period 0 group 2 2026-09-30 to 2026-10-01\n"
            "period 0 group 2 2026-10 to 2026-12\n"
            "period 0 group 2 2026-12-01 to 2026-12-03\n"
            "period 0 group 3 2026-09-30 to 2026-10-01\n"
            "period 0 group 3 2026-10 to 2026-12\n"
            "period 0 group 3 2026-12-01 to 2026-12-03\n"
            "724 cells\n");
}

TEST(ReportPlan, TakesAPartOfAMonthAsDays) {
  EXPECT_EQ(PlanOf(Period("2026-11-02", "2026-11-30", {v1::DIMENSION_DAY})),
            "history 0 group 1 1970-01 to 2026-11\n"
            "history 0 group 1 2026-11-01 to 2026-11-02\n"
            "period 0 group 1 2026-11-02 to 2026-11-30\n"
            "period 0 group 2 2026-11-02 to 2026-11-30\n"
            "period 0 group 3 2026-11-02 to 2026-11-30\n"
            "days 0 group 1 2026-11-02 to 2026-11-30\n"
            "days 0 group 2 2026-11-02 to 2026-11-30\n"
            "days 0 group 3 2026-11-02 to 2026-11-30\n"
            "851 cells\n");
}

TEST(ReportPlan, HasNoHistoryBeforeTheFirstDay) {
  EXPECT_EQ(PlanOf(Period("1970-01-01", "1970-01-02")),
            "period 0 group 1 1970-01-01 to 1970-01-02\n"
            "period 0 group 2 1970-01-01 to 1970-01-02\n"
            "period 0 group 3 1970-01-01 to 1970-01-02\n"
            "3 cells\n");
}

TEST(ReportPlan, RefusesWhatIsNoDay) {
  EXPECT_EQ(RefusalOf(Period("2026-11-31", "2026-12-01")),
            "from_day: must be a day such as 2026-11-01");
  EXPECT_EQ(RefusalOf(Period("2026-11-30", "tomorrow")),
            "to_day: must be a day such as 2026-11-01");
}

TEST(ReportPlan, RefusesAPeriodWithoutDays) {
  const std::string text =
      "from_day: 2026-11-02 is not before to_day 2026-11-02, which is the day after the last";
  EXPECT_EQ(RefusalOf(Period("2026-11-02", "2026-11-02")), text);
}

TEST(ReportPlan, RefusesAPeriodThatIsTooWide) {
  EXPECT_EQ(RefusalOf(Period("2000-01-01", "2020-01-01")), "");
  EXPECT_EQ(RefusalOf(Period("2000-01-01", "2020-01-17")),
            "to_day: 2020-01-17 is 7321 days after from_day 2000-01-01; a report covers at most "
            "7320");
  EXPECT_EQ(RefusalOf(Period("2000-01-01", "2020-01-01", {v1::DIMENSION_DAY})),
            "to_day: 2020-01-01 is 7305 days after from_day 2000-01-01; a report by day covers at "
            "most 1098");
}

TEST(ReportPlan, RefusesDimensionsThatMakeNoTable) {
  EXPECT_EQ(RefusalOf(Period("2026-11-01", "2026-11-02", {v1::DIMENSION_UNSPECIFIED})),
            "by: 0 is not a dimension");
  EXPECT_EQ(RefusalOf(Period("2026-11-01", "2026-11-02", {static_cast<v1::Dimension>(99)})),
            "by: 99 is not a dimension");
  EXPECT_EQ(RefusalOf(Period("2026-11-01", "2026-11-02", {v1::DIMENSION_DAY, v1::DIMENSION_DAY})),
            "by: DIMENSION_DAY is named twice");
}

}  // namespace
}  // namespace redress::engine::test
