// deadline_driver.cc: deadlines fire in due order, at their instants, once.
#include "services/deadline_driver.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/tables.h"
#include "tests/support/engine/print.h"
#include "tests/support/forwarding_kv.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

// What the timer did, as "T2 13:00", in the order of the ledger.
std::vector<std::string> TimerEvents(Office& office) {
  std::vector<std::string> fired;
  for (const v1::Event& event : office.ReadLedger())
    if (event.actor() == "timer")
      fired.push_back(absl::StrCat("T", event.ticket_id(), " ", Print(event.time())));
  return fired;
}

TEST(DeadlineDriver, FiresInTheOrderOfDueInstants) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("09:20").Must(Submit(Burned()));
  office.At("09:30").Must(Submit(Complaint()));
  office.At("13:30:01").Tick();
  EXPECT_EQ(TimerEvents(office), (std::vector<std::string>{"T2 10:20", "T1 13:00", "T3 13:30"}));
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(DeadlineDriver, FiresEachOnce) {
  Office office;
  office.Must(Submit(Complaint()));
  EXPECT_EQ(office.At("13:00:01").Tick(), 1u);
  EXPECT_EQ(office.Tick(), 0u);
  EXPECT_EQ(TimerEvents(office).size(), 1u);
  EXPECT_EQ(office.driver().stale(), 0u);
}

TEST(DeadlineDriver, FiresNothingAtTheDueInstantItself) {
  Office office;
  office.Must(Submit(Complaint()));
  EXPECT_EQ(office.At("13:00").Tick(), 0u);
  EXPECT_EQ(office.At("13:00:00.000001").Tick(), 1u);
}

TEST(DeadlineDriver, FiresTwiceForATicketThatReachesTwoDuesInADay) {
  Office office;
  office.Must(Submit(Burned()));
  office.At("10:00:01").Tick();
  office.At("Nov 03 09:00:01").Tick();
  EXPECT_EQ(TimerEvents(office), (std::vector<std::string>{"T1 10:00", "T1 Nov 03 09:00"}));
}

TEST(DeadlineDriver, KeepsTrueInstantsAfterAWeekOfStandstill) {
  Office office;
  office.Must(Submit(Complaint())).Must(Pull("desk")).Must(Resolve(1));
  office.Must(Submit(Complaint()));
  office.At("Nov 16 09:00").Tick();
  EXPECT_EQ(TimerEvents(office),
            (std::vector<std::string>{"T2 13:00", "T2 Nov 04 09:00", "T2 Nov 05 09:00",
                                      "T2 Nov 07 09:00", "T2 Nov 11 09:00", "T1 Nov 07 09:00"}))
      << "each ticket catches up with all that it missed when its first deadline fires";
  EXPECT_EQ(Print(office.ReadTicket(1)), "CLOSED RELAY desk as SILENCE");
}

TEST(DeadlineDriver, FindsWhatAClockThatWasSetBackSetsWhereItLookedBefore) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("12:50").Tick();
  office.At("12:30").Must(Pull("desk"));
  EXPECT_EQ(office.At("12:45:01").Tick(), 1u);
  EXPECT_EQ(TimerEvents(office), std::vector<std::string>{"T1 12:45"});
}

TEST(DeadlineDriver, SendsNoMoreWhileTheLastOnesAreUnderWay) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("13:00:01");
  EXPECT_EQ(*office.driver().Tick(office.now()), 1u);
  EXPECT_TRUE(office.driver().is_busy());
  EXPECT_EQ(*office.driver().Tick(office.now()), 0u);
  office.RunAll();
  EXPECT_FALSE(office.driver().is_busy());
}

TEST(DeadlineDriver, CountsWhatWasMovedMeanwhileAsStale) {
  Office office;
  office.Must(Submit(Complaint())).Must(Pull("desk"));
  office.At("09:15:01");
  office.Send(Note());
  EXPECT_EQ(*office.driver().Tick(office.now()), 1u);
  office.RunAll();
  EXPECT_EQ(office.driver().stale(), 1u);
  EXPECT_EQ(TimerEvents(office).size(), 1u) << "the note let time catch up";
}

TEST(DeadlineDriver, SpreadsABacklogOverSeveralTicks) {
  Office office;
  for (int i = 0; i < 300; ++i) office.Send(Submit(Complaint()));
  office.RunAll();
  office.At("13:00:01");
  size_t fired = 0;
  while (fired < 300) {
    const size_t sent = *office.driver().Tick(office.now());
    ASSERT_GT(sent, 0u);
    ASSERT_LE(sent, services::kFiresInFlightMax);
    fired += sent;
    office.RunAll();
  }
  EXPECT_EQ(fired, 300u);
  EXPECT_EQ(TimerEvents(office).size(), 300u);
  EXPECT_EQ(office.driver().stale(), 0u);
}

