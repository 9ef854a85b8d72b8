// Reports as of an earlier state of the ledger: the same whenever they are asked for; and reports
// that are compared with the ledger before they are served.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/measure/day.h"
#include "engine/time/instant.h"
#include "services/as_of.h"
#include "services/cell_cache.h"
#include "services/measure_keeper.h"
#include "services/measure_reader.h"
#include "services/members.h"
#include "services/report_reader.h"
#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

constexpr uint64_t kSeed = 23;
constexpr int kCommands = 500;

constexpr char kMeasures[] = R"(
measures:
  - id: backlog
    title: Open
    basis: STOCK
    of: ticket.state != TicketState.CLOSED
    by: [department]
  - id: closed
    title: Closed of created
    basis: COHORT
    share: ticket.state == TicketState.CLOSED
    by: [department]
  - {id: held, title: Time that passed, basis: SPAN, by: [holder, [department, holder]]}
  - {id: spent, title: The same without a split, basis: SPAN}
)";

std::string WithMeasures() { return absl::StrCat(ShopSource(), kMeasures); }

v1::GetReportRequest ByDepartment() {
  v1::GetReportRequest request;
  request.add_by(v1::DIMENSION_DEPARTMENT);
  request.add_by(v1::DIMENSION_LEVEL);
  return request;
}

// As text, without the time of asking; or the refusal.
std::string Report(Office& office, const v1::GetReportRequest& request) {
  const services::LedgerView view(office.kv());
  auto result = services::ReadReport(view.reader(), Office::kTenant, request, office.now());
  EXPECT_TRUE(result.ok()) << result.status();
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*result)) return failure->text;
  auto& report = std::get<v1::Report>(*result);
  report.clear_create_time();
  return report.ShortDebugString();
}

std::string Measures(Office& office, v1::GetMeasuresRequest request) {
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  EXPECT_TRUE(live.ok());
  request.add_by("*");
  auto result = services::ReadMeasureReports(view.reader(), Office::kTenant, live->playbook.get(),
                                             request, office.now());
  EXPECT_TRUE(result.ok()) << result.status();
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*result)) return failure->text;
  auto& response = std::get<v1::GetMeasuresResponse>(*result);
  response.clear_create_time();
  return response.ShortDebugString();
}

// What was the newest state once, asked for by its commit and by an instant of that time.
struct Earlier {
  uint64_t commit = 0;
  absl::Time time;
  std::string report;
  std::string measures;
};

Earlier Remember(Office& office) {
  Earlier earlier;
  earlier.commit = office.ReadHead().commit();
  earlier.time = office.now();
  v1::GetReportRequest report = ByDepartment();
  report.set_from_day("2026-01-01");
  report.set_to_day("2027-01-01");
  earlier.report = Report(office, report);
  v1::GetMeasuresRequest measures;
  measures.set_from_day("2026-01-01");
  measures.set_to_day("2027-01-01");
  earlier.measures = Measures(office, measures);
  return earlier;
}

TEST(AsOf, SaysWhatCellsSaidThenHoweverMuchCameLater) {
  Office office;
  office.Must(Publish(WithMeasures()));
  std::vector<Earlier> all;
  for (int part = 0; part < 4; ++part) {
    RunMixed(office, kSeed + static_cast<uint64_t>(part), kCommands / 4);
    all.push_back(Remember(office));
    office.At(office.now() + absl::Hours(1));
  }
  RunMixed(office, kSeed + 9, kCommands);
  for (const Earlier& earlier : all) {
    v1::GetReportRequest report = ByDepartment();
    report.set_from_day("2026-01-01");
    report.set_to_day("2027-01-01");
    v1::GetMeasuresRequest measures;
    measures.set_from_day("2026-01-01");
    measures.set_to_day("2027-01-01");
    report.set_as_of_commit(earlier.commit);
    measures.set_as_of_commit(earlier.commit);
    EXPECT_EQ(Report(office, report), earlier.report);
    EXPECT_EQ(Measures(office, measures), earlier.measures);
    report.clear_as_of_commit();
    measures.clear_as_of_commit();
    *report.mutable_as_of_time() = engine::ToTimestamp(earlier.time);
    *measures.mutable_as_of_time() = engine::ToTimestamp(earlier.time);
    EXPECT_EQ(Report(office, report), earlier.report);
    EXPECT_EQ(Measures(office, measures), earlier.measures);
  }
  EXPECT_NE(all[0].report, all[3].report);
}

