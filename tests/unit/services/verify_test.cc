// verify.cc: a sound ledger is clean, and any record that is damaged, removed or added is named.
#include "services/verify.h"

#include <gtest/gtest.h>

#include <thread>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/report_reader.h"
#include "storage/chain.h"
#include "storage/index.h"
#include "storage/tables.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

constexpr const char* kTenant = Office::kTenant;

void Put(Office& office, std::string key, std::string value) {
  auto transaction = office.kv().Begin();
  transaction->Put(std::move(key), std::move(value));
  ASSERT_TRUE(transaction->Commit().ok());
}

void Delete(Office& office, std::string key) {
  auto transaction = office.kv().Begin();
  transaction->Delete(std::move(key));
  ASSERT_TRUE(transaction->Commit().ok());
}

std::string Get(Office& office, const std::string& key) {
  return office.kv().TakeSnapshot()->Get(key)->value_or("");
}

v1::Commit ReadCommit(Office& office, uint64_t number) {
  v1::Commit commit;
  EXPECT_TRUE(commit.ParseFromString(Get(office, storage::CommitKey(kTenant, number))));
  return commit;
}

void PutCommit(Office& office, uint64_t number, const v1::Commit& commit) {
  Put(office, storage::CommitKey(kTenant, number), commit.SerializeAsString());
}

// The first key of a table of the tenant.
std::string FirstKey(Office& office, storage::Table table) {
  const std::string prefix = storage::TableKey(kTenant, table).Take();
  const std::string end = storage::PrefixEnd(prefix);
  std::string first;
  const auto take = [&](absl::string_view key, absl::string_view) {
    first = std::string(key);
    return false;
  };
  EXPECT_TRUE(
      office.kv().TakeSnapshot()->Scan({prefix, end}, 1, storage::Direction::kForward, take).ok());
  EXPECT_NE(first, "");
  return first;
}

// What a verification names, which does not depend on how many threads do it and how few tickets
// are held at a time.
std::string Finding(Office& office, absl::string_view tenant = kTenant) {
  const services::LedgerView view(office.kv());
  services::WorkerPool pool;
  std::thread helper([&pool] { pool.Run(); });
  std::vector<std::string> findings;
  for (services::WorkerPool* helpers : {static_cast<services::WorkerPool*>(nullptr), &pool}) {
    for (const uint64_t tickets_max : {services::kVerifyTicketsMax, uint64_t{2}}) {
      const v1::VerifyLedgerResponse finding = services::VerifyLedgerOf(
          view.reader(), tenant, [](const v1::VerifyLedgerResponse&) { return true; },
          {.helpers = helpers, .tickets_max = tickets_max});
      EXPECT_TRUE(finding.done());
      findings.push_back(finding.clean() ? absl::StrCat("clean, ", finding.records(), " records")
                                         : finding.first_difference());
    }
  }
  pool.Stop();
  helper.join();
  for (const std::string& finding : findings) EXPECT_EQ(finding, findings.front());
  return findings.front().substr(0, findings.front().find(", ", 0) == 5 ? 5 : std::string::npos);
}

std::string Named(const std::string& key) {
  return absl::StrCat("index key ", absl::BytesToHexString(key));
}

// Commits 2 to 5 are the history of ticket 1, commits 6 to 25 open the tickets 2 to 21.
class Verify : public testing::Test {
 protected:
  Verify() {
    office_.Must(Submit(Keyed(ChargedTwice(), "k"))).Must(Pull("billing")).Must(Answer(1));
    office_.Must(Note());
    for (int i = 2; i <= 21; ++i) office_.Must(Submit(Complaint()));
    EXPECT_EQ(Finding(office_), "clean");
  }

  Office office_;
};

TEST(VerifyMixed, IsCleanAfterARunOfEverything) {
  for (const uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE(seed);
    Office office;
    RunMixed(office, seed, 1000);
    EXPECT_EQ(Finding(office), "clean");
  }
}

