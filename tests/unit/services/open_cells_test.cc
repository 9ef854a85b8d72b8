// cell_cache.cc: counters that stay open while more waits are seen by every reader, and end in the
// same cells.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/cell_cache.h"
#include "services/measure_driver.h"
#include "services/measure_reader.h"
#include "services/rewind.h"
#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/mixed_run.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::CellCache;

constexpr uint64_t kSeed = 20261101;
constexpr char kMeasures[] = R"(
measures:
  - id: tickets
    title: Tickets
    basis: STOCK
    by: [department, [channel, segment]]
  - id: closed_of_created
    title: Closed of created
    basis: COHORT
    share: ticket.state == TicketState.CLOSED
    by: [department]
)";

std::string WithMeasures() { return absl::StrCat(ShopSource(), kMeasures); }

// Records of what is open.
uint32_t OpenOf(Office& office) {
  const services::LedgerView view(office.kv());
  const auto open = view.reader().ReadOpenCells(Office::kTenant);
  EXPECT_TRUE(open.ok()) << open.status();
  return open.ok() ? open->records : 0;
}

int64_t Created(Office& office) {
  return office.Report().total().closure_cohort().denominator();
}

std::string Figures(Office& office) {
  v1::Report report = office.Report({v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL});
  std::string text = report.ShortDebugString();
  const services::LedgerView view(office.kv());
  const auto live = office.playbooks().Live(view.reader(), Office::kTenant);
  v1::GetMeasuresRequest request;
  request.add_by("*");
  auto result = services::ReadMeasureReports(view.reader(), Office::kTenant, live->playbook.get(),
                                             request, office.now());
  EXPECT_TRUE(result.ok()) << result.status();
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*result)) return failure->text;
  for (const v1::MeasureReport& one : std::get<v1::GetMeasuresResponse>(*result).measures())
    absl::StrAppend(&text, "\n", one.ShortDebugString());
  return text;
}

std::map<std::string, std::string> Dump(Office& office) {
  std::map<std::string, std::string> entries;
  const services::LedgerView view(office.kv());
  EXPECT_TRUE(view.reader()
                  .ScanPrefix("",
                              [&](absl::string_view key, absl::string_view value) {
                                entries[absl::CHexEscape(key)] = absl::CHexEscape(value);
                                return true;
                              })
                  .ok());
  return entries;
}

// Counts old histories and deletes what was dropped, to the end.
void Fill(Office& office) {
  services::MeasureDriver driver(office.kv(), office.executor());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(driver.Tick(office.now() + absl::Hours(i)).ok());
    office.RunAll();
  }
}

std::string ReadOpen(Office& office) {
  const auto snapshot = office.kv().TakeSnapshot();
  const auto bytes = snapshot->Get(storage::OpenCellsKey(Office::kTenant, 0));
  EXPECT_TRUE(bytes.ok() && *bytes);
  return **bytes;
}

void PutOpen(Office& office, const std::string& bytes) {
  const auto transaction = office.kv().Begin();
  transaction->Put(storage::OpenCellsKey(Office::kTenant, 0), bytes);
  ASSERT_TRUE(transaction->Commit().ok());
}

