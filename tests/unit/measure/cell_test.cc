#include "engine/measure/cell.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/measure/sketch.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

TEST(Cell, AddsUpAndDropsWhatIsZero) {
  Cell cell;
  cell.Add(Counter::kClosed, 0, 2);
  cell.Add(Counter::kCreated, 0, 3);
  cell.Add(Counter::kClosed, 0, -2);
  cell.Add(Counter::kResolved, 0, 0);
  EXPECT_EQ(cell.Value(Counter::kCreated), 3);
  EXPECT_EQ(cell.Value(Counter::kClosed), 0);
  EXPECT_EQ(cell.entries().size(), 1);
  cell.Add(Counter::kCreated, 0, -3);
  EXPECT_TRUE(cell.empty());
}

TEST(Cell, MergesAsIfAllHadBeenAddedToOne) {
  Cell left;
  left.Add(Counter::kCreated, 0, 1);
  left.Add(Counter::kCohortClosed, 7, 1);
  left.Add(Counter::kCohortClosed, 9, 4);
  Cell right;
  right.Add(Counter::kClosed, 0, 5);
  right.Add(Counter::kCohortClosed, 7, -1);
  right.Add(Counter::kCohortClosed, 9, 1);
  right.Add(Counter::kResolveBucket, 300, 1);
  left.Merge(right);
  Cell all;
  all.Add(Counter::kCreated, 0, 1);
  all.Add(Counter::kClosed, 0, 5);
  all.Add(Counter::kCohortClosed, 9, 5);
  all.Add(Counter::kResolveBucket, 300, 1);
  EXPECT_EQ(left, all);
  left.Merge(Cell());
  EXPECT_EQ(left, all);
}

TEST(Cell, MergesFewIntoManyAndManyIntoFew) {
  Cell many;
  for (uint32_t day = 0; day < 1000; day += 10) many.Add(Counter::kCohortClosed, day, 2);
  Cell few;
  few.Add(Counter::kCreated, 0, 1);
  few.Add(Counter::kCohortClosed, 500, -2);
  few.Add(Counter::kCohortClosed, 505, 7);
  few.Add(Counter::kResolveCount, 0, 1);
  Cell one = many;
  one.Merge(few);
  Cell other = few;
  other.Merge(many);
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.entries().size(), 102);
  EXPECT_EQ(one.Value(Counter::kCohortClosed, 500), 0);
  EXPECT_EQ(one.Value(Counter::kCohortClosed, 505), 7);
  EXPECT_EQ(one.Value(Counter::kCohortClosed, 510), 2);
}

TEST(Cell, ComesBackFromStorageAsItWas) {
  Cell cell;
  cell.Add(Counter::kCreated, 0, 1);
  cell.Add(Counter::kOpenDelta, 0, -2);
  cell.Add(Counter::kTicketsByReopens, kTimesMax, 1);
  cell.Add(Counter::kCloseBucket, kBucketEnd - 1, 7);
  EXPECT_EQ(Cell::FromStored(cell.ToStored()), cell);
  EXPECT_EQ(Cell::FromStored(v1::StoredCell()), Cell());
}

v1::StoredCell Stored(std::vector<uint64_t> keys, std::vector<int64_t> values) {
  v1::StoredCell stored;
  for (const uint64_t key : keys) stored.add_keys(key);
  for (const int64_t value : values) stored.add_values(value);
  return stored;
}

