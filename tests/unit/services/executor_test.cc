// executor.cc where all goes well: one writer, group commits, replies that can be asked for again.
#include "services/executor.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

TEST(Executor, TakesAnIssueFromSubmittingToConfirming) {
  Office office;
  EXPECT_EQ(office.Say(Submit(ChargedTwice())), "T1 QUEUED ANALYSIS billing");
  EXPECT_EQ(office.Say(Pull("billing")), "T1 LEASED ANALYSIS billing held by anna");
  EXPECT_EQ(office.Say(Accept(1)), "T1 ACCEPTED ANALYSIS billing held by anna");
  EXPECT_EQ(office.Say(Resolve()), "T1 RESOLVED ANALYSIS billing");
  EXPECT_EQ(office.Say(Customer("c1"), Confirm("Thank you!")),
            "T1 CLOSED ANALYSIS billing as CONFIRMED");
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Executor, AnswersWithTheReceiptOfTheLastEvent) {
  Office office;
  const services::Outcome outcome = office.Do(Submit(Praise()));
  EXPECT_EQ(outcome.receipt.position().commit(), 2u) << "the playbook was the first";
  EXPECT_EQ(outcome.receipt.position().index(), 1u) << "opened, then closed";
  EXPECT_EQ(outcome.receipt.event_hash().size(), 32u);
  EXPECT_EQ(Print(outcome.receipt.time()), "09:00");
  EXPECT_EQ(outcome.tickets[0].first_event().index(), 0u);
  EXPECT_EQ(outcome.tickets[0].last_event().index(), 1u);
}

TEST(Executor, FindsTicketsByReferenceToo) {
  Office office;
  const std::string reference = office.Do(Submit(Complaint())).tickets[0].reference();
  office.Must(With(Note(), "ticket", reference));
}

TEST(Executor, PullsInTheOrderOfPromiseThenSeverityThenAge) {
  Office office;
  v1::Issue grave = Complaint();
  grave.set_severity(v1::SEVERITY_HIGH);
  office.Must(Submit(Question()));   // due in a week
  office.Must(Submit(Complaint()));  // due at 13:00
  office.Must(Submit(grave));        // due at 13:00 too, but graver
  office.At("08:59").Must(Submit(Complaint()));
  EXPECT_EQ(office.Say(Pull("desk", 10)),
            "T3 LEASED RELAY desk held by anna\nT2 LEASED RELAY desk held by anna\n"
            "T4 LEASED RELAY desk held by anna\nT1 LEASED RELAY desk held by anna");
}

TEST(Executor, PullsTheLevelsFromRelayUpwards) {
  Office office;
  office.Must(Submit(Complaint())).Must(Owner("olga"), Escalate()).Must(Submit(Question()));
  EXPECT_EQ(office.Say(Pull("desk", 2)),
            "T2 LEASED RELAY desk held by anna\nT1 LEASED ANALYSIS desk held by anna");
  EXPECT_EQ(office.Say(Pull("desk", 2)), "");
}

TEST(Executor, JoinsIssuesOfTheSameKey) {
  Office office;
  office.Must(Submit(Keyed(Complaint(), "order 1")));
  const services::Outcome outcome = office.Do(Submit(Keyed(Complaint(), "order 1")));
  EXPECT_TRUE(outcome.joined);
  EXPECT_EQ(outcome.tickets[0].id(), 1u);
}

TEST(Executor, RefusesWhatIsMalformedAtOnce) {
  Office office;
  office.Send(Submit(Complaint("")));
  ASSERT_EQ(office.answers().size(), 1u);
  EXPECT_EQ(Print(office.answers()[0]),
            "FIELD_INVALID: issue.text is required unless the kind is SCORE or ALERT");
  EXPECT_EQ(office.executor().waiting(), 0u);
}

TEST(Executor, WritesNothingForARefusal) {
  Office office;
  const uint64_t before = office.ReadHead().commit();
  EXPECT_EQ(office.Say(Note()),
            "TICKET_NOT_FOUND: There is no ticket \"1\". Give its id or its reference.");
  EXPECT_EQ(office.ReadHead().commit(), before);
}

TEST(Executor, CommitsAllThatWaitsAtOnce) {
  Office office;
  const uint64_t before = office.commits();
  for (int i = 0; i < 512; ++i) office.Send(Submit(Complaint()));
  EXPECT_EQ(office.RunBatch(), 512u);
  EXPECT_EQ(office.commits() - before, 1u);
  EXPECT_EQ(office.ReadHead().commit(), 2u);
  EXPECT_EQ(office.ReadTicket(512).first_event().index(), 511u);
}

