// backtest.cc: stored tickets decided again by another playbook.
#include "services/backtest.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/measure/day.h"
#include "services/ordered_work.h"
#include "services/parted_work.h"
#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr services::BacktestDays kAllDays{engine::kDayFirst, engine::kDayLast};

v1::BacktestPlaybookResponse Backtest(Office& office, const engine::Playbook& candidate,
                                      services::BacktestDays days = kAllDays,
                                      services::WorkerPool* helpers = nullptr) {
  const services::LedgerView view(office.kv());
  auto response = services::BacktestLedger(
      view.reader(), Office::kTenant, candidate, days, helpers,
      [](const v1::BacktestPlaybookResponse&) { return true; });
  EXPECT_TRUE(response.ok()) << response.status();
  return *response;
}

std::shared_ptr<const engine::Playbook> ChangedShop(const std::string& from,
                                                    const std::string& to) {
  engine::PlaybookCompilation compilation =
      engine::CompilePlaybook(absl::StrReplaceAll(ShopSource(), {{from, to}}));
  for (const auto& finding : compilation.findings) ADD_FAILURE() << engine::Render(finding);
  return std::shared_ptr<const engine::Playbook>(std::move(compilation.playbook));
}

void Fill(Office& office) {
  for (const char* text : {"charged twice", "it burned me", "where is it", "charged twice again"}) {
    office.Must(Submit(Complaint(text)));
  }
}

std::string Moves(const v1::Backtest& backtest) {
  std::string text;
  for (const v1::BacktestMove& move : backtest.moves()) {
    absl::StrAppend(&text, move.from_department(), " -> ", move.to_department(), ": ",
                    move.count(), " of ", move.tickets_size(), "\n");
  }
  return text;
}

TEST(BacktestLedger, OfTheLivePlaybookGivesTheRecordedStream) {
  Office office;
  Fill(office);
  const v1::Backtest backtest = Backtest(office, *Shop()).backtest();
  EXPECT_EQ(backtest.decided(), 4u);
  EXPECT_EQ(backtest.moved(), 0u);
  EXPECT_EQ(backtest.recomputed(), 4u);
  EXPECT_EQ(backtest.recorded_hash().size(), 32u);
  EXPECT_EQ(backtest.recorded_hash(), backtest.recomputed_hash());
}

TEST(BacktestLedger, ShowsWhatWouldMoveAndWhichRowsDecide) {
  Office office;
  Fill(office);
  const auto candidate = ChangedShop("level: ANALYSIS, department: billing",
                                     "level: ANALYSIS, department: operations");
  const v1::Backtest backtest = Backtest(office, *candidate).backtest();
  EXPECT_EQ(backtest.moved(), 2u);
  EXPECT_EQ(Moves(backtest), "billing -> operations: 2 of 2\n");
  EXPECT_EQ(backtest.recomputed(), 0u);
  uint64_t hits = 0;
  for (const v1::BacktestHits& row : backtest.hits()) hits += row.candidate();
  EXPECT_EQ(hits, 4u);
}

TEST(BacktestLedger, CountsWhatOnlyTheLastRowWouldTake) {
  Office office;
  Fill(office);
  const auto candidate = ChangedShop("\"charged twice\"", "\"charged thrice\"");
  const v1::Backtest backtest = Backtest(office, *candidate).backtest();
  EXPECT_EQ(backtest.new_catch_all(), 2u);
  EXPECT_EQ(backtest.new_catch_all_tickets_size(), 2);
  EXPECT_EQ(Moves(backtest), "billing -> desk: 2 of 2\n");
}

TEST(BacktestLedger, AddsUpLoadsToTheTicketsDecided) {
  Office office;
  Fill(office);
  uint64_t recorded = 0;
  uint64_t candidate = 0;
  const v1::Backtest backtest = Backtest(office, *Shop()).backtest();
  for (const v1::BacktestLoad& load : backtest.loads()) {
    recorded += load.recorded();
    candidate += load.candidate();
  }
  EXPECT_EQ(recorded, 4u);
  EXPECT_EQ(candidate, 4u);
}

TEST(BacktestLedger, TakesOnlyTheAskedDays) {
  Office office;
  Fill(office);
  EXPECT_EQ(Backtest(office, *Shop(), {0, 1}).backtest().decided(), 0u);
}