TEST(Cell, IsNotReadFromWhatItNeverWrites) {
  const uint64_t created = uint64_t{1} << 32;
  const uint64_t closed = uint64_t{2} << 32;
  EXPECT_TRUE(Cell::FromStored(Stored({created, closed}, {1, 1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({created}, {})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({created}, {1, 1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({closed, created}, {1, 1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({created, created}, {1, 1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({created}, {0})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({created + 1}, {1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({uint64_t{kCounterEnd} << 32}, {1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({0}, {1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({(uint64_t{16} << 32) + kTimesMax + 1}, {1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({(uint64_t{22} << 32) + kBucketEnd}, {1})).has_value());
  EXPECT_FALSE(Cell::FromStored(Stored({(uint64_t{18} << 32) + kDayLast + 1}, {1})).has_value());
}

std::string Print(const std::vector<CellDelta>& deltas, v1::Dimension dimension) {
  std::string text;
  for (const CellDelta& delta : deltas) {
    if (delta.key.dimension != dimension) continue;
    absl::StrAppend(&text, delta.key.granularity == Granularity::kDay ? "day " : "month ",
                    delta.key.period, " group ", static_cast<int>(delta.key.group), " ",
                    delta.key.value, ":");
    for (const Cell::Entry& entry : delta.cell.entries()) {
      absl::StrAppend(&text, " ", EntryOf(entry.counter()).name, "[", entry.sub(),
                      "]=", entry.value);
    }
    text += "\n";
  }
  return text;
}

TEST(CellDeltas, CollectsACommitByDayAndMonth) {
  TestLedger ledger;
  ledger.Open(At("2026-10-31"), Place());
  ledger.Open(At("2026-11-01"), Place());
  ledger.Transfer(1, At("2026-11-01"), "legal");
  CellDeltas deltas;
  for (const Step& step : ledger.steps()) deltas.Add(step.Tallied());
  const std::vector<CellDelta> taken = deltas.Take();
  EXPECT_EQ(Print(taken, v1::DIMENSION_DEPARTMENT),
            "day 20757 group 1 billing: created[0]=1 open[0]=1 tickets[0]=1 "
            "tickets_by_transfers[0]=1 tickets_by_reopens[0]=1\n"
            "day 20758 group 1 billing: created[0]=1 transferred_out[0]=1 transfer_events[0]=1\n"
            "day 20758 group 1 legal: open[0]=1 transferred_in[0]=1 tickets[0]=1 "
            "tickets_by_transfers[1]=1 tickets_by_reopens[0]=1\n"
            "day 20757 group 2 billing: cohort_created[20757]=1\n"
            "day 20758 group 2 legal: cohort_created[20758]=1\n"
            "month 24321 group 1 billing: created[0]=1 open[0]=1 tickets[0]=1 "
            "tickets_by_transfers[0]=1 tickets_by_reopens[0]=1\n"
            "month 24322 group 1 billing: created[0]=1 transferred_out[0]=1 transfer_events[0]=1\n"
            "month 24322 group 1 legal: open[0]=1 transferred_in[0]=1 tickets[0]=1 "
            "tickets_by_transfers[1]=1 tickets_by_reopens[0]=1\n"
            "month 24321 group 2 billing: cohort_created[20757]=1\n"
            "month 24322 group 2 legal: cohort_created[20758]=1\n");
  EXPECT_TRUE(deltas.Take().empty());
}

TEST(CellDeltas, GivesRisingKeys) {
  TestLedger ledger;
  for (int i = 0; i < 50; ++i) {
    ledger.Open(At("2026-10-31", i * 7), {"department_" + std::to_string(i * 31 % 50)});
  }
  CellDeltas deltas;
  for (const Step& step : ledger.steps()) deltas.Add(step.Tallied());
  const std::vector<CellDelta> taken = deltas.Take();
  for (size_t i = 1; i < taken.size(); ++i) EXPECT_LT(taken[i - 1].key, taken[i].key);
}

TEST(CellDeltas, LeavesOutWhatCancels) {
  TestLedger ledger;
  ledger.Open(At("2026-11-01"), Place());
  CellDeltas deltas;
  deltas.Add(ledger.Transfer(0, At("2026-11-02"), "legal").Tallied());
  deltas.Add(ledger.Transfer(0, At("2026-11-02"), "billing").Tallied());
  for (const CellDelta& delta : deltas.Take()) {
    EXPECT_FALSE(delta.cell.empty());
    EXPECT_EQ(delta.cell.Value(Counter::kOpenDelta), 0);
  }
}

}  // namespace
}  // namespace redress::engine::test