TEST(VerifyMixed, IsCleanForATenantThatHasNothing) {
  Office office(Office::Playbooks::kNone);
  EXPECT_EQ(Finding(office, "nobody"), "clean");
}

TEST(VerifyMixed, CountsWhatItRead) {
  Office office;
  office.Must(Submit(Praise()));
  const services::LedgerView view(office.kv());
  const auto finding = services::VerifyLedgerOf(
      view.reader(), kTenant, [](const v1::VerifyLedgerResponse&) { return true; });
  EXPECT_EQ(finding.commits(), 2u);
  EXPECT_EQ(finding.events(), 3u);
  EXPECT_EQ(finding.percent(), 100);
  EXPECT_EQ(finding.head_commit(), 2u);
  EXPECT_EQ(finding.head_hash(), office.ReadHead().hash());
}

TEST_F(Verify, NamesACommitThatIsGone) {
  Delete(office_, storage::CommitKey(kTenant, 3));
  EXPECT_EQ(Finding(office_), "commit 3 is missing");
}

TEST_F(Verify, NamesACommitThatCannotBeRead) {
  Put(office_, storage::CommitKey(kTenant, 3), "\xff");
  EXPECT_EQ(Finding(office_), "the stored commit 3 cannot be read");
}

TEST_F(Verify, NamesACommitOfAnotherNumber) {
  PutCommit(office_, 3, ReadCommit(office_, 4));
  EXPECT_EQ(Finding(office_), "commit 3 calls itself 4");
}

TEST_F(Verify, NamesTheCommitWhoseEventBytesChanged) {
  v1::Commit commit = ReadCommit(office_, 3);
  commit.mutable_events(0)->back() ^= 1;
  PutCommit(office_, 3, commit);
  EXPECT_EQ(Finding(office_), "the events of commit 3 do not give its Merkle root");
}

TEST_F(Verify, NamesTheCommitAfterOneThatWasRewrittenWithItsRoot) {
  v1::Commit commit = ReadCommit(office_, 3);
  v1::Event event;
  event.ParseFromString(commit.events(0));
  event.set_actor("mallory");
  commit.set_events(0, event.SerializeAsString());
  commit.set_merkle_root(storage::MerkleRoot({storage::LeafHash(commit.events(0))}));
  PutCommit(office_, 3, commit);
  EXPECT_EQ(Finding(office_), "commit 4 does not continue the commit before it");
}

TEST_F(Verify, NamesTheHeadWhenTheLastCommitWasRewritten) {
  const uint64_t last = office_.ReadHead().commit();
  v1::Commit commit = ReadCommit(office_, last);
  commit.mutable_time()->set_nanos(1000);
  PutCommit(office_, last, commit);
  EXPECT_EQ(Finding(office_), "the ledger's head does not have the hash of its newest commit");
}

TEST_F(Verify, NamesAHeadThatCountsWrong) {
  v1::LedgerHead head = office_.ReadHead();
  head.set_events(head.events() + 1);
  Put(office_, storage::HeadKey(kTenant), head.SerializeAsString());
  EXPECT_EQ(Finding(office_), "the ledger's head counts 26 events, not 25");
}

TEST_F(Verify, NamesACommitBeyondTheHead) {
  const uint64_t next = office_.ReadHead().commit() + 1;
  PutCommit(office_, next, ReadCommit(office_, next - 1));
  EXPECT_EQ(Finding(office_), absl::StrCat("commit ", next, " lies beyond the ledger's head"));
}

TEST_F(Verify, NamesATicketThatChanged) {
  v1::Ticket ticket = office_.ReadTicket(1);
  ticket.set_reopens(1);
  Put(office_, storage::TicketKey(kTenant, 1), ticket.SerializeAsString());
  EXPECT_EQ(Finding(office_), "ticket 1 is not what its events make it");
}

