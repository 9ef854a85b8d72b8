// decide_queue.cc: pulling, leases as fencing tokens, returning, accepting.
#include <gtest/gtest.h>

#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

TEST(DecidePullTickets, LeasesTheFirstTicketForAQuarterOfAnHour) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(Pull("desk")),
            "09:00 anna TicketLeased handler=anna lease_token=1 lease_expire_time=09:15");
  EXPECT_EQ(Print(desk.ticket()), "LEASED RELAY desk held by anna");
  EXPECT_EQ(PrintDeadlines(desk.ticket()),
            "LEASE 09:15, FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
}

TEST(DecidePullTickets, LeasesForAsLongAsAsked) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(PullFor("desk", absl::Seconds(10))),
            "09:00 anna TicketLeased handler=anna lease_token=1 lease_expire_time=09:00:10");
}

TEST(DecidePullTickets, LeasesSeveralInTheQueuesOrder) {
  Desk desk = DeskWithComplaint();
  desk.Must(Submit(Complaint())).Must(Submit(Complaint()));
  desk.Must(Pull("desk", 2));
  EXPECT_EQ(Print(desk.ticket(1)), "LEASED RELAY desk held by anna");
  EXPECT_EQ(Print(desk.ticket(2)), "LEASED RELAY desk held by anna");
  EXPECT_EQ(Print(desk.ticket(3)), "QUEUED RELAY desk");
}

TEST(DecidePullTickets, FindsNothingInAnEmptyQueue) {
  Desk desk;
  EXPECT_EQ(desk.Do(Pull("desk")), "");
}

TEST(DecidePullTickets, LetsTimeCatchUpWithEachTicketFirst) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.At("14:00").Do(Pull("desk")),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=desk\n"
            "14:00 anna TicketLeased handler=anna lease_token=1 lease_expire_time=14:15");
}

// A complaint for the desk whose chain hands it to billing at 09:00 of the next day, and raises its
// level four open hours later.
Desk DeskThatLags() {
  Desk desk = DeskOn(*ChainShop());
  desk.Must(Submit(Complaint()));
  return desk;
}

v1::Command PullAt(absl::string_view department, v1::Level level) {
  v1::Command command = Pull(department);
  command.mutable_pull_tickets()->set_level(level);
  return command;
}

TEST(DecidePullTickets, LeavesWhatTimeHasMovedToAnotherDepartment) {
  Desk desk = DeskThatLags();
  EXPECT_EQ(desk.At("Nov 03 10:00").Do(AgentOf("ben", "desk"), Pull("desk")), "");
  desk.Tick();
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY billing");
}

TEST(DecidePullTickets, LeavesWhatTimeHasRaisedToAnotherLevel) {
  Desk desk = DeskThatLags();
  desk.At("Nov 03 10:00").Tick();
  EXPECT_EQ(desk.At("Nov 03 16:00").Do(PullAt("billing", v1::LEVEL_RELAY)), "");
  desk.Tick();
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS billing");
}

TEST(RefusePlace, OfAnOwnerWhoseDepartmentTheTicketHasLeftMeanwhile) {
  engine::Actor owner = AgentOf("olga", "desk");
  owner.is_owner = true;
  for (const v1::Command& command :
       {Escalate(), Transfer("desk"), Close(v1::CLOSE_CAUSE_WITHDRAWN), Note()}) {
    Desk desk = DeskThatLags();
    EXPECT_EQ(desk.At("Nov 03 10:00").Do(owner, command),
              "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"billing\".");
  }
}

TEST(DecidePullTickets, RejectsAnotherDepartment) {
  Desk desk = DeskWithComplaint();
  EXPECT_EQ(desk.Do(AgentOf("ben", "billing"), Pull("desk")),
            "DEPARTMENT_NOT_YOURS: Your credentials do not cover department \"desk\".");
}

TEST(DecidePullTickets, RejectsADepartmentThatThePlaybookDoesNotHave) {
  Desk desk;
  EXPECT_EQ(desk.Do(Pull("moon")),
            "FIELD_INVALID: department must be a department of the playbook");
}