TEST(OpenCells, AreLeftByACommitBehindWhichMoreWaits) {
  Office office;
  for (size_t i = 0; i < services::kBatchCommandsMax + 1; ++i) office.Send(Submit(Complaint()));
  office.RunBatch();
  EXPECT_GT(OpenOf(office), 0u);
  EXPECT_EQ(Created(office), int64_t{services::kBatchCommandsMax});
  EXPECT_EQ(office.Verify(), "clean");
  office.RunBatch();
  EXPECT_EQ(OpenOf(office), 0u);
  EXPECT_EQ(Created(office), int64_t{services::kBatchCommandsMax} + 1);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(OpenCells, AreClosedAfterSoManyCommits) {
  Office office;
  office.SetBehind(true);
  for (uint32_t i = 1; i < CellCache::kOpenCommitsMax; ++i) {
    office.Must(Submit(Complaint()));
    ASSERT_EQ(OpenOf(office), i);
  }
  office.Must(Submit(Complaint()));
  EXPECT_EQ(OpenOf(office), 0u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(OpenCells, ChangeNoFigureAndEndInTheSameStore) {
  Office prompt, behind;
  behind.SetBehind(true);
  for (Office* office : {&prompt, &behind}) {
    office->Must(Publish(WithMeasures()));
    RunMixed(*office, kSeed, 300);
  }
  ASSERT_GT(OpenOf(behind), 0u);
  EXPECT_EQ(Figures(behind), Figures(prompt));
  EXPECT_EQ(behind.Verify(), "clean");
  behind.SetBehind(false);
  for (Office* office : {&prompt, &behind}) office->Must(Submit(Complaint()));
  EXPECT_EQ(Dump(behind), Dump(prompt));
}

TEST(OpenCells, OutliveTheServer) {
  Office office;
  office.SetBehind(true);
  RunMixed(office, kSeed, 100);
  ASSERT_GT(OpenOf(office), 0u);
  Office next(office.kv());
  next.BeginRequestsAt(10'000);
  next.At(office.now()).SetBehind(true);
  next.Must(Submit(Complaint()));
  EXPECT_EQ(next.Verify(), "clean");
  next.SetBehind(false);
  next.Must(Submit(Complaint()));
  EXPECT_EQ(OpenOf(next), 0u);
  EXPECT_EQ(next.Verify(), "clean");
}

TEST(OpenCells, SurviveAnAbortedCommit) {
  Office office;
  office.SetBehind(true);
  office.Must(Submit(Complaint()));
  office.FailCommits({storage::CommitFault::kAborted, storage::CommitFault::kAborted});
  office.Must(Submit(Complaint()));
  EXPECT_EQ(Created(office), 2);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(OpenCells, DoNotComeBackToTheCellsOfADroppedMeasure) {
  Office office;
  office.SetBehind(true);
  office.Must(Publish(WithMeasures()));
  RunMixed(office, kSeed, 100);
  office.Must(Publish(ShopSource()));
  Fill(office);
  office.Must(Submit(Complaint()));
  office.SetBehind(false);
  office.Must(Submit(Complaint()));
  const services::LedgerView view(office.kv());
  EXPECT_TRUE(view.reader().ReadMeasures(Office::kTenant)->measures().empty());
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(OpenCells, GoWithARewind) {
  Office office;
  office.SetBehind(true);
  RunMixed(office, kSeed, 100);
  ASSERT_GT(OpenOf(office), 0u);
  const uint64_t newest = office.ReadHead().commit();
  ASSERT_EQ(services::Rewind(office.kv(), Office::kTenant, newest), absl::OkStatus());
  EXPECT_EQ(OpenOf(office), 0u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(OpenCells, AreCheckedByVerify) {
  Office office;
  office.SetBehind(true);
  office.Must(Submit(Complaint()));
  office.Must(Submit(Complaint()));
  const std::string bytes = ReadOpen(office);
  v1::OpenCells whole;
  ASSERT_TRUE(whole.ParseFromString(bytes));
  v1::OpenCells changed = whole;
  changed.set_values(0, whole.values(0) + 1);
  PutOpen(office, changed.SerializeAsString());
  // What is open does not make up what the events add up to, so the cell itself should.
  const std::string cell =
      storage::TableKey(Office::kTenant, storage::Table::kCell).Take() + whole.cells(0);
  EXPECT_EQ(office.Verify(),
            absl::StrCat("counter cell ", absl::BytesToHexString(cell), " is missing"));
  changed = whole;
  changed.mutable_cells()->SwapElements(0, 1);
  std::vector<std::string> damaged = {"\xff", changed.SerializeAsString()};
  changed = whole;
  changed.set_sizes(0, whole.sizes(0) + 1);
  damaged.push_back(changed.SerializeAsString());
  changed = whole;
  changed.add_values(1);
  damaged.push_back(changed.SerializeAsString());
  for (const std::string& record : damaged) {
    PutOpen(office, record);
    EXPECT_EQ(office.Verify(), "the stored open cells cannot be read");
  }
  PutOpen(office, bytes);
  EXPECT_EQ(office.Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
