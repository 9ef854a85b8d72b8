#include "engine/measure/before_copy.h"

#include <google/protobuf/arena.h>
#include <gtest/gtest.h>

#include "engine/measure/cell.h"
#include "tests/unit/measure/random_ledger.h"
#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {
namespace {

v1::Ticket RoutedTicket() {
  v1::Ticket ticket;
  ticket.set_department("desk");
  ticket.mutable_decision()->set_route_rule("rest");
  ticket.mutable_chain()->set_rule("up");
  ticket.add_clocks()->set_kind(v1::CLOCK_KIND_FIRST);
  ticket.add_deadlines()->set_kind(v1::DEADLINE_KIND_CLOCK);
  ticket.add_issues()->set_number(1);
  return ticket;
}

TEST(BeforeCopy, LeavesOutWhatNobodyReadsAndTheTicketAsItIs) {
  v1::Ticket ticket = RoutedTicket();
  v1::Ticket copy;
  BeforeCopy(TicketFields()).Copy(ticket, copy);
  EXPECT_EQ(ticket.DebugString(), RoutedTicket().DebugString());
  v1::Ticket lean;
  lean.set_department("desk");
  EXPECT_EQ(copy.DebugString(), lean.DebugString());
  v1::Ticket copy_of_lean;
  BeforeCopy(TicketFields()).Copy(lean, copy_of_lean);
  EXPECT_FALSE(lean.has_decision());
  EXPECT_FALSE(lean.has_chain());
}

TEST(BeforeCopy, LeavesATicketInAnArenaAsItIs) {
  google::protobuf::Arena arena;
  v1::Ticket& ticket = *google::protobuf::Arena::CreateMessage<v1::Ticket>(&arena);
  ticket = RoutedTicket();
  v1::Ticket& copy = *google::protobuf::Arena::CreateMessage<v1::Ticket>(&arena);
  BeforeCopy(TicketFields()).Copy(ticket, copy);
  EXPECT_EQ(ticket.DebugString(), RoutedTicket().DebugString());
  EXPECT_EQ(copy.clocks_size() + copy.deadlines_size() + copy.issues_size(), 0);
}

TEST(BeforeCopy, KeepsWhatMeasuresMakeUseOf) {
  v1::Ticket ticket = RoutedTicket();
  TicketFields all;
  all.set();
  v1::Ticket copy;
  BeforeCopy(all).Copy(ticket, copy);
  EXPECT_EQ(copy.DebugString(), RoutedTicket().DebugString());
}

TEST(BeforeCopy, IsAllThatTheCountersAreMadeOf) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const TestLedger ledger = MakeRandomLedger(seed, kRandomLedgerTickets, kRandomLedgerMoves);
    CellDeltas whole, lean;
    const BeforeCopy before{TicketFields()};
    for (const Step& step : ledger.steps()) {
      whole.Add(step.Tallied());
      if (!step.before) {
        lean.Add(step.Tallied());
        continue;
      }
      v1::Ticket ticket = *step.before;
      v1::Ticket copy;
      before.Copy(ticket, copy);
      lean.Add(Tally(&copy, step.event, step.after));
    }
    const std::vector<CellDelta> expected = whole.Take();
    const std::vector<CellDelta> cells = lean.Take();
    ASSERT_EQ(cells.size(), expected.size()) << "seed " << seed;
    for (size_t i = 0; i < cells.size(); ++i)
      ASSERT_TRUE(cells[i].key == expected[i].key && cells[i].cell == expected[i].cell)
          << "seed " << seed << ", cell " << i;
  }
}

}  // namespace
}  // namespace redress::engine::test