TEST(Executor, LeavesWhatIsTooMuchForTheNextBatch) {
  Office office;
  for (int i = 0; i < 513; ++i) office.Send(Submit(Complaint()));
  EXPECT_EQ(office.RunBatch(), 512u);
  EXPECT_EQ(office.RunBatch(), 1u);
  EXPECT_EQ(office.RunBatch(), 0u);
  EXPECT_EQ(office.answers().size(), 513u);
}

TEST(Executor, EndsABatchWhenItsEventsAreManyBytes) {
  Office office;
  v1::Issue heavy = Complaint();
  for (int i = 0; i < 32; ++i) {
    v1::Attribute& attribute = *heavy.add_attributes();
    attribute.set_name(absl::StrCat("name ", i));
    attribute.set_value(std::string(512, 'x'));
  }
  for (int i = 0; i < 100; ++i) office.Send(Submit(heavy));
  const size_t first = office.RunBatch();
  EXPECT_LT(first, 100u);
  EXPECT_GT(first, 50u);
  EXPECT_EQ(office.RunBatch(), 100 - first);
  for (size_t i = 0; i < 100; ++i) EXPECT_EQ(office.answers()[i].tickets.at(0).id(), i + 1);
}

TEST(Executor, EndsABatchThatTakesLong) {
  Office office;
  for (int i = 0; i < 100; ++i) office.Send(Submit(Complaint()));
  office.SlowDown(services::kBatchTimeMax / 5);
  const uint64_t before = office.commits();
  EXPECT_EQ(office.RunBatch(), 6u);
  office.SlowDown(services::kBatchTimeMax * 2);
  EXPECT_EQ(office.RunBatch(), 1u);
  office.SlowDown(absl::ZeroDuration());
  office.Send(Submit(Complaint()));
  EXPECT_EQ(office.RunBatch(), 93u);
  EXPECT_EQ(office.RunBatch(), 1u);
  EXPECT_EQ(office.commits() - before, 4u);
  for (size_t i = 0; i < 101; ++i) EXPECT_EQ(office.answers()[i].tickets.at(0).id(), i + 1);
  EXPECT_EQ(office.Verify(), "clean");
}

TEST(Executor, LetsCommandsOfABatchSeeEachOther) {
  Office office;
  office.Must(Submit(Complaint()));
  office.Send(Pull("desk"));
  office.Send(Pull("desk"));
  office.Send(Accept(1));
  office.RunBatch();
  EXPECT_EQ(Print(office.answers()[0]), "T1 LEASED RELAY desk held by anna");
  EXPECT_EQ(Print(office.answers()[1]), "");
  EXPECT_EQ(Print(office.answers()[2]), "T1 ACCEPTED RELAY desk held by anna");
}

TEST(Executor, AnswersAPulledTicketAsTheLaterCommandOfItsBatchDidNotSeeIt) {
  Office office;
  office.Must(Submit(Complaint()));
  office.Send(Pull("desk"));
  office.Send(Resolve(1));
  office.RunBatch();
  EXPECT_EQ(office.answers()[0].tickets[0].version(), 2u);
  EXPECT_EQ(office.answers()[1].tickets[0].version(), 3u);
}

TEST(Executor, DoesNotBeginWhatNobodyWaitsForAnyMore) {
  Office office;
  office.Send(Submit(Complaint()), At("09:00:01"));
  office.Send(Submit(Complaint()), At("09:00:02"));
  office.At("09:00:02").RunBatch();
  EXPECT_EQ(Print(office.answers()[0]),
            "DEADLINE_PASSED: The call's deadline passed while it waited.");
  EXPECT_EQ(Print(office.answers()[1]), "T1 QUEUED RELAY desk");
}

TEST(Executor, NeverLetsALedgersTimeGoBack) {
  Office office;
  office.At("10:00").Must(Submit(Complaint()));
  office.At("09:00").Must(Submit(Complaint()));
  EXPECT_EQ(Print(office.ReadTicket(2).create_time()), "10:00");
}

TEST(Executor, HintsAtQueuesThatMayHaveGrown) {
  Office office;
  int hints = 0;
  office.hub().Subscribe("acme", "billing", services::QueueHub::Wants::kWork,
                         [&hints] { ++hints; });
  office.Must(Submit(Complaint()));
  EXPECT_EQ(hints, 0);
  office.Must(Submit(ChargedTwice()));
  EXPECT_EQ(hints, 1);
  office.Must(Pull("billing"));
  EXPECT_EQ(hints, 1);
}

