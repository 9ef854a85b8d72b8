// The measures of a playbook over a whole ledger: what is counted online, what is counted
// afterwards, and what an independent count of the same events says.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/ticket/apply.h"
#include "engine/time/instant.h"
#include "services/measure_driver.h"
#include "services/measure_keeper.h"
#include "services/measure_reader.h"
#include "services/report_reader.h"
#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

constexpr uint64_t kSeed = 11;
constexpr int kCommands = 900;

constexpr char kMeasures[] = R"(
dimensions:
  month: string(ticket.create_time).substring(0, 7)

measures:
  - id: tickets
    title: Tickets
    basis: STOCK
    by: [department, [channel, segment], month]
  - id: closed_of_created
    title: Closed of created
    basis: COHORT
    share: ticket.state == TicketState.CLOSED
    by: [department]
  - id: answers
    title: Answers to customers
    basis: EVENT
    on: [ticket_answered, ticket_resolved]
    share: has(event.ticket_resolved)
    by: [department]
  - id: time_to_close
    title: Time to the closing that stands
    basis: STOCK
    of: ticket.state == TicketState.CLOSED
    value: ticket.close_time - ticket.create_time
    by: [kind]
  - id: hand_overs
    title: Hand-overs of tickets
    basis: STOCK
    value: int(ticket.transfers)
)";

constexpr char kPromises[] = R"(
measures:
  - id: answered_in_time
    title: Answered in time
    basis: DUE
    of: clock.kind == ClockKind.FIRST && clock.state != PromiseState.CANCELLED
    share: clock.state == PromiseState.MET
    by: [department]
  - id: resolved_in_time
    title: Resolved in time
    basis: DUE
    of: clock.kind == ClockKind.RESOLVE && clock.state != PromiseState.CANCELLED
    share: clock.state == PromiseState.MET
    by: [department]
)";

std::string WithMeasures() { return absl::StrCat(ShopSource(), kMeasures); }

v1::GetMeasuresResponse Read(Office& office, v1::GetMeasuresRequest request = {}) {
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  EXPECT_TRUE(live.ok());
  if (request.by().empty()) request.add_by("*");
  auto result = services::ReadMeasureReports(view.reader(), Office::kTenant, live->playbook.get(),
                                             request, office.now());
  EXPECT_TRUE(result.ok()) << result.status();
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*result)) {
    ADD_FAILURE() << failure->text;
    return {};
  }
  return std::get<v1::GetMeasuresResponse>(*result);
}

const v1::MeasureReport& ReportOf(const v1::GetMeasuresResponse& response, absl::string_view id) {
  for (const v1::MeasureReport& report : response.measures())
    if (report.id() == id) return report;
  static const auto& none = *new v1::MeasureReport;
  ADD_FAILURE() << "no report of " << std::string(id);
  return none;
}

// The figures without the day, the position and the progress.
std::string Figures(v1::GetMeasuresResponse response) {
  std::string text;
  for (v1::MeasureReport& report : *response.mutable_measures()) {
    report.clear_filled_percent();
    absl::StrAppend(&text, report.ShortDebugString(), "\n");
  }
  return text;
}

// Fills up to `slices` parts of what is left.
void Fill(Office& office, int slices) {
  services::MeasureDriver driver(office.kv(), office.executor());
  for (int i = 0; i < slices; ++i) {
    ASSERT_TRUE(driver.Tick(office.now() + absl::Hours(i)).ok());
    office.RunAll();
  }
}

bool IsAllFilled(Office& office) {
  const services::LedgerView view(office.kv());
  const auto states = view.reader().ReadMeasures(Office::kTenant);
  return states.ok() && services::IsFilled(*states);
}

// What the tickets say, without cells: by department, in all and closed, and the sum of all times
// to close.
struct Counted {
  std::map<std::string, std::pair<int64_t, int64_t>> by_department;
  int64_t closed = 0;
  int64_t close_seconds = 0;
  int64_t transfers = 0;
  int64_t answers = 0;
  int64_t resolved = 0;
};

Counted CountTickets(Office& office) {
  Counted counted;
  const uint64_t last = office.ReadHead().last_ticket_id();
  for (uint64_t id = 1; id <= last; ++id) {
    const v1::Ticket ticket = office.ReadTicket(id);
    const bool is_closed = ticket.state() == v1::TICKET_STATE_CLOSED;
    auto& [all, closed] = counted.by_department[ticket.department()];
    ++all;
    closed += is_closed;
    counted.transfers += ticket.transfers();
    counted.closed += is_closed;
    if (is_closed)
      counted.close_seconds += engine::SecondsBetween(ticket.create_time(), ticket.close_time());
  }
  for (const v1::Event& event : office.ReadLedger()) {
    if (!event.has_ticket_answered() && !event.has_ticket_resolved()) continue;
    ++counted.answers;
    counted.resolved += event.has_ticket_resolved();
  }
  return counted;
}

