// Random ledgers: what cells and reports say against what the list of events says.
#include "tests/unit/measure/random_ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/measure/day.h"
#include "tests/unit/measure/naive_report.h"

namespace redress::engine::test {
namespace {

const std::vector<v1::Dimension> kDimensions = {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL,
                                                v1::DIMENSION_CATEGORY,   v1::DIMENSION_CHANNEL,
                                                v1::DIMENSION_SEGMENT,    v1::DIMENSION_DAY};

// A period within or around the ledger, often at the edges of months.
std::pair<int32_t, int32_t> SomePeriod(std::mt19937_64& random) {
  const int32_t start = ParseDay(kRandomLedgerStart).value() - 20;
  const auto some_day = [&] {
    const int32_t day = start + static_cast<int32_t>(random() % (kRandomLedgerDaysMax + 40));
    return random() % 2 == 0 ? day : FirstDayOf(MonthOf(day));
  };
  int32_t from = some_day();
  int32_t to = some_day();
  if (from > to) std::swap(from, to);
  return {from, from == to ? to + 1 : to};
}

v1::Report MakeReport(const CellStore& store, int32_t from, int32_t to) {
  const auto result = store.Report({FormatDay(from), FormatDay(to), kDimensions, 0, 0});
  const auto* failure = std::get_if<ReportFailure>(&result);
  EXPECT_EQ(failure, nullptr) << failure->text;
  return failure == nullptr ? std::get<v1::Report>(result) : v1::Report();
}

// Requires the seconds to be within a percent, then makes them equal.
void Align(int64_t exact, int64_t told, void (v1::Durations::*set)(int64_t),
           v1::Durations& durations) {
  EXPECT_LE(std::abs(told - exact), exact / 100);
  (durations.*set)(exact);
}

void AlignDurations(const v1::Durations& exact, v1::Durations& told) {
  using D = v1::Durations;
  Align(exact.p50_seconds(), told.p50_seconds(), &D::set_p50_seconds, told);
  Align(exact.p75_seconds(), told.p75_seconds(), &D::set_p75_seconds, told);
  Align(exact.p90_seconds(), told.p90_seconds(), &D::set_p90_seconds, told);
  Align(exact.p95_seconds(), told.p95_seconds(), &D::set_p95_seconds, told);
  Align(exact.p99_seconds(), told.p99_seconds(), &D::set_p99_seconds, told);
  Align(exact.max_seconds(), told.max_seconds(), &D::set_max_seconds, told);
}

void ExpectRow(v1::ReportRow told, const v1::ReportRow& exact) {
  AlignDurations(exact.time_to_close(), *told.mutable_time_to_close());
  AlignDurations(exact.time_to_resolve(), *told.mutable_time_to_resolve());
  told.clear_value();
  EXPECT_EQ(told.DebugString(), exact.DebugString());
}

// The rows of a table but for days, and that no value is left out which has figures.
void ExpectTable(const v1::ReportTable& table, const std::vector<Step>& steps, int32_t from,
                 int32_t to) {
  std::map<std::string, v1::ReportRow> rows;
  for (const Step& step : steps) rows[NaiveValue(step.after, table.dimension())];
  for (const v1::ReportRow& row : table.rows()) {
    EXPECT_TRUE(rows.count(row.value())) << row.value();
    rows[row.value()] = row;
  }
  for (const auto& [value, row] : rows) {
    SCOPED_TRACE(v1::Dimension_Name(table.dimension()) + " " + value);
    v1::ReportRow exact = NaiveRow(steps, table.dimension(), value, from, to, to);
    // A value without a row has no figures; the messages within are then absent.
    if (!row.has_flow()) {
      EXPECT_EQ(exact.flow().ByteSizeLong() + exact.closure_cohort().ByteSizeLong(), 0);
      continue;
    }
    ExpectRow(row, exact);
  }
}

TEST(RandomLedger, ReportsWhatTheEventsSay) {
  for (uint64_t seed = 1; seed <= RandomLedgers() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const TestLedger ledger = MakeRandomLedger(seed, kRandomLedgerTickets, kRandomLedgerMoves);
    const CellStore store(ledger.steps(), 1 + seed * 7 % 40);
    for (int i = 0; i < 6; ++i) {
      const auto [from, to] = SomePeriod(random);
      SCOPED_TRACE(FormatDay(from) + " to " + FormatDay(to));
      const v1::Report report = MakeReport(store, from, to);
      ExpectRow(report.total(),
                NaiveRow(ledger.steps(), v1::DIMENSION_UNSPECIFIED, "", from, to, to));
      ASSERT_EQ(report.tables_size(), kDimensions.size());
      for (int t = 0; t + 1 < report.tables_size(); ++t) {
        ExpectTable(report.tables(t), ledger.steps(), from, to);
      }
      const v1::ReportTable& days = report.tables(report.tables_size() - 1);
      ASSERT_EQ(days.rows_size(), to - from);
      const int32_t day = from + static_cast<int32_t>(random() % (to - from));
      ExpectRow(days.rows(day - from),
                NaiveRow(ledger.steps(), v1::DIMENSION_UNSPECIFIED, "", day, day + 1, to));
    }
  }
}

// Every delta of every event added by itself, to a day and to the month that the calendar says.
TEST(RandomLedger, FillsCellsAsIfEachDeltaWereAddedByItself) {
  for (uint64_t seed = 100; seed < 100 + RandomLedgers() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TestLedger ledger = MakeRandomLedger(seed, 60, 500);
    std::map<CellKey, std::map<std::pair<Counter, uint32_t>, int64_t>> naive;
    for (const Step& step : ledger.steps()) {
      ForEachScope(step.Tallied(), [&](v1::Dimension dimension, absl::string_view value,
                                       const TallyDelta& delta) {
        CellKey key = {dimension, Granularity::kDay, EntryOf(delta.counter).group, delta.day,
                       std::string(value)};
        naive[key][{delta.counter, delta.sub}] += delta.amount;
        const std::string day = FormatDay(delta.day);
        key.granularity = Granularity::kMonth;
        key.period = std::stoi(day.substr(0, 4)) * 12 + std::stoi(day.substr(5, 2)) - 1;
        naive[key][{delta.counter, delta.sub}] += delta.amount;
      });
    }
    std::vector<std::pair<CellKey, Cell>> expected;
    for (const auto& [key, sums] : naive) {
      Cell cell;
      for (const auto& [entry, amount] : sums) cell.Add(entry.first, entry.second, amount);
      if (!cell.empty()) expected.push_back({key, cell});
    }
    const CellStore store(ledger.steps(), 1 + seed % 17);
    ASSERT_EQ(store.cells().size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(store.cells()[i].key == expected[i].first);
      EXPECT_TRUE(store.cells()[i].cell == expected[i].second);
    }
  }
}

// What the members of a figure add is the figure.
TEST(RandomLedger, HasMembersThatAddUpToTheFigure) {
  for (uint64_t seed = 200; seed < 200 + RandomLedgers() && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const TestLedger ledger = MakeRandomLedger(seed, 60, 500);
    const CellStore store(ledger.steps(), 10);
    const auto [from, to] = SomePeriod(random);
    const v1::Report report = MakeReport(store, from, to);
    for (const v1::ReportRow& row : report.tables(0).rows()) {
      const auto members = [&, start = from, end = to](Counter counter) {
        int64_t sum = 0;
        for (const Step& step : ledger.steps()) {
          sum += MemberAmount(step.Tallied(), counter, v1::DIMENSION_DEPARTMENT, row.value(), start,
                              end);
        }
        return sum;
      };
      EXPECT_EQ(members(Counter::kCreated), row.flow().created());
      EXPECT_EQ(members(Counter::kClosed), row.flow().closed());
      EXPECT_EQ(members(Counter::kReopened), row.flow().reopened());
      EXPECT_EQ(members(Counter::kOpenDelta), row.flow().open_end());
      EXPECT_EQ(members(Counter::kTickets), row.flow().tickets());
      EXPECT_EQ(members(Counter::kTransferredIn), row.flow().transferred_in());
      EXPECT_EQ(members(Counter::kCohortCreated), row.closure_cohort().denominator());
      EXPECT_EQ(members(Counter::kCohortClosed), row.closure_cohort().numerator());
      EXPECT_EQ(members(Counter::kResolvedReopened), row.reopen_rate().numerator());
      EXPECT_EQ(members(Counter::kTransferEvents), row.transfers_per_ticket().numerator());
      EXPECT_EQ(members(Counter::kCloseSecondsSum), row.time_to_close().sum_seconds());
      EXPECT_EQ(members(Counter::kTicketsByReopens), row.flow().tickets());
    }
  }
}

// What stood in each scope when a period ended, by dimension and value.
std::map<std::string, int64_t> OpenAtEnd(const v1::Report& report) {
  std::map<std::string, int64_t> open;
  open["total"] = report.total().flow().open_end();
  for (const v1::ReportTable& table : report.tables())
    for (const v1::ReportRow& row : table.rows())
      if (row.flow().open_end() != 0)
        open[v1::Dimension_Name(table.dimension()) + row.value()] = row.flow().open_end();
  return open;
}

std::map<std::string, int64_t> OpenAtStart(const v1::Report& report) {
  std::map<std::string, int64_t> open;
  open["total"] = report.total().flow().open_start();
  for (const v1::ReportTable& table : report.tables())
    for (const v1::ReportRow& row : table.rows())
      if (row.flow().open_start() != 0)
        open[v1::Dimension_Name(table.dimension()) + row.value()] = row.flow().open_start();
  return open;
}

// A report is only built when what stood and what moved agree in each of its rows. So this says of
// each day and each scope that they do, and that a day begins with what stood when the one before
// ended: then they agree over every period, since flows add up.
TEST(RandomLedger, HoldsTheIdentityInEveryScopeAndPeriod) {
  const std::vector<v1::Dimension> scopes(kDimensions.begin(), kDimensions.end() - 1);
  const int32_t start = ParseDay(kRandomLedgerStart).value();
  size_t events = 0;
  for (uint64_t seed = 300; seed < 300 + RandomLedgers() && !HasFailure(); ++seed) {
    const TestLedger ledger = MakeRandomLedger(seed, kRandomLedgerTickets, kRandomLedgerMoves);
    const CellStore store(ledger.steps(), 1 + seed * 7 % 40);
    events += ledger.steps().size();
    std::map<std::string, int64_t> open = {{"total", 0}};
    for (int32_t day = start; day < start + kRandomLedgerDaysMax; ++day) {
      const auto result = store.Report({FormatDay(day), FormatDay(day + 1), scopes, 0, 0});
      const auto* failure = std::get_if<ReportFailure>(&result);
      ASSERT_EQ(failure, nullptr) << "seed " << seed << ", " << FormatDay(day) << ": "
                                  << failure->text;
      const auto& report = std::get<v1::Report>(result);
      ASSERT_EQ(OpenAtStart(report), open) << "seed " << seed << ", " << FormatDay(day);
      open = OpenAtEnd(report);
    }
  }
  std::printf("%zu events\n", events);
}

// The ledgers are no use unless they get to where figures can go wrong.
TEST(RandomLedger, ReachesEveryCounter) {
  const TestLedger ledger = MakeRandomLedger(1, kRandomLedgerTickets, kRandomLedgerMoves);
  std::map<Counter, int> hits;
  int moved_while_closed = 0;
  for (const Step& step : ledger.steps()) {
    const TicketTally tally = step.Tallied();
    for (const TallyDelta& delta : tally.deltas) ++hits[delta.counter];
    moved_while_closed += tally.moved.any() && step.before->state() == v1::TICKET_STATE_CLOSED;
  }
  for (const CounterEntry& entry : Counters()) EXPECT_GT(hits[entry.counter], 5) << entry.name;
  EXPECT_GT(moved_while_closed, 5);
}

}  // namespace
}  // namespace redress::engine::test