TEST(BacktestLedger, StopsWhenNobodyListens) {
  Office office;
  Fill(office);
  const services::LedgerView view(office.kv());
  const auto response = services::BacktestLedger(
      view.reader(), Office::kTenant, *Shop(), kAllDays, nullptr,
      [](const v1::BacktestPlaybookResponse&) { return false; });
  ASSERT_TRUE(response.ok());
  EXPECT_FALSE(response->done());
}

constexpr char kWordless[] = R"(playbook: wordless
departments:
  desk: {title: Desk, head: a}
route:
  - {id: phone, when: issue.channel == "phone", to: {level: RELAY, department: desk}}
  - {id: rest, to: {level: RELAY, department: desk}}
)";

// Erased words keep a ticket from being decided again only by rows that look at words.
TEST(BacktestLedger, LeavesOutErasedTicketsWhereSomeRowLooksAtWords) {
  Office office;
  office.Must(Submit(ChargedTwice()));
  office.Must(Submit(Complaint("where is it")));
  const std::string hash = office.ReadLedger()[1].ticket_opened().personal_hash();
  auto transaction = office.kv().Begin();
  transaction->Delete(storage::PersonalKey(Office::kTenant, "c1", 1, hash));
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  const v1::Backtest by_words = Backtest(office, *Shop()).backtest();
  EXPECT_EQ(by_words.erased(), 1u);
  EXPECT_EQ(by_words.decided(), 1u);
  const auto wordless = engine::CompilePlaybook(kWordless).playbook;
  ASSERT_NE(wordless, nullptr);
  const v1::Backtest by_channel = Backtest(office, *wordless).backtest();
  EXPECT_EQ(by_channel.erased(), 0u);
  EXPECT_EQ(by_channel.decided(), 2u);
}

// Whatever the threads do, the finding is the same to the byte.
TEST(BacktestLedger, DoesNotDependOnHowManyThreadsHelp) {
  Office office;
  for (uint64_t i = 0; i < 4 * services::kBacktestPage; ++i)
    office.Must(Submit(Complaint(i % 3 == 0 ? "charged twice" : absl::StrCat("where is ", i))));
  const auto candidate = ChangedShop("\"charged twice\"", "\"charged thrice\"");
  const std::string alone = Backtest(office, *candidate).SerializeAsString();
  const std::string live = Backtest(office, *Shop()).SerializeAsString();
  services::WorkerPool pool;
  std::thread helper([&pool] { pool.Run(); });
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(Backtest(office, *candidate, kAllDays, &pool).SerializeAsString(), alone);
    EXPECT_EQ(Backtest(office, *Shop(), kAllDays, &pool).SerializeAsString(), live);
  }
  pool.Stop();
  helper.join();
}

TEST(OrderedWork, TakesResultsInOrderAndStopsWhenTold) {
  services::WorkerPool pool;
  std::thread helper([&pool] { pool.Run(); });
  std::vector<size_t> taken;
  services::OrderedWork<size_t>::Run(
      &pool, 1000, [](size_t piece) { return piece * piece; },
      [&](size_t result) {
        taken.push_back(result);
        return taken.size() < 500;
      });
  pool.Stop();
  helper.join();
  ASSERT_EQ(taken.size(), 500u);
  for (size_t i = 0; i < taken.size(); ++i) EXPECT_EQ(taken[i], i * i);
}

TEST(PartedWork, ShowsEachPartEveryPageInOrder) {
  struct Page {
    size_t number;
    size_t square = 0;
  };
  constexpr size_t kParts = 3;
  constexpr size_t kPages = 1000;
  services::WorkerPool pool;
  std::thread helper([&pool] { pool.Run(); });
  std::array<std::vector<size_t>, kParts> taken;
  size_t read = 0;
  services::PartedWork<Page>::Steps steps;
  steps.read = [&] { return read == kPages ? nullptr : std::make_unique<Page>(Page{read++}); };
  steps.prepare = [](Page& page) { page.square = page.number * page.number; };
  steps.take = [&](size_t part, const Page& page) { taken[part].push_back(page.square); };
  services::PartedWork<Page>::Run(&pool, kParts, steps, [] { return true; });
  for (const std::vector<size_t>& squares : taken) {
    ASSERT_EQ(squares.size(), kPages);
    for (size_t i = 0; i < kPages; ++i) EXPECT_EQ(squares[i], i * i);
  }
  read = 0;
  int asked = 0;
  services::PartedWork<Page>::Run(&pool, kParts, steps, [&asked] { return ++asked < 10; });
  EXPECT_LT(read, kPages);
  pool.Stop();
  helper.join();
}

}  // namespace
}  // namespace redress::test
