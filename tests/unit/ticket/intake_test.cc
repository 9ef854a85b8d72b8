// decide_intake.cc: an issue becomes a ticket, or joins one.
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "engine/time/instant.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

v1::Issue Following(std::string ticket) {
  v1::Issue issue = Complaint("Again.");
  issue.set_follows(std::move(ticket));
  return issue;
}

TEST(DecideSubmitIssue, OpensATicketThatIsRoutedAndPromised) {
  Desk desk;
  EXPECT_EQ(desk.Do(Submit(ChargedTwice())),
            "09:00 anna TicketOpened personal_hash=# decision=double-charge:ANALYSIS:billing "
            "first_answer_due=13:00 resolution_due=Nov 05 09:00");
  EXPECT_EQ(Print(desk.ticket()), "QUEUED ANALYSIS billing");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "FIRST_ANSWER 13:00, RESOLUTION Nov 05 09:00");
  EXPECT_EQ(desk.ticket().category(), "billing.double_charge");
  EXPECT_EQ(desk.ticket().touchpoint(), "checkout");
  EXPECT_EQ(Short(desk.ticket().severity()), "HIGH");
}

TEST(DecideSubmitIssue, KeepsWordsAndContactApartFromTheEvent) {
  Desk desk;
  v1::Issue issue = ChargedTwice();
  issue.mutable_contact()->set_phone("+44 1");
  desk.Must(Submit(issue));
  const v1::TicketOpened& opened = desk.events()[0].ticket_opened();
  EXPECT_EQ(opened.issue().text(), "");
  EXPECT_FALSE(opened.issue().has_contact());
  ASSERT_EQ(desk.words().size(), 1u);
  EXPECT_EQ(desk.words()[0].customer_id, "c1");
  EXPECT_EQ(desk.words()[0].record.text(), "I was charged twice.");
  EXPECT_EQ(desk.words()[0].record.contact().phone(), "+44 1");
  EXPECT_EQ(desk.words()[0].hash, opened.personal_hash());
}

TEST(DecideSubmitIssue, KeepsNoRecordWhenNothingWasSaid) {
  Desk desk;
  desk.Must(Submit(AlertOf("disk full")));
  EXPECT_TRUE(desk.words().empty());
  EXPECT_EQ(desk.events()[0].ticket_opened().personal_hash(), "");
}

TEST(DecideSubmitIssue, BringsATicketWithoutPromiseBackToMindAfterAWeek) {
  Desk desk;
  EXPECT_EQ(desk.Do(Submit(Question())),
            "09:00 anna TicketOpened personal_hash=# decision=question:RELAY:desk "
            "reminder_time=Nov 09 09:00");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "REMINDER Nov 09 09:00");
}

TEST(DecideSubmitIssue, RecordsPraiseAndClosesItAtOnce) {
  Desk desk;
  EXPECT_EQ(desk.Do(Submit(Praise())),
            "09:00 anna TicketOpened personal_hash=# decision=praise:RELAY:desk\n"
            "09:00 anna TicketClosed cause=RECORDED");
  EXPECT_EQ(Print(desk.ticket()), "CLOSED RELAY desk as RECORDED");
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "");
}

TEST(DecideSubmitIssue, RejectsWithoutPlaybook) {
  Desk desk;
  desk.SetPlaybook(nullptr);
  EXPECT_EQ(desk.Do(Submit(Complaint())),
            "PLAYBOOK_MISSING: This tenant has no playbook. Publish one first.");
}

TEST(DecideSubmitIssue, TakesAnIssueFromAClockThatIsFiveMinutesAheadAndNoMore) {
  Desk desk;
  v1::Issue issue = Complaint();
  *issue.mutable_occurred_time() = engine::ToTimestamp(At("09:05:00.000001"));
  EXPECT_EQ(desk.Do(Submit(issue)), "FIELD_INVALID: issue.occurred_time must not be in the future");
  *issue.mutable_occurred_time() = engine::ToTimestamp(At("09:05"));
  desk.Must(Submit(issue));
}

TEST(DecideSubmitIssue, FollowsUpAClosedTicketOnly) {
  Desk desk = DeskWithResolved();
  EXPECT_EQ(desk.Do(Submit(Following("7"))),
            "FIELD_INVALID: issue.follows must name a ticket that exists");
  EXPECT_EQ(desk.Do(Submit(Following("1"))),
            "FIELD_INVALID: issue.follows must name a closed ticket; reopen or join an open one");
  desk.Must(Confirm());
  EXPECT_EQ(desk.Do(Submit(Following("1"))),
            "10:00 anna TicketOpened personal_hash=# decision=rest:RELAY:desk "
            "first_answer_due=14:00 resolution_due=Nov 04 10:00 follows_id=1");
  EXPECT_EQ(desk.ticket(2).follows_id(), 1u);
}

