// facts.cc: what is read for a decision.
#include "services/facts.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/ticket/reference.h"
#include "storage/tables.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

using services::LedgerView;

// With the tickets that the facts point to.
struct Loaded {
  std::unique_ptr<services::TicketCache> tickets = std::make_unique<services::TicketCache>();
  std::unique_ptr<services::LoadedFacts> facts;

  const services::LoadedFacts* operator->() const { return facts.get(); }
};

Loaded Load(Office& office, const v1::Command& command) {
  const LedgerView view(office.kv());
  services::PlaybookStore playbooks;
  Loaded loaded;
  auto facts = services::LoadFacts(view.reader(), Office::kTenant, command, {1, Shop()}, nullptr,
                                   playbooks, *loaded.tickets);
  CHECK_OK(facts.status());
  loaded.facts = *std::move(facts);
  return loaded;
}

TEST(LoadFacts, FindsTheNamedTicketAndNothingElse) {
  Office office;
  office.Must(Submit(Complaint()));
  const auto loaded = Load(office, Note());
  EXPECT_EQ(loaded->facts.ticket->id(), 1u);
  EXPECT_FALSE(loaded->facts.issue.has_value());
  EXPECT_TRUE(loaded->facts.queue.empty());
  EXPECT_EQ(loaded->facts.playbook, Shop().get());
}

TEST(LoadFacts, FindsTheOpenTicketOfAKeyOnly) {
  Office office;
  office.Must(Submit(Keyed(Complaint(), "k"))).Must(Submit(Keyed(Complaint(), "kk")));
  EXPECT_EQ(Load(office, Submit(Keyed(Complaint(), "k")))->facts.ticket->id(), 1u);
  EXPECT_FALSE(Load(office, Submit(Keyed(Complaint(), "other")))->facts.ticket != nullptr);
  office.Must(Owner("olga"), Close(v1::CLOSE_CAUSE_WITHDRAWN));
  EXPECT_FALSE(Load(office, Submit(Keyed(Complaint(), "k")))->facts.ticket != nullptr);
}

TEST(LoadFacts, FindsTheIssueWithItsWordsWhereATicketMayBeRoutedAgain) {
  Office office;
  office.Must(Submit(ChargedTwice()));
  EXPECT_EQ(Load(office, Dispute())->facts.issue->text(), "I was charged twice.");
  EXPECT_EQ(Load(office, Dispute())->facts.issue_customer.id(), "c1");
}

// The repeat may open a ticket of its own when the resolved one closes meanwhile.
TEST(LoadFacts, KeepsWhoRepeatsAnIssueApartFromWhoBroughtItFirst) {
  Office office;
  office.Must(Submit(Keyed(ChargedTwice(), "k"))).Must(Pull("billing")).Must(Resolve(1));
  v1::Issue repeat = Keyed(ChargedTwice(), "k");
  repeat.mutable_customer()->set_id("c2");
  const auto loaded = Load(office, Submit(repeat));
  EXPECT_EQ(loaded->facts.customer.id(), "c2");
  EXPECT_EQ(loaded->facts.issue_customer.id(), "c1");
}

TEST(LoadFacts, FindsTheHeadOfAQueueAndNoMoreThanIsAsked) {
  Office office;
  for (int i = 0; i < 3; ++i) office.Must(Submit(Complaint()));
  EXPECT_EQ(Load(office, Pull("desk", 2))->facts.queue.size(), 2u);
  EXPECT_EQ(Load(office, Pull("desk", 0))->facts.queue.size(), 1u);
  v1::Command above = Pull("desk", 2);
  above.mutable_pull_tickets()->set_level(v1::LEVEL_ANALYSIS);
  EXPECT_TRUE(Load(office, above)->facts.queue.empty());
}

TEST(LoadFacts, FindsTheImportedTicketOfAnExternalId) {
  Office office;
  office.Must(ToldOpened("08:00", Complaint(), "desk"));
  EXPECT_EQ(Load(office, ToldAnswered("09:00"))->facts.ticket->id(), 1u);
  EXPECT_FALSE(
      Load(office, With(ToldAnswered("09:00"), "external_id", "ext"))->facts.ticket != nullptr);
}

TEST(ReadIssue, GivesTheIssueWithoutWordsOnceTheyAreErased) {
  Office office;
  office.Must(Submit(ChargedTwice()));
  const std::string hash = office.ReadLedger()[1].ticket_opened().personal_hash();
  auto transaction = office.kv().Begin();
  transaction->Delete(storage::PersonalKey(Office::kTenant, "c1", 1, hash));
  ASSERT_TRUE(transaction->Commit().ok());
  transaction.reset();
  const LedgerView view(office.kv());
  const auto issue = services::ReadIssue(view.reader(), Office::kTenant, office.ReadTicket(1));
  ASSERT_TRUE(issue.ok());
  EXPECT_EQ(issue->text(), "");
  EXPECT_EQ(issue->customer().id(), "c1");
  EXPECT_EQ(office.Verify(), "clean") << "erased words are no damage";
}

TEST(TicketAt, RebuildsEveryVersionAsItWas) {
  Office office;
  std::vector<v1::Ticket> versions;
  for (const v1::Command& command :
       {Submit(Complaint()), Pull("desk"), Accept(1), Answer(), Note(), Resolve()})
    versions.push_back(office.Do(command).tickets.at(0));
  const LedgerView view(office.kv());
  for (const v1::Ticket& version : versions) {
    const auto ticket = services::TicketAt(view.reader(), Office::kTenant, 1, version.version());
    ASSERT_TRUE(ticket.ok());
    EXPECT_EQ(ticket->DebugString(), version.DebugString());
  }
}

TEST(FindTicket, TakesIdsAndReferences) {
  Office office;
  office.Must(Submit(Complaint()));
  const LedgerView view(office.kv());
  for (const std::string& name : {std::string("1"), engine::MakeReference(1)})
    EXPECT_EQ((*services::FindTicket(view.reader(), Office::kTenant, name))->id(), 1u);
  for (const std::string& name : {std::string("2"), std::string("x"), engine::MakeReference(2)})
    EXPECT_FALSE((*services::FindTicket(view.reader(), Office::kTenant, name)).has_value());
}

}  // namespace
}  // namespace redress::test