TEST(DecidePullTickets, RejectsWithoutPlaybook) {
  Desk desk;
  desk.SetPlaybook(nullptr);
  EXPECT_EQ(desk.Do(Pull("desk")),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
}

TEST(Lease, HoldsAtItsVeryEndAndIsGoneOneMicrosecondLater) {
  Desk desk = DeskWithLease();
  Desk later = desk;
  desk.At("09:15").Must(Accept(1));
  EXPECT_EQ(later.At("09:15:00.000001").Do(Accept(1)),
            "LEASE_LOST: Lease 1 of ticket T1 has ended; the ticket is held by nobody.");
  EXPECT_EQ(later.Tick(), "09:15 timer TicketReturned lease_expired");
  EXPECT_EQ(Print(later.ticket()), "QUEUED RELAY desk");
  EXPECT_EQ(later.ticket().returns(), 0u);
}

TEST(Lease, IsAFencingTokenThatRisesWithEveryLease) {
  Desk desk = DeskWithLease();
  desk.At("09:16").Tick();
  desk.Must(Agent("ben"), Pull("desk"));
  EXPECT_EQ(desk.ticket().hold().lease_token(), 2u);
  const std::string lost = "LEASE_LOST: Lease 1 of ticket T1 has ended; the ticket is held by ben.";
  for (const v1::Command& late :
       {Accept(1), Answer(1), Resolve(1), Return(1), Transfer("billing", 1), Escalate(1),
        Deescalate(1), Extend(1, absl::Minutes(5))})
    EXPECT_EQ(desk.Do(late), lost);
}

TEST(Lease, OfAnEarlierPullBySameHandlerIsLost) {
  Desk desk = DeskWithLease();
  desk.At("09:16").Tick();
  desk.Must(Pull("desk"));
  EXPECT_EQ(desk.Do(Answer(1)),
            "LEASE_LOST: Lease 1 of ticket T1 has ended; the ticket is held by anna.");
  desk.Must(Answer(2));
}

TEST(Lease, OfSomebodyElseDoesNotPass) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.Do(Agent("ben"), Answer(1)),
            "NOT_HOLDER: Ticket T1 is held by anna. Pull it from its queue first.");
}

TEST(Lease, TokenIsRequiredWhileLeasedAndNotOnceAccepted) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.Do(Answer(0)),
            "FIELD_INVALID: lease_token is required while the ticket is leased");
  desk.Must(Accept(1)).Must(Answer(0)).Must(Answer(1));
}

TEST(DecideExtendLease, MovesTheEndCountedFromNow) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.At("09:10").Do(Extend(1, absl::Minutes(20))),
            "09:10 anna LeaseExtended lease_expire_time=09:30");
  EXPECT_EQ(PrintDeadlines(desk.ticket()),
            "LEASE 09:30, FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
}

TEST(DecideExtendLease, RejectsOnceAccepted) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Extend(1, absl::Minutes(20))),
            "WRONG_STATE: Ticket T1 is ACCEPTED and cannot have its lease extended.");
}

TEST(DecideReturnTicket, PutsItBackIntoTheQueue) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.Do(Return(1)), "09:00 anna TicketReturned reason=\"Not for me.\"");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED RELAY desk");
  EXPECT_EQ(desk.ticket().returns(), 1u);
}

TEST(DecideReturnTicket, IsForTheHolderOrAnOwner) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Agent("ben"), Return()),
            "NOT_HOLDER: Ticket T1 is held by anna. Pull it from its queue first.");
  desk.Must(Owner("olga"), Return());
  EXPECT_EQ(desk.Do(Owner("olga"), Return()),
            "WRONG_STATE: Ticket T1 is QUEUED and cannot be returned.");
}

TEST(DecideReturnTicket, RejectsTheThirdReturnOfACycle) {
  Desk desk = DeskWithLease();
  desk.Must(Return(1)).Must(Pull("desk")).Must(Return(2)).Must(Pull("desk"));
  EXPECT_EQ(desk.Do(Return(3)),
            "RETURN_LIMIT: Ticket T1 was returned 2 times in this cycle. Transfer, escalate or "
            "resolve it.");
  desk.Must(Resolve(3)).Must(Reopen(v1::REOPEN_CAUSE_ERROR)).Must(Pull("desk"));
  desk.Must(Return(4));
}

TEST(DecideReturnTicket, DoesNotCountLeasesThatRanOut) {
  Desk desk = DeskWithLease();
  for (const char* time : {"09:20", "09:40", "10:00"}) {
    desk.At(time).Tick();
    desk.Must(Pull("desk"));
  }
  EXPECT_EQ(desk.ticket().returns(), 0u);
  desk.Must(Return(4));
}

TEST(DecideAcceptTicket, EndsTheLease) {
  Desk desk = DeskWithLease();
  EXPECT_EQ(desk.Do(Accept(1)), "09:00 anna TicketAccepted handler=anna");
  EXPECT_EQ(Print(desk.ticket()), "ACCEPTED RELAY desk held by anna");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 04 09:00");
}

TEST(DecideAcceptTicket, RejectsASecondTime) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.Do(Accept(1)), "WRONG_STATE: Ticket T1 is ACCEPTED and cannot be accepted.");
}

TEST(DecideAcceptTicket, RejectsWhatIsResolved) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Accept(1)), "WRONG_STATE: Ticket T1 is RESOLVED and cannot be worked on.");
}

}  // namespace
}  // namespace redress::test