TEST(Executor, RefusesWhenTooMuchWaits) {
  Office office;
  constexpr size_t kShareOfOne = services::kExecutorSlotsMax / 3;
  for (size_t i = 0; i <= kShareOfOne; ++i) office.Send(Submit(Complaint()));
  ASSERT_EQ(office.answers().size(), 1u);
  EXPECT_EQ(Print(office.answers()[0]),
            "QUEUE_FULL: Too much waits already. Try again after the retry delay.");
  EXPECT_TRUE(office.answers()[0].failure->retry_delay.has_value());
  EXPECT_EQ(office.executor().waiting(), kShareOfOne);
}

TEST(Executor, DoesWhatStillWaitsWhenItStopsAndRefusesTheRest) {
  Office office;
  office.Send(Submit(Complaint()));
  office.executor().Stop();
  office.Send(Submit(Complaint()));
  ASSERT_EQ(office.answers().size(), 1u);
  EXPECT_EQ(Print(office.answers()[0]),
            "SERVER_DRAINING: the server is closing; call again, another will answer");
  EXPECT_EQ(office.answers()[0].failure->retry_delay, absl::Seconds(1));
  office.executor().Run();
  EXPECT_EQ(Print(office.answers()[1]), "T1 QUEUED RELAY desk");
}

TEST(Repeating, GivesTheFirstReplyAgainWhateverHappenedSince) {
  Office office;
  const v1::Command submit = With(Submit(Keyed(Complaint(), "k")), "request_id", "a");
  const v1::Command pull = With(Pull("desk"), "request_id", "b");
  const services::Outcome submitted = office.Do(submit);
  const services::Outcome pulled = office.Do(pull);
  office.Must(Resolve(1)).Must(Confirm());
  const uint64_t commits = office.ReadHead().commit();
  for (const auto& [command, first] : {std::pair(submit, submitted), std::pair(pull, pulled)}) {
    const services::Outcome again = office.Do(command);
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.joined, first.joined);
    EXPECT_EQ(again.receipt.DebugString(), first.receipt.DebugString());
    ASSERT_EQ(again.tickets.size(), 1u);
    EXPECT_EQ(again.tickets[0].DebugString(), first.tickets[0].DebugString());
  }
  EXPECT_EQ(office.ReadHead().commit(), commits);
}

TEST(Repeating, WorksWithinABatch) {
  Office office;
  office.Send(With(Submit(Complaint()), "request_id", "a"));
  office.Send(With(Submit(Complaint()), "request_id", "a"));
  office.RunBatch();
  EXPECT_FALSE(office.answers()[0].repeated);
  EXPECT_TRUE(office.answers()[1].repeated);
  EXPECT_EQ(office.ReadHead().last_ticket_id(), 1u);
}

TEST(Repeating, GivesAPlaybooksVersionAgain) {
  Office office;
  const v1::Command publish = With(Publish(ShopSource()), "request_id", "p");
  EXPECT_EQ(office.Do(publish).playbook_version, 2u);
  office.Must(Publish(ShopSource()));
  EXPECT_EQ(office.Do(publish).playbook_version, 2u);
}

TEST(Repeating, RefusesOtherContentUnderTheSameId) {
  Office office;
  const std::string reused =
      "REQUEST_ID_REUSED: This request id was used for another request. Use a new one for each "
      "request.";
  office.Must(With(Submit(Complaint()), "request_id", "a"));
  EXPECT_EQ(office.Say(With(Submit(Complaint("Else.")), "request_id", "a")), reused);
  EXPECT_EQ(office.Say(With(Note(), "request_id", "a")), reused);
  EXPECT_EQ(office.Say(Agent("ben"), With(Submit(Complaint()), "request_id", "a")), reused);
}

TEST(Repeating, AsksAgainWhereTheFirstTimeFoundNothing) {
  Office office;
  const v1::Command pull = With(Pull("desk"), "request_id", "a");
  EXPECT_EQ(office.Say(pull), "");
  office.Must(Submit(Complaint()));
  EXPECT_EQ(office.Say(pull), "T1 LEASED RELAY desk held by anna");
}

TEST(Repeating, AsksAgainAfterARefusal) {
  Office office;
  const v1::Command note = With(Note(), "request_id", "a");
  office.Do(note);
  office.Must(Submit(Complaint()));
  EXPECT_EQ(office.Say(note), "T1 QUEUED RELAY desk");
}

TEST(Repeating, IsRememberedForAWeekAtLeast) {
  Office office;
  const v1::Command submit = With(Submit(Complaint()), "request_id", "a");
  office.Must(submit);
  EXPECT_TRUE(office.At("Nov 09 09:00").Do(submit).repeated);
  EXPECT_FALSE(office.At("Nov 23 09:00").Do(submit).repeated);
}

}  // namespace
}  // namespace redress::test