TEST(AsOf, SaysTheSameOfADayFromTheLedgerAsMeasuresFromTheirCells) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, kCommands);
  const int32_t today = engine::DayOf(engine::ToTimestamp(office.now()));
  for (int32_t day = today - 10; day < today; day += 2) {
    v1::GetMeasuresRequest request;
    request.set_from_day("2026-01-01");
    request.set_to_day("2027-01-01");
    request.set_as_of_day(engine::FormatDay(day));
    request.set_check(true);
    EXPECT_TRUE(absl::StrContains(Measures(office, request), "is_checked: true"));
  }
}

TEST(AsOf, RefusesWhatIsNotOver) {
  Office office;
  RunMixed(office, kSeed, 50);
  v1::GetReportRequest request;
  *request.mutable_as_of_time() =
      engine::ToTimestamp(office.now() - services::kAsOfMargin + absl::Seconds(1));
  EXPECT_EQ(Report(office, request),
            "as_of_time: must be over, or more could still be recorded up to it");
  request.clear_as_of_time();
  request.set_as_of_day(engine::FormatDay(engine::DayOf(engine::ToTimestamp(office.now()))));
  EXPECT_EQ(Report(office, request),
            "as_of_day: must be over, or more could still be recorded up to it");
  request.set_as_of_commit(3);
  EXPECT_EQ(Report(office, request),
            "as_of_commit: only one of as_of_day, as_of_time and as_of_commit can be given");
  request.clear_as_of_day();
  request.set_as_of_commit(1'000'000);
  EXPECT_TRUE(absl::StartsWith(Report(office, request),
                               "as_of_commit: must not be behind the newest commit, which is "));
}

TEST(AsOf, HasMembersThatAddUp) {
  Office office;
  RunMixed(office, kSeed, kCommands);
  const uint64_t commit = office.ReadHead().commit() / 2;
  const services::LedgerView view(office.kv());
  v1::GetReportRequest request = ByDepartment();
  request.set_as_of_commit(commit);
  request.set_from_day("2026-01-01");
  request.set_to_day("2027-01-01");
  auto result = services::ReadReport(view.reader(), Office::kTenant, request, office.now());
  ASSERT_TRUE(result.ok());
  for (const v1::ReportRow& row : std::get<v1::Report>(*result).tables(0).rows()) {
    services::MemberQuery query{};
    query.counter = engine::Counter::kOpenDelta;
    query.dimension = v1::DIMENSION_DEPARTMENT;
    query.value = row.value();
    query.to_day = engine::ParseDay("2027-01-01").value();
    query.last_commit = commit;
    const auto page = services::ReadMembers(view.reader(), Office::kTenant, query, 1, 100'000);
    ASSERT_TRUE(page.ok());
    int64_t sum = 0;
    for (const v1::Member& member : page->members) sum += member.amount();
    EXPECT_EQ(sum, row.flow().open_end()) << row.value();
  }
}

// Every second of every ticket from its first event to its last, but for when it was closed.
TEST(HolderSplit, AddsUpToTheElapsedTime) {
  Office office;
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, kCommands);
  std::map<uint64_t, v1::Event> last;
  std::map<uint64_t, bool> is_closed;
  int64_t elapsed = 0;
  for (const v1::Event& event : office.ReadLedger()) {
    const uint64_t id = event.ticket_id();
    if (id == 0) continue;
    if (last.contains(id) && !is_closed[id])
      elapsed += event.time().seconds() - last[id].time().seconds();
    if (event.has_ticket_closed()) is_closed[id] = true;
    if (event.has_ticket_reopened()) is_closed[id] = false;
    last[id] = event;
  }
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  v1::GetMeasuresRequest request;
  request.add_measures("held");
  request.add_by("*");
  auto result = services::ReadMeasureReports(view.reader(), Office::kTenant, live->playbook.get(),
                                             request, office.now());
  const auto& held = std::get<v1::GetMeasuresResponse>(*result).measures(0);
  EXPECT_EQ(held.total().values_added().sum_seconds(), elapsed);
  EXPECT_GT(elapsed, 0);
  std::string holders;
  for (const v1::MeasureTable& table : held.tables()) {
    int64_t sum = 0;
    for (const v1::MeasureRow& row : table.rows()) sum += row.values_added().sum_seconds();
    EXPECT_EQ(sum, elapsed) << table.by();
  }
  for (const v1::MeasureRow& row : held.tables(0).rows()) holders += row.values(0) + " ";
  EXPECT_TRUE(absl::StrContains(holders, "HANDLER ")) << holders;
  EXPECT_TRUE(absl::StrContains(holders, "QUEUE ")) << holders;
  EXPECT_TRUE(absl::StrContains(holders, "CUSTOMER ")) << holders;
}