void ExpectCounted(Office& office) {
  const Counted counted = CountTickets(office);
  const v1::GetMeasuresResponse response = Read(office);
  const auto& tickets = ReportOf(response, "tickets");
  ASSERT_EQ(tickets.tables(0).rows_size(), static_cast<int>(counted.by_department.size()));
  for (const v1::MeasureRow& row : tickets.tables(0).rows())
    EXPECT_EQ(row.count(), counted.by_department.at(row.values(0)).first) << row.values(0);
  for (const v1::MeasureRow& row : ReportOf(response, "closed_of_created").tables(0).rows()) {
    EXPECT_EQ(row.count(), counted.by_department.at(row.values(0)).first) << row.values(0);
    EXPECT_EQ(row.share(), counted.by_department.at(row.values(0)).second) << row.values(0);
  }
  const v1::MeasureRow& close = ReportOf(response, "time_to_close").total();
  EXPECT_EQ(close.count(), counted.closed);
  EXPECT_EQ(close.values_added().sum_seconds(), counted.close_seconds);
  EXPECT_EQ(ReportOf(response, "hand_overs").total().values_added().sum_seconds(),
            counted.transfers);
  EXPECT_EQ(ReportOf(response, "answers").total().count(), counted.answers);
  EXPECT_EQ(ReportOf(response, "answers").total().share(), counted.resolved);
  EXPECT_GT(counted.resolved, 0);
  EXPECT_GT(counted.closed, 0);
}

TEST(Measures, AreCountedOnlineFromTheirPublicationOn) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, kCommands);
  EXPECT_TRUE(IsAllFilled(office));
  ExpectCounted(office);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Measures, CountTheHistoryFromBeforeWhileWorkGoesOn) {
  Office office;
  RunMixed(office, kSeed, kCommands);
  office.Must(Publish(WithMeasures()));
  EXPECT_FALSE(IsAllFilled(office));
  EXPECT_LT(ReportOf(Read(office), "tickets").filled_percent(), 100);
  EXPECT_EQ(office.Verify(), "clean");
  while (!IsAllFilled(office)) {
    RunMixed(office, kSeed + 1, 40);
    Fill(office, 1);
    EXPECT_EQ(office.Verify(), "clean");
  }
  EXPECT_EQ(ReportOf(Read(office), "tickets").filled_percent(), 100);
  ExpectCounted(office);
}

TEST(Measures, AreLookedAtAgainSoonAfterTheClockWasSetBack) {
  Office office;
  RunMixed(office, kSeed, 40);
  services::MeasureDriver driver(office.kv(), office.executor());
  ASSERT_TRUE(driver.Tick(office.now() + absl::Hours(1)).ok());
  office.Must(Publish(WithMeasures()));
  ASSERT_TRUE(driver.Tick(office.now()).ok());
  EXPECT_FALSE(driver.is_busy());
  ASSERT_TRUE(driver.Tick(office.now() + services::kFillLookEvery).ok());
  EXPECT_TRUE(driver.is_busy());
  office.RunAll();
}

TEST(Measures, SayTheSameWheneverTheyWerePublished) {
  Office before;
  before.Must(Publish(WithMeasures()));
  RunMixed(before, kSeed, kCommands);
  Office after;
  RunMixed(after, kSeed, kCommands);
  after.Must(Publish(WithMeasures()));
  Fill(after, 100);
  EXPECT_EQ(Figures(Read(before)), Figures(Read(after)));
}

