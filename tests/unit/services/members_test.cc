// members.cc and report_reader.cc over one ledger: the members of a figure add up to it, and the
// figures to each other.
#include "services/members.h"

#include <gtest/gtest.h>

#include <functional>

#include "engine/measure/day.h"
#include "engine/time/instant.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

using engine::Counter;

constexpr uint64_t kSeed = 7;
constexpr int kCommands = 1500;

// Where a report shows a counter.
int64_t FigureOf(Counter counter, const v1::ReportRow& row) {
  const auto bars = [](const auto& list) {
    int64_t sum = 0;
    for (const v1::HistogramBar& bar : list) sum += bar.tickets();
    return sum;
  };
  switch (counter) {
    case Counter::kCreated:
      return row.flow().created();
    case Counter::kClosed:
      return row.flow().closed();
    case Counter::kReopened:
      return row.flow().reopened();
    case Counter::kOpenDelta:
      return row.flow().open_end();
    case Counter::kTransferredIn:
      return row.flow().transferred_in();
    case Counter::kTransferredOut:
      return row.flow().transferred_out();
    case Counter::kTickets:
      return row.flow().tickets();
    case Counter::kResolved:
      return row.flow().resolved();
    case Counter::kResolvedReopened:
      return row.reopen_rate().numerator();
    case Counter::kReopenEvents:
      return row.reopen_intensity().numerator();
    case Counter::kTransferEvents:
      return row.transfers_per_ticket().numerator();
    case Counter::kFirstAnswerMet:
      return row.first_answer_on_time().numerator();
    case Counter::kFirstAnswerMissed:
      return row.first_answer_on_time().denominator() - row.first_answer_on_time().numerator();
    case Counter::kResolutionMet:
      return row.resolution_on_time().numerator();
    case Counter::kResolutionMissed:
      return row.resolution_on_time().denominator() - row.resolution_on_time().numerator();
    case Counter::kTicketsByTransfers:
      return bars(row.transfers());
    case Counter::kTicketsByReopens:
      return bars(row.reopenings());
    case Counter::kCohortCreated:
      return row.closure_cohort().denominator();
    case Counter::kCohortClosed:
      return row.closure_cohort().numerator();
    case Counter::kCloseCount:
    case Counter::kCloseBucket:
      return row.time_to_close().count();
    case Counter::kCloseSecondsSum:
      return row.time_to_close().sum_seconds();
    case Counter::kResolveCount:
    case Counter::kResolveBucket:
      return row.time_to_resolve().count();
    case Counter::kResolveSecondsSum:
      return row.time_to_resolve().sum_seconds();
  }
  return -1;
}

// One ledger for all tests of this file.
class Members : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    office_ = new Office();
    RunMixed(*office_, kSeed, kCommands);
    report_ = new v1::Report(
        office_->Report({v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL, v1::DIMENSION_CATEGORY,
                         v1::DIMENSION_CHANNEL, v1::DIMENSION_SEGMENT}));
  }
  static void TearDownTestSuite() {
    delete report_;
    delete office_;
  }

  // The sum over all pages.
  static int64_t SumOf(Counter counter, v1::Dimension dimension, const std::string& value) {
    const services::LedgerView view(office_->kv());
    services::MemberQuery query;
    query.counter = counter;
    query.dimension = dimension;
    query.value = value;
    query.from_day = engine::ParseDay(report_->from_day()).value();
    query.to_day = engine::ParseDay(report_->to_day()).value();
    int64_t sum = 0;
    uint64_t first = 1;
    while (first != 0) {
      const auto page = services::ReadMembers(view.reader(), Office::kTenant, query, first, 100);
      if (!page.ok()) {
        ADD_FAILURE() << page.status();
        return -1;
      }
      EXPECT_LE(page->members.size(), 100u);
      for (const v1::Member& member : page->members) sum += member.amount();
      first = page->next_ticket_id;
    }
    return sum;
  }

  static Office* office_;
  static v1::Report* report_;
};

Office* Members::office_ = nullptr;
v1::Report* Members::report_ = nullptr;

TEST_F(Members, OfEveryCounterAddUpToTheFigureOfTheReport) {
  SCOPED_TRACE(kSeed);
  for (const engine::CounterEntry& entry : engine::Counters()) {
    const int64_t figure = FigureOf(entry.counter, report_->total());
    EXPECT_EQ(SumOf(entry.counter, v1::DIMENSION_UNSPECIFIED, ""), figure) << entry.name;
    const bool is_scoped_only =
        entry.counter == Counter::kTransferredIn || entry.counter == Counter::kTransferredOut;
    if (!is_scoped_only) EXPECT_GT(figure, 0) << entry.name << " was never counted";
  }
}

TEST_F(Members, OfEveryRowOfEveryTableAddUpToo) {
  SCOPED_TRACE(kSeed);
  for (const v1::ReportTable& table : report_->tables())
    for (const v1::ReportRow& row : table.rows())
      for (const engine::CounterEntry& entry : engine::Counters())
        EXPECT_EQ(SumOf(entry.counter, table.dimension(), row.value()),
                  FigureOf(entry.counter, row))
            << v1::Dimension_Name(table.dimension()) << " " << row.value() << " " << entry.name;
}

TEST_F(Members, OfThePeriodBeforeHaveNothingOfIt) {
  const services::LedgerView view(office_->kv());
  services::MemberQuery query;
  query.counter = Counter::kCreated;
  query.from_day = 0;
  query.to_day = engine::ParseDay("2026-10-01").value();
  const auto page = services::ReadMembers(view.reader(), Office::kTenant, query, 1, 100);
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->members.empty());
}

TEST_F(Members, NamesTicketsInRisingOrder) {
  const services::LedgerView view(office_->kv());
  services::MemberQuery query;
  query.counter = Counter::kCreated;
  query.to_day = engine::ParseDay(report_->to_day()).value();
  const auto page = services::ReadMembers(view.reader(), Office::kTenant, query, 1, 3);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->members.size(), 3u);
  EXPECT_EQ(page->members[2].ticket_id(), 3u);
  EXPECT_EQ(page->members[2].reference(), office_->ReadTicket(3).reference());
  EXPECT_EQ(page->next_ticket_id, 4u);
}

TEST_F(Members, KeepsTheStockFlowIdentityInEveryRow) {
  for (const v1::ReportTable& table : report_->tables()) {
    int64_t open_end = 0;
    for (const v1::ReportRow& row : table.rows()) {
      const v1::Flow& flow = row.flow();
      EXPECT_EQ(flow.open_end(), flow.open_start() + flow.created() + flow.reopened() +
                                     flow.transferred_in() - flow.closed() -
                                     flow.transferred_out());
      open_end += flow.open_end();
    }
    EXPECT_EQ(open_end, report_->total().flow().open_end());
  }
}

TEST_F(Members, AgreesWithTheTicketsThemselves) {
  int64_t open = 0;
  const uint64_t last = office_->ReadHead().last_ticket_id();
  for (uint64_t id = 1; id <= last; ++id)
    open += office_->ReadTicket(id).state() != v1::TICKET_STATE_CLOSED;
  EXPECT_EQ(report_->total().flow().open_end(), open);
  EXPECT_EQ(report_->total().flow().tickets(), static_cast<int64_t>(last));
  EXPECT_EQ(report_->commit(), office_->ReadHead().commit());
  EXPECT_EQ(report_->commit_hash(), office_->ReadHead().hash());
}

}  // namespace
}  // namespace redress::test