TEST(JoiningIssues, JoinTheOpenTicketWithTheSameKeyWhateverItsState) {
  Desk desk;
  desk.Must(Submit(Keyed(ChargedTwice(), "order 1")));
  desk.Must(Pull("billing"));
  EXPECT_EQ(desk.At("09:05").Do(Submit(Keyed(Complaint("And again."), "order 1"))),
            "09:05 anna IssueJoined personal_hash=#");
  EXPECT_EQ(Print(desk.ticket()), "LEASED ANALYSIS billing held by anna");
  EXPECT_EQ(desk.ticket().issue_count(), 2u);
  desk.Must(Submit(Keyed(ChargedTwice(), "order 2")));
  EXPECT_EQ(desk.tickets(), 2u);
}

TEST(JoiningIssues, LetTimeCatchUpFirst) {
  Desk desk;
  desk.Must(Submit(Keyed(ChargedTwice(), "order 1")));
  EXPECT_EQ(desk.At("13:00:01").Do(Submit(Keyed(ChargedTwice(), "order 1"))),
            "13:00 timer PromiseMissed kind=FIRST_ANSWER due=13:00 department=billing\n"
            "13:00:01 anna IssueJoined personal_hash=#");
}

TEST(JoiningIssues, ReopenAResolvedTicket) {
  Desk desk;
  desk.Must(Submit(Keyed(Complaint(), "order 1"))).Must(Pull("desk"));
  desk.Must(Resolve(1));
  EXPECT_EQ(desk.At("10:00").Do(Submit(Keyed(Complaint("Again."), "order 1"))),
            "10:00 anna IssueJoined personal_hash=#\n"
            "10:00 anna TicketReopened cause=SAME_ISSUE\n"
            "10:00 anna TicketRouted decision=rest:RELAY:desk first_answer_due=14:00 "
            "resolution_due=Nov 04 10:00 level=RELAY department=desk");
  EXPECT_EQ(desk.ticket().reopens(), 1u);
}

TEST(JoiningIssues, ThatAskForNothingReopenNothing) {
  Desk desk;
  desk.Must(Submit(Keyed(Complaint(), "order 1"))).Must(Pull("desk"));
  desk.Must(Resolve(1));
  EXPECT_EQ(desk.At("10:00").Do(Submit(Keyed(Praise(), "order 1"))),
            "10:00 anna IssueJoined personal_hash=#");
  EXPECT_EQ(desk.ticket().issue_count(), 2u);
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "CONFIRMATION Nov 07 09:00");

  const auto quiet = MustCompile(
      absl::StrReplaceAll(ClockShopSource(), {{"issue.kind == PRAISE", "issue.kind == QUESTION"}}));
  desk.SetPlaybook(quiet.get());
  EXPECT_EQ(desk.At("10:30").Do(Submit(Keyed(Question(), "order 1"))),
            "10:30 anna IssueJoined personal_hash=#")
      << "its own route only records";
  EXPECT_EQ(desk.Do(Submit(Keyed(Praise(), "order 1"))), "10:30 anna IssueJoined personal_hash=#")
      << "thanks are thanks whatever the route";
}

TEST(JoiningIssues, OfAnAlertReopenAsFlapWhichIsNoHumanReopening) {
  Desk desk;
  desk.Must(Submit(AlertOf("disk full"))).Must(Pull("operations")).Must(Resolve(1));
  EXPECT_EQ(desk.At("10:00").Do(Submit(AlertOf("disk full"))),
            "10:00 anna IssueJoined\n"
            "10:00 anna TicketReopened cause=FLAP\n"
            "10:00 anna TicketRouted decision=alert:ANALYSIS:operations "
            "resolution_due=18:00 level=ANALYSIS department=operations");
  EXPECT_EQ(desk.ticket().cycle(), 1u);
  EXPECT_EQ(desk.ticket().reopens(), 0u);
}

TEST(JoiningIssues, OpenANewTicketOnceTheOldOneIsClosed) {
  Desk desk;
  desk.Must(Submit(Keyed(Complaint(), "order 1"))).Must(Pull("desk"));
  desk.Must(Resolve(1)).Must(Confirm());
  desk.Must(Submit(Keyed(Complaint(), "order 1")));
  EXPECT_EQ(desk.tickets(), 2u);
}

TEST(JoiningIssues, OpenANewTicketAfterTheConfirmationDeadlineAlsoWhenNobodyLooked) {
  Desk desk;
  desk.Must(Submit(Keyed(Complaint(), "order 1"))).Must(Pull("desk")).Must(Resolve(1));
  EXPECT_EQ(PrintDeadlines(desk.ticket()), "CONFIRMATION Nov 07 09:00");
  desk.At("Nov 07 09:00:00.000001").Must(Submit(Keyed(Complaint(), "order 1")));
  EXPECT_EQ(desk.tickets(), 2u);
  EXPECT_EQ(desk.Tick(), "Nov 07 09:00 timer TicketClosed cause=SILENCE");
}

TEST(JoiningIssues, OpenANewTicketWhenTheOldOneIsFull) {
  Desk desk;
  desk.Must(Submit(Keyed(Complaint(), "order 1")));
  desk.mutable_ticket().set_version(100'000);
  desk.Must(Submit(Keyed(Complaint(), "order 1")));
  EXPECT_EQ(desk.tickets(), 2u);
}

}  // namespace
}  // namespace redress::test
