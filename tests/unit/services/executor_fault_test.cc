// executor.cc where storage fails: what is retried, what is told, and that nothing is done twice or
// half.
#include <gtest/gtest.h>

#include "storage/tables.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using storage::CommitFault;

constexpr char kUnknown[] =
    "STORAGE_UNAVAILABLE: The outcome is unknown. Send the same request again with the same "
    "request id; it will not be done twice.";

TEST(ExecutorFaults, RunsAnAbortedCommitAgain) {
  Office office;
  office.FailCommits({CommitFault::kAborted, CommitFault::kAborted});
  const uint64_t before = office.commits();
  EXPECT_EQ(office.Say(Submit(Complaint())), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.commits() - before, 3u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(ExecutorFaults, GivesUpAfterEightTries) {
  Office office;
  office.FailCommits(std::vector<CommitFault>(8, CommitFault::kAborted));
  const uint64_t before = office.commits();
  EXPECT_EQ(office.Say(Submit(Complaint())), kUnknown);
  EXPECT_EQ(office.commits() - before, 8u);
  EXPECT_EQ(office.ReadHead().last_ticket_id(), 0u);
  EXPECT_EQ(office.Say(Submit(Complaint())), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(ExecutorFaults, FindsOutByTheSameIdThatAnUnknownCommitWasKept) {
  Office office;
  const v1::Command submit = With(Submit(Complaint()), "request_id", "a");
  office.FailCommits({CommitFault::kUnknownKept});
  EXPECT_EQ(office.Say(submit), kUnknown);
  const services::Outcome again = office.Do(submit);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(Print(again), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.ReadHead().last_ticket_id(), 1u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(ExecutorFaults, FindsOutByTheSameIdThatAnUnknownCommitWasLost) {
  Office office;
  const v1::Command submit = With(Submit(Complaint()), "request_id", "a");
  office.FailCommits({CommitFault::kUnknownLost});
  EXPECT_EQ(office.Say(submit), kUnknown);
  const services::Outcome again = office.Do(submit);
  EXPECT_FALSE(again.repeated);
  EXPECT_EQ(Print(again), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.ReadHead().last_ticket_id(), 1u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(ExecutorFaults, CountsRightAfterCommitsOfEveryFate) {
  Office office;
  for (const CommitFault fault : {CommitFault::kAborted, CommitFault::kUnknownKept,
                                  CommitFault::kUnknownLost, CommitFault::kDiskFull}) {
    office.Must(Submit(Complaint()));
    office.FailCommits({fault});
    office.Do(Submit(Complaint()));
  }
  office.Must(Submit(Complaint()));
  EXPECT_EQ(office.Verify(), "clean");
  EXPECT_EQ(office.Report().total().flow().created(), 7);
}

TEST(ExecutorFaults, TellsEveryCommandOfABatchTheSame) {
  Office office;
  office.FailCommits({CommitFault::kUnknownLost});
  for (int i = 0; i < 3; ++i) office.Send(Submit(Complaint()));
  office.RunBatch();
  for (const services::Outcome& outcome : office.answers()) EXPECT_EQ(Print(outcome), kUnknown);
}

TEST(ExecutorFaults, WaitsForRoomOnAFullDisk) {
  Office office;
  office.FailCommits({CommitFault::kDiskFull});
  const services::Outcome outcome = office.Do(Submit(Complaint()));
  EXPECT_EQ(Print(outcome),
            "DISK_FULL: The server's disk is full. Nothing was written; try again later.");
  EXPECT_TRUE(outcome.failure->retry_delay.has_value());
  EXPECT_TRUE(office.stops().empty());
  office.Must(Submit(Complaint()));
}

TEST(ExecutorFaults, StopsWritingForGoodWhenTheBackendIsBroken) {
  Office office;
  office.FailCommits({CommitFault::kBrokenKept});
  EXPECT_EQ(office.Say(Submit(Complaint())), kUnknown);
  ASSERT_EQ(office.stops().size(), 1u);
  EXPECT_EQ(office.stops()[0], "INTERNAL: injected: writing failed");
  office.Send(Submit(Complaint()));
  EXPECT_EQ(Print(office.answers()[0]),
            "STORAGE_UNAVAILABLE: Nothing was done: after a storage error the server writes no "
            "more until it is started again. Its log says what failed.");
  EXPECT_FALSE(office.answers()[0].failure->retry_delay.has_value());
}

TEST(ExecutorFaults, GivesNoPlaybookOutBeforeItIsDurable) {
  Office office(Office::Playbooks::kNone);
  office.FailCommits({CommitFault::kUnknownLost});
  EXPECT_EQ(office.Say(Owner("olga"), Publish(ShopSource())), kUnknown);
  EXPECT_EQ(office.Say(Submit(Complaint())),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
  office.Must(Owner("olga"), Publish(ShopSource())).Must(Submit(Complaint()));
}

TEST(ExecutorFaults, FindsAPlaybookWhoseCommitWasKeptUnknown) {
  Office office(Office::Playbooks::kNone);
  office.FailCommits({CommitFault::kUnknownKept});
  const v1::Command publish = With(Publish(ShopSource()), "request_id", "p");
  EXPECT_EQ(office.Say(Owner("olga"), publish), kUnknown);
  const services::Outcome again = office.Do(Owner("olga"), publish);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.playbook_version, 1u);
  EXPECT_EQ(office.Say(Submit(Complaint())), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.Do(Owner("olga"), Publish(ShopSource())).playbook_version, 2u);
}

TEST(ExecutorFaults, ServesTheNewPlaybookAfterItsCommitWasKeptUnknown) {
  Office office;
  office.Must(Submit(Complaint()));
  office.FailCommits({CommitFault::kUnknownKept});
  EXPECT_EQ(office.Say(Owner("olga"), Publish(ShopSource())), kUnknown);
  EXPECT_EQ(office.Do(Owner("olga"), Publish(ShopSource())).playbook_version, 3u);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(ExecutorFaults, TellsOfADamagedRecord) {
  Office office;
  office.Must(Submit(Complaint()));
  auto transaction = office.kv().Begin();
  transaction->Put(storage::TicketKey(Office::kTenant, 1), "\xff\xff");
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  EXPECT_EQ(office.Say(Note()),
            "STORAGE_DAMAGED: A stored record is damaged. Tell the operator to run verify.");
}

}  // namespace
}  // namespace redress::test