class CheckTest : public testing::Test {
 protected:
  CheckTest() {
    office_.Must(Publish(WithMeasures()));
    RunMixed(office_, kSeed, 300);
  }

  // Adds to a stored cell behind the ledger's back.
  void Damage(const storage::CellAddress& address, uint64_t key, int64_t amount) {
    auto transaction = office_.kv().Begin();
    const std::string place = storage::CellKeyOf(Office::kTenant, address);
    v1::StoredCell cell;
    const auto stored = transaction->Get(place);
    ASSERT_TRUE(stored.ok() && *stored && cell.ParseFromString(**stored));
    for (int i = 0; i < cell.keys_size(); ++i)
      if (cell.keys(i) == key) cell.set_values(i, cell.values(i) + amount);
    transaction->Put(place, cell.SerializeAsString());
    ASSERT_TRUE(transaction->Commit().ok());
  }

  int32_t month() const { return engine::MonthOf(engine::DayOf(engine::ToTimestamp(now_))); }

  Office office_;
  const absl::Time now_ = office_.now();
};

TEST_F(CheckTest, AgreesWithTheLedger) {
  v1::GetReportRequest request = ByDepartment();
  request.set_check(true);
  EXPECT_TRUE(absl::StrContains(Report(office_, request), "is_checked: true"));
  v1::GetMeasuresRequest measures;
  measures.set_check(true);
  EXPECT_TRUE(absl::StrContains(Measures(office_, measures), "is_checked: true"));
}

// A resolving too many in the total: no identity of the report has that figure.
TEST_F(CheckTest, RefusesAReportThatTheLedgerContradictsAndSaysWhere) {
  v1::GetReportRequest request;
  request.set_check(true);
  request.set_from_day("2026-11-01");
  request.set_to_day("2026-12-01");
  engine::CellKey key;
  key.granularity = engine::Granularity::kMonth;
  key.period = month();
  const uint64_t resolved = static_cast<uint64_t>(engine::Counter::kResolved) << 32;
  Damage(services::AddressOf(key), resolved, 1);
  const std::string said = Report(office_, request);
  EXPECT_TRUE(absl::StartsWith(said, "total: flow.resolved is ")) << said;
  EXPECT_TRUE(absl::EndsWith(said, " in the ledger")) << said;
  request.set_check(false);
  EXPECT_TRUE(absl::StartsWith(Report(office_, request), "from_day"));
}

TEST_F(CheckTest, RefusesMeasuresThatTheLedgerContradictsAndSaysWhere) {
  const services::LedgerView view(office_.kv());
  const auto states = view.reader().ReadMeasures(Office::kTenant);
  ASSERT_TRUE(states.ok());
  engine::MeasureCells::Place place;
  place.granularity = engine::Granularity::kMonth;
  place.period = month();
  engine::MeasureEntry entry;
  entry.slot = engine::MeasureSlot::kSum;
  Damage(services::AddressOf(states->measures(3).number(), place), entry.Pack(), 5);
  v1::GetMeasuresRequest request;
  request.add_measures("spent");
  request.set_from_day("2026-11-01");
  request.set_to_day("2026-12-01");
  request.set_check(true);
  const std::string said = Measures(office_, request);
  EXPECT_TRUE(absl::StartsWith(said, "spent: total: values_added.sum_seconds is ")) << said;
}

TEST_F(CheckTest, WaitsUntilTheHistoryIsCounted) {
  office_.Must(Publish(absl::StrCat(WithMeasures(),
                                    "  - {id: more, title: More, basis: STOCK}\n")));
  v1::GetMeasuresRequest request;
  request.add_measures("more");
  request.set_check(true);
  EXPECT_EQ(Measures(office_, request),
            "check: the history of more is still being counted, 0 percent are done");
}

}  // namespace
}  // namespace redress::test