TEST(Measures, GoOnCountingAfterARestart) {
  storage::MemoryKv kv;
  {
    Office office(kv);
    RunMixed(office, kSeed, kCommands * 3);
    office.Must(Publish(WithMeasures()));
    Fill(office, 1);
    ASSERT_FALSE(IsAllFilled(office));
  }
  Office office(Office::Playbooks::kNone, &kv);
  office.At(absl::FromUnixSeconds(1'900'000'000));
  Fill(office, 100);
  EXPECT_TRUE(IsAllFilled(office));
  ExpectCounted(office);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Measures, CountNothingTwiceWhenCommitsFail) {
  Office office;
  RunMixed(office, kSeed, 300);
  office.Must(Publish(WithMeasures()));
  for (int i = 0; i < 20 || !IsAllFilled(office); ++i) {
    office.FailCommits({storage::CommitFault::kAborted, storage::CommitFault::kNone,
                        storage::CommitFault::kAborted, storage::CommitFault::kAborted});
    RunMixed(office, kSeed + static_cast<uint64_t>(i), 10);
    office.FailCommits({storage::CommitFault::kAborted});
    Fill(office, 1);
  }
  office.FailCommits({});
  ExpectCounted(office);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Measures, AreRemovedWithTheirCellsAndCountedAnew) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, 300);
  office.Must(Publish(ShopSource()));
  EXPECT_EQ(office.Verify(), "clean");
  Fill(office, 100);
  const services::LedgerView view(office.kv());
  EXPECT_TRUE(view.reader().ReadMeasures(Office::kTenant)->measures().empty());
  size_t cells = 0;
  const std::string prefix = storage::TableKey(Office::kTenant, storage::Table::kCell)
                                 .AppendUnsigned(services::kMeasureNumberFirst)
                                 .Take();
  ASSERT_TRUE(view.reader()
                  .ScanPrefix(prefix, [&](absl::string_view, absl::string_view) { return ++cells; })
                  .ok());
  EXPECT_EQ(cells, 0u);
  office.Must(Publish(WithMeasures()));
  Fill(office, 100);
  ExpectCounted(office);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Measures, KeepTheirCellsWhenOnlyOtherPartsOfThePlaybookChange) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, 300);
  const std::string before = Figures(Read(office));
  office.Must(Publish(absl::StrCat(WithMeasures(), R"(  - id: more
    title: More
    basis: STOCK
)")));
  EXPECT_EQ(ReportOf(Read(office), "tickets").filled_percent(), 100);
  EXPECT_LT(ReportOf(Read(office), "more").filled_percent(), 100);
  Fill(office, 100);
  v1::GetMeasuresRequest request;
  for (const auto* id : {"tickets", "closed_of_created", "answers", "time_to_close", "hand_overs"})
    request.add_measures(id);
  EXPECT_EQ(Figures(Read(office, request)), before);
}

TEST(Measures, SayTheSameAsOfADayHoweverMuchComesLater) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, kCommands);
  const int32_t today = engine::DayOf(engine::ToTimestamp(office.now()));
  office.At(absl::FromUnixSeconds((today + 1) * engine::kSecondsPerDay));
  std::map<int32_t, std::string> told;
  for (int32_t day = today - 12; day <= today; day += 3) {
    v1::GetMeasuresRequest request;
    request.set_from_day("2020-01-01");
    request.set_to_day(engine::FormatDay(today + 30));
    request.set_as_of_day(engine::FormatDay(day));
    told[day] = Figures(Read(office, request));
  }
  EXPECT_NE(told[today], told[today - 12]);
  RunMixed(office, kSeed + 5, kCommands);
  for (const auto& [day, figures] : told) {
    v1::GetMeasuresRequest request;
    request.set_from_day("2020-01-01");
    request.set_to_day(engine::FormatDay(today + 30));
    request.set_as_of_day(engine::FormatDay(day));
    EXPECT_EQ(Figures(Read(office, request)), figures) << engine::FormatDay(day);
  }
}

TEST(Measures, HaveMembersThatAddUp) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, 400);
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  ASSERT_TRUE(live.ok());
  const v1::GetMeasuresResponse response = Read(office);
  for (const v1::MeasureReport& report : response.measures()) {
    for (const v1::MeasureTable& table : report.tables()) {
      for (const v1::MeasureRow& row : table.rows()) {
        v1::ListMembersRequest request;
        request.set_measure(report.id());
        request.set_by(table.by());
        *request.mutable_values() = row.values();
        request.set_part(report.is_share() ? v1::MEASURE_PART_SHARE : v1::MEASURE_PART_COUNT);
        auto page =
            services::ReadMeasureMembers(view.reader(), Office::kTenant, live->playbook.get(),
                                         request, 1, 100'000, office.now());
        ASSERT_TRUE(page.ok()) << page.status();
        int64_t sum = 0;
        for (const v1::Member& member : std::get<services::MemberPage>(*page).members)
          sum += member.amount();
        EXPECT_EQ(sum, report.is_share() ? row.share() : row.count()) << row.ShortDebugString();
      }
    }
  }
}

// By the route's own budgets, since the shop has no rows of clocks.
TEST(Measures, JudgePromisesAsTheClosureReportDoes) {
  Office office;
  office.Must(Publish(absl::StrCat(ShopSource(), kPromises)));
  RunMixed(office, kSeed, kCommands);
  v1::GetMeasuresRequest request;
  request.set_from_day("2026-01-01");
  request.set_to_day("2027-12-31");
  const v1::GetMeasuresResponse response = Read(office, request);
  const services::LedgerView view(office.kv());
  v1::GetReportRequest whole;
  whole.set_from_day("2026-01-01");
  whole.set_to_day("2027-12-31");
  auto result = services::ReadReport(view.reader(), Office::kTenant, whole, office.now());
  ASSERT_TRUE(result.ok());
  const v1::ReportRow& total = std::get<v1::Report>(*result).total();
  for (const auto& [id, ratio] : {std::pair("answered_in_time", total.first_answer_on_time()),
                                  std::pair("resolved_in_time", total.resolution_on_time())}) {
    const v1::MeasureRow& row = ReportOf(response, id).total();
    EXPECT_EQ(row.share(), ratio.numerator()) << id;
    EXPECT_EQ(row.count(), ratio.denominator()) << id;
    EXPECT_LT(row.share(), row.count()) << id;
  }
  EXPECT_GT(ReportOf(response, "resolved_in_time").total().share(), 0);
}