TEST_F(Verify, NamesATicketThatIsGoneAndOneThatNoEventMade) {
  const std::string bytes = Get(office_, storage::TicketKey(kTenant, 7));
  Delete(office_, storage::TicketKey(kTenant, 7));
  EXPECT_EQ(Finding(office_), "ticket 7 is missing");
  Put(office_, storage::TicketKey(kTenant, 7), bytes);
  Put(office_, storage::TicketKey(kTenant, 99), bytes);
  EXPECT_EQ(Finding(office_), "ticket 99 has no events");
}

TEST_F(Verify, NamesATicketThatIsBehindItsEvents) {
  const std::string key = storage::TicketKey(kTenant, 1);
  const std::string before = Get(office_, key);
  office_.Must(Note());
  Put(office_, key, before);
  EXPECT_EQ(Finding(office_), "ticket 1 is not what its events make it");
}

TEST_F(Verify, NamesAStoredTicketUnderNoTicketsKey) {
  const std::string key = storage::TicketKey(kTenant, 7);
  Put(office_, key + "x", Get(office_, key));
  EXPECT_EQ(Finding(office_), "ticket 7 has no events");
}

TEST_F(Verify, NamesAnEventThatDoesNotBeginWithItsTicket) {
  const uint64_t last = office_.ReadHead().commit();
  v1::Commit commit = ReadCommit(office_, last);
  std::string& event = *commit.mutable_events(0);
  event = event.substr(2) + event.substr(0, 2);  // a tag and a small id
  commit.set_merkle_root(storage::MerkleRoot({storage::LeafHash(event)}));
  PutCommit(office_, last, commit);
  v1::LedgerHead head = office_.ReadHead();
  head.set_hash(storage::CommitHash(commit));
  Put(office_, storage::HeadKey(kTenant), head.SerializeAsString());
  EXPECT_EQ(Finding(office_), absl::StrCat("commit ", last, ", event 0 cannot be read"));
}

TEST_F(Verify, NamesTheFirstOfSeveralDifferences) {
  const std::string ticket = Get(office_, storage::TicketKey(kTenant, 3));
  Delete(office_, storage::TicketKey(kTenant, 9));
  Delete(office_, storage::TicketKey(kTenant, 3));
  Delete(office_, FirstKey(office_, storage::Table::kCell));
  Delete(office_, FirstKey(office_, storage::Table::kQueue));
  EXPECT_EQ(Finding(office_), "ticket 3 is missing");
  const std::string words = FirstKey(office_, storage::Table::kPersonal);
  Put(office_, words, "other words");
  EXPECT_EQ(Finding(office_), "ticket 3 is missing");
}

TEST_F(Verify, NamesEveryIndexKeyThatIsGone) {
  for (const uint64_t id : {1, 2, 16, 17}) {
    for (const std::string& key : storage::IndexKeys(kTenant, office_.ReadTicket(id))) {
      Delete(office_, key);
      EXPECT_EQ(Finding(office_), absl::StrCat(Named(key), " of ticket ", id, " is missing"));
      Put(office_, key, "");
    }
  }
  EXPECT_EQ(Finding(office_), "clean");
}

TEST_F(Verify, NamesAnIndexKeyOfEveryTableThatWasAdded) {
  v1::Ticket stranger = office_.ReadTicket(2);
  stranger.set_id(5);
  stranger.set_key("strange");
  stranger.set_external_id("strange");
  stranger.set_customer_id("strange");
  stranger.mutable_rank_time()->set_seconds(1);
  stranger.mutable_next_deadline_time()->set_seconds(1);
  const std::vector<std::string> keys = storage::IndexKeys(kTenant, stranger);
  EXPECT_EQ(keys.size(), 5u);
  for (const std::string& key : keys) {
    Put(office_, key, "");
    EXPECT_EQ(Finding(office_), absl::StrCat(Named(key), " does not belong to ticket 5"));
    Delete(office_, key);
  }
}

