// measure_cells.cc: which cells deltas go into.
#include "engine/measure/measure_cells.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/measure/day.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

std::unique_ptr<const MeasureSet> Compile(const v1::Playbook& playbook) {
  return MeasureSet::Compile(
             playbook, [](absl::string_view, absl::Time, absl::Time) { return std::nullopt; },
             [](absl::string_view) { return ""; })
      .set;
}

// What is open, by a split of each of these lists of dimensions.
v1::Playbook OpenBy(std::initializer_list<std::initializer_list<const char*>> splits) {
  v1::Playbook playbook;
  v1::MeasureRule& rule = *playbook.add_measures();
  rule.set_id("m");
  rule.set_basis(v1::MEASURE_BASIS_STOCK);
  for (const auto& dimensions : splits) {
    auto& split = *rule.add_by();
    for (const char* dimension : dimensions) split.add_dimensions(dimension);
  }
  return playbook;
}

v1::Ticket TicketOf(absl::string_view department, absl::string_view channel,
                    absl::string_view segment) {
  v1::Ticket ticket;
  ticket.set_department(std::string(department));
  ticket.set_channel(std::string(channel));
  ticket.set_segment(std::string(segment));
  return ticket;
}

v1::Event EventOn(absl::string_view day) {
  v1::Event event;
  event.mutable_ticket_opened();
  event.mutable_time()->set_seconds(ParseDay(day).value() * kSecondsPerDay);
  return event;
}

// The counts of the cells of days, as "split values count".
std::string PrintDays(const std::vector<std::pair<MeasureCells::Place, Cell>>& cells) {
  std::string text;
  for (const auto& [place, cell] : cells) {
    if (place.granularity != Granularity::kDay) continue;
    for (const Cell::Entry& entry : cell.entries())
      absl::StrAppend(&text, place.split, " ", absl::StrJoin(SplitValues(place.value), "|"), " ",
                      entry.value, "\n");
  }
  return text;
}

class MeasureCellsTest : public testing::Test {
 protected:
  void Open(const v1::Ticket& ticket, absl::string_view day = "2026-11-01") {
    cells_.Add(evaluation_.Evaluate(nullptr, EventOn(day), ticket, ParseDay(day).value(), 1));
  }
  void Change(const v1::Ticket& before, const v1::Ticket& after) {
    cells_.Add(evaluation_.Evaluate(&before, EventOn("2026-11-01"), after,
                                    ParseDay("2026-11-01").value(), 1));
  }

  const v1::Playbook playbook_ =
      OpenBy({{"department"}, {"department", "channel"}, {"department", "channel", "segment"}});
  const std::unique_ptr<const MeasureSet> set_ = Compile(playbook_);
  MeasureEvaluation evaluation_{*set_};
  MeasureCells cells_;
};

TEST_F(MeasureCellsTest, HaveOneForEachValueOfASplit) {
  Open(TicketOf("desk", "app", "vip"));
  Open(TicketOf("desk", "web", "vip"));
  Open(TicketOf("desk", "app", "vip"));
  EXPECT_EQ(PrintDays(cells_.Take()),
            "0  3\n"
            "1 desk 3\n"
            "2 desk|app 2\n2 desk|web 1\n"
            "3 desk|app|vip 2\n3 desk|web|vip 1\n");
  EXPECT_TRUE(cells_.Take().empty());
}

// However the numbers of texts fall out, no two values share a cell.
TEST_F(MeasureCellsTest, TellApartValuesThatAreMadeOfTheSameTexts) {
  Open(TicketOf("a", "b", "c"));
  Open(TicketOf("c", "b", "a"));
  Open(TicketOf("", "a", ""));
  Open(TicketOf("a", "", ""));
  EXPECT_EQ(PrintDays(cells_.Take()),
            "0  4\n"
            "1  1\n1 a 2\n1 c 1\n"
            "2 |a 1\n2 a| 1\n2 a|b 1\n2 c|b 1\n"
            "3 |a| 1\n3 a|| 1\n3 a|b|c 1\n3 c|b|a 1\n");
}

TEST_F(MeasureCellsTest, TakeASeparatorInsideAValueForABlank) {
  Open(TicketOf("the\x1f" "desk", "", ""));
  Open(TicketOf("the desk", "", ""));
  EXPECT_EQ(PrintDays(cells_.Take()), "0  2\n1 the desk 2\n2 the desk| 2\n3 the desk|| 2\n");
}

TEST_F(MeasureCellsTest, AreLeftAloneWhereNothingMoves) {
  const v1::Ticket before = TicketOf("desk", "app", "vip");
  v1::Ticket after = before;
  after.set_segment("new");
  Change(before, after);
  EXPECT_EQ(PrintDays(cells_.Take()), "3 desk|app|new 1\n3 desk|app|vip -1\n");
}

TEST_F(MeasureCellsTest, AddUpToMonths) {
  Open(TicketOf("desk", "app", "vip"), "2026-11-01");
  Open(TicketOf("desk", "app", "vip"), "2026-11-02");
  Open(TicketOf("desk", "app", "vip"), "2026-12-01");
  std::string text;
  for (const auto& [place, cell] : cells_.Take())
    if (place.split == 0 && place.granularity == Granularity::kMonth)
      absl::StrAppend(&text, FormatDay(FirstDayOf(place.period)), " ", cell.entries()[0].value,
                      "\n");
  EXPECT_EQ(text, "2026-11-01 2\n2026-12-01 1\n");
}

}  // namespace
}  // namespace redress::engine::test
