// apply.cc: what events do to tickets, and what always holds of a ticket.
#include "engine/ticket/apply.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

std::string BrokenBy(void (*damage)(v1::Ticket&), Desk desk = DeskWithLease()) {
  v1::Ticket ticket = desk.ticket();
  damage(ticket);
  return engine::FindBrokenInvariant(ticket).value_or("nothing");
}

TEST(Apply, CountsVersionsAndMakesAnEtagOfEach) {
  Desk desk = DeskWithAccepted();
  EXPECT_EQ(desk.ticket().version(), 3u);
  EXPECT_EQ(desk.ticket().etag(), "v3");
}

TEST(Apply, KeepsTheAttributesOfTheFirstIssueAndTheHighestLevel) {
  v1::Issue issue = Complaint();
  v1::Attribute& attribute = *issue.add_attributes();
  attribute.set_name("model");
  attribute.set_value("K2");
  Desk desk;
  desk.Must(Submit(issue)).Must(Pull("desk")).Must(Owner("anna"), Escalate(1));
  EXPECT_EQ(desk.ticket().attributes(0).value(), "K2");
  EXPECT_EQ(Short(desk.ticket().highest_level()), "ANALYSIS");
  desk.Must(Owner("olga"), Deescalate()).Must(TakeOffer());
  EXPECT_EQ(Short(desk.ticket().level()), "RELAY");
  EXPECT_EQ(Short(desk.ticket().highest_level()), "ANALYSIS");
}

TEST(Apply, KeepsAThousandIssuesAndCountsAll) {
  Desk desk;
  for (int i = 0; i < 1003; ++i) desk.Must(Submit(Keyed(Complaint(), "k")));
  EXPECT_EQ(desk.ticket().issue_count(), 1003u);
  EXPECT_EQ(desk.ticket().issues_size(), 1000);
  EXPECT_EQ(desk.ticket().issues(999).number(), 1000u);
}

TEST(Apply, KeepsTheLast64Departments) {
  Desk desk = DeskWithComplaint();
  for (int i = 0; i < 70; ++i) desk.Must(Owner("olga"), Transfer(i % 2 == 0 ? "billing" : "board"));
  EXPECT_EQ(desk.ticket().departments_size(), 64);
  EXPECT_EQ(desk.ticket().departments(63), "board");
  EXPECT_EQ(desk.ticket().transfers(), 70u);
}

TEST(ApplyDeath, StopsAtAnEventThatTheStateDoesNotAllow) {
  Desk desk = DeskWithComplaint();
  v1::Event event;
  event.set_version(2);
  event.mutable_ticket_reopened();
  EXPECT_DEATH(engine::Apply(desk.ticket(), event), "next.has_value");
}

TEST(ApplyDeath, StopsAtAVersionThatIsLeftOut) {
  Desk desk = DeskWithComplaint();
  v1::Event event;
  event.set_version(3);
  event.mutable_note_added();
  EXPECT_DEATH(engine::Apply(desk.ticket(), event), "with 3 and 2");
}

TEST(FindBrokenInvariant, FindsNothingWrongWithASoundTicket) {
  EXPECT_EQ(BrokenBy([](v1::Ticket&) {}), "nothing");
}

TEST(FindBrokenInvariant, NamesWhatDoesNotHold) {
  const std::string leased = "ticket 1 (TICKET_STATE_LEASED) ";
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.set_version(0); }), leased + "has no id or version");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.clear_state(); }),
            "ticket 1 (TICKET_STATE_UNSPECIFIED) has no state");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.clear_department(); }),
            leased + "has no accountable department");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.clear_deadlines(); }), leased + "has no deadline");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.clear_next_deadline_time(); }),
            leased + "keys the wrong deadline");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.clear_hold(); }), leased + "is held by nobody");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.mutable_pause(); }), leased + "and its pause disagree");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.mutable_rank_time(); }),
            leased + "and its place in the queue disagree");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.mutable_close_time(); }),
            leased + "and its closing time disagree");
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.mutable_hold(); }, DeskWithComplaint()),
            "ticket 1 (TICKET_STATE_QUEUED) is still held");
  Desk closed = DeskWithResolved();
  closed.Must(Confirm());
  EXPECT_EQ(BrokenBy([](v1::Ticket& t) { t.add_deadlines(); }, closed),
            "ticket 1 (TICKET_STATE_CLOSED) still has a deadline");
}

}  // namespace
}  // namespace redress::test