TEST(DeadlineDriver, KeepsDueOrderAlsoInABacklogOfManyInstants) {
  Office office;
  for (int i = 0; i < 1000; ++i)
    office.At(At("09:00") + absl::Seconds(i)).Must(Submit(Complaint()));
  office.At("23:00").Tick();
  const std::vector<v1::Event> ledger = office.ReadLedger();
  std::vector<int64_t> dues;
  for (const v1::Event& event : ledger)
    if (event.actor() == "timer") dues.push_back(event.time().seconds());
  EXPECT_EQ(dues.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(dues.begin(), dues.end()));
}

TEST(DeadlineDriver, TriesAgainWhatAFailedCommitLost) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("13:00:01");
  office.FailCommits({storage::CommitFault::kUnknownLost});
  EXPECT_EQ(office.Tick(), 2u);
  EXPECT_EQ(TimerEvents(office).size(), 1u);
}

TEST(DeadlineDriver, FiresOnceWhatAnUnknownCommitKept) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("13:00:01");
  office.FailCommits({storage::CommitFault::kUnknownKept});
  EXPECT_EQ(office.Tick(), 1u);
  EXPECT_EQ(TimerEvents(office).size(), 1u);
}

// A store that counts how often it is looked into.
class WatchedKv final : public storage::ForwardingKv {
 public:
  using ForwardingKv::ForwardingKv;
  std::unique_ptr<storage::Snapshot> TakeSnapshot() const override {
    ++looks;
    return ForwardingKv::TakeSnapshot();
  }
  mutable int looks = 0;
};

TEST(DeadlineDriver, ReadsNothingWhereNothingIsDue) {
  Office office;
  office.Must(Submit(Complaint()));
  WatchedKv kv(office.kv());
  services::DeadlineDriver driver(kv, office.executor());
  ASSERT_EQ(*driver.Tick(office.now()), 0u);
  const int looks = kv.looks;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(*driver.Tick(office.now()), 0u);
  EXPECT_EQ(kv.looks, looks);
}

TEST(DeadlineDriver, HearsOfADeadlineThatComesBeforeThoseThatItWaitsFor) {
  Office office;
  office.Must(Submit(Complaint()));
  office.At("09:01").Tick();
  office.Must(Submit(Burned()));
  EXPECT_EQ(office.At("10:01:01").Tick(), 1u);
  EXPECT_EQ(TimerEvents(office), std::vector<std::string>{"T2 10:01"});
}

TEST(DeadlineDriver, HearsOfADeadlineWhoseCommitIsOfUnknownOutcome) {
  Office office;
  office.Tick();
  office.FailCommits({storage::CommitFault::kUnknownKept});
  office.Do(Submit(Complaint()));
  EXPECT_EQ(office.At("13:00:01").Tick(), 1u);
}

TEST(DeadlineDriver, FindsAfterARestartWhatWasSetBefore) {
  Office office;
  office.Must(Submit(Complaint()));
  Office after(office.kv());
  EXPECT_EQ(after.At("13:00:01").Tick(), 1u);
}

TEST(DeadlineDriver, FindsInTimeWhatItWasNotToldOf) {
  Office office;
  office.Tick();
  Office other(office.kv());
  other.Must(Submit(Complaint()));
  office.At("13:00:01");
  size_t fired = 0;
  for (int i = 0; i < storage::kShards; ++i) {
    office.At(office.now() + services::kFullLookEvery / storage::kShards);
    fired += office.Tick();
  }
  EXPECT_EQ(fired, 1u);
}

TEST(DeadlineDriver, PutsNothingOffWhenTheClockIsSetBack) {
  Office office;
  office.At("23:00").Tick();
  Office other(office.kv());
  other.Must(Submit(Complaint()));
  office.At("13:00:01");
  size_t fired = 0;
  for (int i = 0; i <= storage::kShards; ++i) {
    fired += office.Tick();
    office.At(office.now() + services::kFullLookEvery / storage::kShards);
  }
  EXPECT_EQ(fired, 1u);
}

TEST(DeadlineDriver, ServesAllTenants) {
  Office office;
  office.Must(Submit(Complaint())).Must(Agent("anna"), Submit(Complaint()), Office::kOtherTenant);
  EXPECT_EQ(office.At("13:00:01").Tick(), 2u);
  EXPECT_EQ(office.ReadTicket(1, Office::kOtherTenant).version(), 2u);
}

}  // namespace
}  // namespace redress::test