TEST(Measures, PartsOfAPeriodAddUp) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, kCommands);
  for (const v1::MeasureSeries series :
       {v1::MEASURE_SERIES_DAY, v1::MEASURE_SERIES_WEEK, v1::MEASURE_SERIES_MONTH}) {
    v1::GetMeasuresRequest request;
    request.set_series(series);
    const v1::GetMeasuresResponse response = Read(office, request);
    const auto& answers = ReportOf(response, "answers");
    int64_t sum = 0;
    for (const v1::MeasureRow& row : answers.series()) sum += row.count();
    EXPECT_EQ(sum, answers.total().count());
    const auto& tickets = ReportOf(response, "tickets");
    ASSERT_FALSE(tickets.series().empty());
    EXPECT_EQ(tickets.series().rbegin()->count(), tickets.total().count());
    EXPECT_EQ(!answers.total().worst_week().empty(), series == v1::MEASURE_SERIES_WEEK);
  }
}

TEST(Measures, RefuseARequestThatSaysWhatIsWrong) {
  Office office;
  office.Must(Publish(WithMeasures()));
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  const auto refusal = [&](const v1::GetMeasuresRequest& request) {
    auto result = services::ReadMeasureReports(view.reader(), Office::kTenant, live->playbook.get(),
                                               request, office.now());
    const auto* failure = std::get_if<engine::ReportFailure>(&*result);
    return failure == nullptr ? "" : failure->text;
  };
  v1::GetMeasuresRequest request;
  request.add_measures("ticket");
  EXPECT_EQ(refusal(request), "measures: no measure is named \"ticket\"; did you mean 'tickets'?");
  request.set_measures(0, "tickets");
  request.add_by("departments");
  EXPECT_EQ(refusal(request),
            "by: none of these measures is split by \"departments\"; did you mean 'department'?");
  request.set_by(0, "department");
  request.set_from_day("2026-11-02");
  request.set_to_day("2026-11-01");
  EXPECT_EQ(
      refusal(request),
      "from_day: 2026-11-02 is not before to_day 2026-11-01, which is the day after the last");
  request.set_from_day("1980-01-01");
  EXPECT_EQ(refusal(request),
            "to_day: the period has 17106 days; 7320 are allowed; ask for a shorter one");
}

TEST(Measures, ListNoMembersOfASplitWithoutAValueForEachOfItsDimensions) {
  Office office;
  office.Must(Publish(WithMeasures()));
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  v1::ListMembersRequest request;
  request.set_measure("tickets");
  request.set_by("channel,segment");
  request.add_values("app");
  const auto page =
      services::ReadMeasureMembers(view.reader(), Office::kTenant, live->playbook.get(), request, 1,
                                   100, office.now());
  ASSERT_TRUE(page.ok());
  const auto* failure = std::get_if<engine::ReportFailure>(&*page);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->text,
            "values: must be 2, one for each of channel,segment; there are 1");
}

TEST(Measures, AreRefusedWhenCellsContradictEachOther) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, 200);
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  // The first cell by department is lost.
  const std::string prefix = storage::TableKey(Office::kTenant, storage::Table::kCell)
                                 .AppendUnsigned(services::kMeasureNumberFirst)
                                 .AppendUnsigned(static_cast<uint32_t>(engine::Granularity::kDay))
                                 .AppendUnsigned(1)
                                 .Take();
  std::string first;
  ASSERT_TRUE(view.reader()
                  .ScanPrefix(prefix,
                              [&](absl::string_view key, absl::string_view) {
                                first = std::string(key);
                                return false;
                              })
                  .ok());
  auto transaction = office.kv().Begin();
  transaction->Delete(first);
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_NE(office.Verify(), "clean");
  v1::GetMeasuresRequest request;
  request.add_measures("tickets");
  request.add_by("department");
  const services::LedgerView damaged(office.kv());
  auto result = services::ReadMeasureReports(damaged.reader(), Office::kTenant,
                                             live->playbook.get(), request, office.now());
  ASSERT_TRUE(result.ok());
  const auto* failure = std::get_if<engine::ReportFailure>(&*result);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->kind, engine::ReportFailure::Kind::kCheckFailed);
  EXPECT_TRUE(absl::StartsWith(failure->text, "tickets: its values by department count "))
      << failure->text;
}

}  // namespace
}  // namespace redress::test
