// Two companies in one installation never see each other.
#include <gtest/gtest.h>

#include "services/ticket_reads.h"
#include "tests/support/engine/print.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

constexpr const char* kOther = Office::kOtherTenant;

TEST(Tenants, CountTheirTicketsEachFromOne) {
  Office office;
  EXPECT_EQ(office.Say(Submit(Complaint())), "T1 QUEUED RELAY desk");
  EXPECT_EQ(office.Say(Agent("anna"), Submit(ChargedTwice()), kOther),
            "T1 QUEUED ANALYSIS billing");
  EXPECT_EQ(office.Say(Submit(Complaint())), "T2 QUEUED RELAY desk");
}

TEST(Tenants, ReachNoTicketOfTheOtherByAnyName) {
  Office office;
  const std::string reference = office.Do(Submit(Complaint())).tickets[0].reference();
  for (const std::string& name : {std::string("1"), reference})
    EXPECT_EQ(office.Do(Owner("olga"), With(Note(), "ticket", name), kOther).failure->reason,
              "TICKET_NOT_FOUND");
}

TEST(Tenants, ShareNoQueueNoKeyNoRequestIdAndNoExternalId) {
  Office office;
  office.Must(With(Submit(Keyed(Complaint(), "k")), "request_id", "a"));
  EXPECT_EQ(office.Say(Agent("anna"), Pull("desk"), kOther), "");
  const services::Outcome same =
      office.Do(Agent("anna"), With(Submit(Keyed(Complaint(), "k")), "request_id", "a"), kOther);
  EXPECT_FALSE(same.repeated);
  EXPECT_FALSE(same.joined);
  office.Must(ToldOpened("08:00", Complaint(), "desk"));
  EXPECT_EQ(office.Do(Agent("anna"), ToldAnswered("09:00"), kOther).failure->reason,
            "IMPORT_UNKNOWN_TICKET");
}

TEST(Tenants, HaveLedgersFiguresAndListsOfTheirOwn) {
  Office office;
  for (int i = 0; i < 3; ++i) office.Must(Submit(Complaint()));
  office.Must(Agent("anna"), Submit(Praise()), kOther);
  EXPECT_EQ(office.Report().total().flow().created(), 3);
  EXPECT_EQ(office.Report({}, kOther).total().flow().created(), 1);
  EXPECT_EQ(office.Report({}, kOther).total().flow().closed(), 1);
  EXPECT_EQ(office.Verify(), "clean");
  EXPECT_EQ(office.Verify(kOther), "clean");

  services::Caller caller;
  caller.actor.tenant = kOther;
  caller.scope = services::Scope::kOwnTenant;
  const services::LedgerView view(office.kv());
  const auto page =
      services::ListMatching(view.reader(), caller, {}, services::kFromTheNewest, 100);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->tickets.size(), 1u);
  EXPECT_EQ(Print(page->tickets[0]), "CLOSED RELAY desk as RECORDED");
}

TEST(Tenants, AreToldApartEvenWhenOneNameBeginsWithTheOther) {
  Office office(Office::Playbooks::kNone);
  for (const char* tenant : {"a", "aa"})
    office.Do(Agent("anna"), ToldOpened("08:00", Complaint(), "desk"), tenant);
  EXPECT_EQ(office.ReadHead("a").last_ticket_id(), 1u);
  EXPECT_EQ(office.ReadHead("aa").last_ticket_id(), 1u);
  EXPECT_EQ(office.Verify("a"), "clean");
}

TEST(Tenants, StayApartInACommitThatTheyShare) {
  Office office;
  office.Send(Submit(Complaint()));
  office.Send(Submit(Complaint()), absl::InfiniteFuture(), kOther);
  const uint64_t before = office.commits();
  office.RunBatch();
  EXPECT_EQ(office.commits() - before, 1u);
  EXPECT_EQ(office.ReadHead().events(), 2u);
  EXPECT_EQ(office.ReadHead(kOther).events(), 2u);
  EXPECT_EQ(office.Verify(), "clean");
  EXPECT_EQ(office.Verify(kOther), "clean");
}

}  // namespace
}  // namespace redress::test