TEST_F(Verify, DoesNotMistakeOtherTenantsDeadlines) {
  office_.Must(Agent("anna"), Submit(Complaint()), Office::kOtherTenant);
  EXPECT_EQ(Finding(office_), "clean");
}

TEST_F(Verify, NamesACellThatChangedOneThatIsGoneAndOneThatWasAdded) {
  const std::string key = FirstKey(office_, storage::Table::kCell);
  const std::string name = absl::StrCat("counter cell ", absl::BytesToHexString(key));
  const std::string bytes = Get(office_, key);
  v1::StoredCell cell;
  ASSERT_TRUE(cell.ParseFromString(bytes));
  cell.set_values(0, cell.values(0) + 1);
  Put(office_, key, cell.SerializeAsString());
  EXPECT_EQ(Finding(office_), name + " is not what the events add up to");
  Put(office_, key, "\xff");
  EXPECT_EQ(Finding(office_), name + " cannot be read");
  Delete(office_, key);
  EXPECT_EQ(Finding(office_), name + " is missing");
  Put(office_, key, bytes);
  const std::string added = storage::CellKeyOf(kTenant, {0, 1, 1, 1, ""});
  Put(office_, added, bytes);
  EXPECT_EQ(Finding(office_), absl::StrCat("counter cell ", absl::BytesToHexString(added),
                                           " is not what the events add up to"));
}

TEST_F(Verify, NamesTheTicketWhoseWordsChanged) {
  const std::string key = FirstKey(office_, storage::Table::kPersonal);
  v1::PersonalRecord record;
  ASSERT_TRUE(record.ParseFromString(Get(office_, key)));
  record.set_text("I am content.");
  Put(office_, key, record.SerializeAsString());
  EXPECT_EQ(Finding(office_), "words of ticket 1 do not have the hash that its event carries");
}

TEST_F(Verify, NamesAPlaybookThatIsNotIndexedWhereItWasPublished) {
  v1::Position elsewhere;
  elsewhere.set_commit(2);
  Put(office_, storage::PlaybookKey(kTenant, 1), elsewhere.SerializeAsString());
  EXPECT_EQ(Finding(office_), "playbook version 1 is not indexed at commit 1, event 0");
}

TEST(MerkleRootOf, IsThatOfTheLeavesOfAnyNumberOfEvents) {
  v1::Commit commit;
  std::vector<std::string> leaves;
  for (int events = 1; events <= 40; ++events) {
    commit.add_events(absl::StrCat("event ", events));
    leaves.push_back(storage::LeafHash(commit.events(events - 1)));
    EXPECT_EQ(storage::MerkleRootOf(commit), storage::MerkleRoot(leaves)) << events;
  }
}

TEST_F(Verify, StopsWhenNobodyWaitsForTheFinding) {
  for (int i = 0; i < 1000; ++i) office_.Must(Note());
  const services::LedgerView view(office_.kv());
  const auto finding = services::VerifyLedgerOf(
      view.reader(), kTenant, [](const v1::VerifyLedgerResponse&) { return false; });
  EXPECT_FALSE(finding.clean());
  EXPECT_EQ(finding.first_difference(), "nobody waits for the finding any more");
}

TEST_F(Verify, AndTheReportRefusesFiguresThatDoNotReconcile) {
  const std::string key = FirstKey(office_, storage::Table::kCell);
  v1::StoredCell cell;
  ASSERT_TRUE(cell.ParseFromString(Get(office_, key)));
  cell.set_values(0, cell.values(0) + 1);
  Put(office_, key, cell.SerializeAsString());
  const services::LedgerView view(office_.kv());
  const auto result = services::ReadReport(view.reader(), kTenant, {}, office_.now());
  ASSERT_TRUE(result.ok());
  const auto* failure = std::get_if<engine::ReportFailure>(&*result);
  ASSERT_NE(failure, nullptr);
  EXPECT_EQ(failure->kind, engine::ReportFailure::Kind::kCheckFailed);
}

}  // namespace
}  // namespace redress::test
