// The loop over the wire: what an issue goes through until its customer has an answer that holds.

#include <gmock/gmock.h>
#include <grpcpp/completion_queue.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using LoopTest = ServerTest;

// What happened to the ticket, one word for each event.
std::string HistoryOf(const Desk& desk, const v1::Ticket& ticket) {
  std::vector<std::string> facts;
  const auto response = desk.Must(&Tickets::ListEvents, About<v1::ListEventsRequest>(ticket));
  for (const v1::RecordedEvent& recorded : response.events()) {
    const v1::Event& event = recorded.event();
    const auto* oneof = event.GetDescriptor()->FindOneofByName("fact");
    facts.push_back(event.GetReflection()->GetOneofFieldDescriptor(event, oneof)->name());
  }
  return absl::StrJoin(facts, " ");
}

v1::CustomerView ViewOf(const Desk& desk, const v1::Ticket& ticket) {
  return desk.Must(&Customers::GetView, About<v1::GetViewRequest>(ticket)).view();
}

v1::DisputeResolutionRequest Dispute(const v1::Ticket& ticket) {
  auto request = About<v1::DisputeResolutionRequest>(ticket);
  request.set_comment("It happened again.");
  return request;
}

// A pull that waits on the server while this thread goes on.
class WaitingPull {
 public:
  WaitingPull(const Desk& desk, const std::string& department) : context_(desk.Context()) {
    v1::PullTicketsRequest request;
    request.set_request_id(NewRequestId());
    request.set_department(department);
    request.mutable_wait()->set_seconds(60);  // beyond the call's own deadline
    reader_ = desk.StubOf<Queue>().AsyncPullTickets(context_.get(), request, &queue_);
    reader_->Finish(&response_, &status_, this);
  }
  // Waits for its end.
  std::string Result() {
    void* tag = nullptr;
    bool is_ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &is_ok));
    return Describe(status_);
  }
  const v1::PullTicketsResponse& response() const { return response_; }

 private:
  const std::unique_ptr<grpc::ClientContext> context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::PullTicketsResponse>> reader_;
  v1::PullTicketsResponse response_;
  grpc::Status status_;
};

TEST_F(LoopTest, TakesInABatchWithAResultForEach) {
  v1::BatchSubmitIssuesRequest batch;
  for (const char* text : {"one", "two", "three"}) *batch.add_requests() = Submission(text);
  batch.mutable_requests(1)->mutable_issue()->clear_channel();
  const auto results = desk().Must(&Intake::BatchSubmitIssues, batch).results();
  ASSERT_EQ(results.size(), 3);
  EXPECT_EQ(results[0].response().ticket().id(), 1u);
  EXPECT_EQ(Describe(results[1].error()), "INVALID_ARGUMENT FIELD_INVALID issue.channel");
  EXPECT_EQ(results[2].response().ticket().id(), 2u);
  EXPECT_EQ(desk().ListAll().size(), 2u);
}

TEST_F(LoopTest, TakesInAStreamWithAReplyForEach) {
  constexpr uint64_t kIssues = 20;
  const auto context = desk().Context();
  const auto stream = desk().StubOf<Intake>().StreamIssues(context.get());
  for (uint64_t i = 0; i < kIssues; ++i) {
    v1::StreamIssuesRequest request;
    *request.mutable_request() = Submission(absl::StrCat("number ", i));
    request.mutable_request()->set_view(v1::TICKET_VIEW_BASIC);
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  uint64_t replies = 0;
  for (v1::StreamIssuesResponse response; stream->Read(&response); ++replies) {
    const v1::Ticket& ticket = response.result().response().ticket();
    EXPECT_EQ(ticket.id(), response.index() + 1);
    EXPECT_FALSE(ticket.has_decision());
  }
  EXPECT_EQ(Describe(stream->Finish()), "OK");
  EXPECT_EQ(replies, kIssues);
  EXPECT_EQ(desk().ListAll().size(), kIssues);
}

// What the basic view shows of a ticket.
v1::Ticket Basic(const v1::Ticket& ticket) {
  v1::Ticket basic;
  basic.set_id(ticket.id());
  basic.set_reference(ticket.reference());
  basic.set_etag(ticket.etag());
  basic.set_version(ticket.version());
  basic.set_state(ticket.state());
  basic.set_level(ticket.level());
  basic.set_department(ticket.department());
  *basic.mutable_promises()->mutable_first_answer_due() = ticket.promises().first_answer_due();
  *basic.mutable_promises()->mutable_resolution_due() = ticket.promises().resolution_due();
  return basic;
}

TEST_F(LoopTest, ShowsAsMuchOfTheTicketAsTheViewAsksFor) {
  v1::BatchSubmitIssuesRequest batch;
  for (const v1::TicketView view : {v1::TICKET_VIEW_UNSPECIFIED, v1::TICKET_VIEW_FULL,
                                    v1::TICKET_VIEW_BASIC}) {
    *batch.add_requests() = Submission("I was charged twice");
    batch.mutable_requests()->rbegin()->set_view(view);
  }
  const auto results = desk().Must(&Intake::BatchSubmitIssues, batch).results();
  ASSERT_EQ(results.size(), 3);
  for (const auto& result : results)
    EXPECT_EQ(result.response().receipt().event_hash().size(), 32u);
  const auto shown = [&](int i) { return results[i].response().ticket().DebugString(); };
  const auto stored = [&](int i) { return desk().Read(results[i].response().ticket()); };
  EXPECT_EQ(shown(0), stored(0).DebugString());
  EXPECT_EQ(shown(1), stored(1).DebugString());
  EXPECT_EQ(shown(2), Basic(stored(2)).DebugString());
  EXPECT_TRUE(stored(2).promises().has_first_answer_due());

  const auto again = desk().Must(&Intake::SubmitIssue, batch.requests(2));
  EXPECT_EQ(again.DebugString(), results[2].response().DebugString());
  v1::SubmitIssueRequest other = batch.requests(2);
  other.set_view(v1::TICKET_VIEW_FULL);
  EXPECT_EQ(desk().Try(&Intake::SubmitIssue, other), "ALREADY_EXISTS REQUEST_ID_REUSED");
}

TEST_F(LoopTest, GoesFromTheFirstWordToTheCustomersYes) {
  v1::Ticket ticket = desk().Submit("I have a complaint about something", "c-1");
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_QUEUED);
  EXPECT_EQ(ticket.department(), "service_desk");
  ticket = desk().Pull("service_desk");
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_LEASED);
  EXPECT_EQ(ticket.hold().lease_token(), 1u);
  ticket = desk().Accept(ticket);
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_ACCEPTED);

  auto answer = About<v1::AnswerTicketRequest>(ticket);
  answer.set_text("We are looking into it.");
  ticket = desk().Must(&Tickets::AnswerTicket, answer).ticket();
  EXPECT_EQ(ticket.promises().first_answer_state(), v1::PROMISE_STATE_MET);
  auto pause = About<v1::PauseTicketRequest>(ticket);
  pause.set_reason(v1::PAUSE_REASON_CUSTOMER_INFO);
  pause.set_note("A photo of the receipt.");
  ticket = desk().Must(&Tickets::PauseTicket, pause).ticket();
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_PAUSED);
  EXPECT_EQ(ViewOf(desk(), ticket).stage(), v1::CUSTOMER_STAGE_WAITING_FOR_YOU);
  ticket = desk().Must(&Tickets::ResumeTicket, About<v1::ResumeTicketRequest>(ticket)).ticket();
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_ACCEPTED);

  ticket = desk().Resolve(ticket);
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_RESOLVED);
  EXPECT_TRUE(ViewOf(desk(), ticket).can_confirm());
  const v1::CustomerView view =
      desk()
          .Must(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(ticket))
          .view();
  EXPECT_EQ(view.stage(), v1::CUSTOMER_STAGE_DONE);
  EXPECT_THAT(view.answers(), ElementsAre("We are looking into it.", "It is put right."));
  ticket = desk().Read(ticket);
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_CLOSED);
  EXPECT_EQ(ticket.close_cause(), v1::CLOSE_CAUSE_CONFIRMED);
  EXPECT_EQ(HistoryOf(desk(), ticket),
            "ticket_opened ticket_leased ticket_accepted ticket_answered ticket_paused "
            "ticket_resumed ticket_resolved ticket_closed");
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(LoopTest, MovesBetweenDepartmentsAndLevels) {
  v1::Ticket ticket = desk().Take("I have a complaint about something");
  auto transfer = About<v1::TransferTicketRequest>(ticket);
  transfer.set_to_department("logistics");
  transfer.set_reason(v1::TRANSFER_REASON_WRONG_OWNER);
  transfer.set_note("It is about a parcel.");
  ticket = desk().Must(&Tickets::TransferTicket, transfer).ticket();
  EXPECT_EQ(ticket.department(), "logistics");
  EXPECT_EQ(ticket.transfers(), 1u);

  auto escalate = About<v1::EscalateTicketRequest>(desk().Pull("logistics"));
  escalate.set_reason("It needs the cause.");
  ticket = desk().Must(&Tickets::EscalateTicket, escalate).ticket();
  EXPECT_EQ(ticket.level(), v1::LEVEL_ANALYSIS);
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_QUEUED);

  ticket = desk().Accept(desk().Pull("logistics"));
  auto resolve = About<v1::ResolveTicketRequest>(ticket);
  *resolve.mutable_resolution() = Solved();
  EXPECT_EQ(desk().Try(&Tickets::ResolveTicket, resolve),
            "INVALID_ARGUMENT FIELD_INVALID resolution.root_cause,resolution.prevention");
  auto deescalate = About<v1::DeescalateTicketRequest>(ticket);
  deescalate.set_reason("The cause is known.");
  deescalate.set_to_department("service_desk");
  ticket = desk().Must(&Tickets::DeescalateTicket, deescalate).ticket();
  EXPECT_EQ(ticket.level(), v1::LEVEL_ANALYSIS);
  EXPECT_EQ(ticket.offer().to_department(), "service_desk");
  auto take = About<v1::AnswerLevelOfferRequest>(ticket);
  take.set_accept(true);
  EXPECT_EQ(desk().Try(&Tickets::AnswerLevelOffer, take), "INVALID_ARGUMENT FIELD_INVALID accept");
  EXPECT_EQ(desk().Resolve(ticket, SolvedForGood()).state(), v1::TICKET_STATE_RESOLVED);
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(LoopTest, ResolvesAnAnalysisWithItsCauseAndPrevention) {
  const v1::Ticket ticket = desk().Take("I was charged twice");
  EXPECT_EQ(ticket.level(), v1::LEVEL_ANALYSIS);
  EXPECT_EQ(desk().Resolve(ticket, SolvedForGood()).state(), v1::TICKET_STATE_RESOLVED);
}

TEST_F(LoopTest, OpensAgainWhenTheAnswerDoesNotHoldAndRisesWhenItFailsTwice) {
  v1::Ticket ticket = desk().Resolve(desk().Take("I have a complaint", "c-1"));
  desk().Must(&Customers::DisputeResolution, Dispute(ticket));
  ticket = desk().Read(ticket);
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_QUEUED);
  EXPECT_EQ(ticket.reopens(), 1u);

  ticket = desk().Resolve(desk().Accept(desk().Pull("service_desk")));
  auto close = About<v1::CloseTicketRequest>(ticket);
  close.set_cause(v1::CLOSE_CAUSE_CONFIRMED);
  close.set_note("She said so on the phone.");
  ticket = desk().Must(&Tickets::CloseTicket, close).ticket();
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_CLOSED);
  auto reopen = About<v1::ReopenTicketRequest>(ticket);
  reopen.set_cause(v1::REOPEN_CAUSE_SAME_ISSUE);
  reopen.set_note("She called again.");
  ticket = desk().Must(&Tickets::ReopenTicket, reopen).ticket();
  EXPECT_EQ(ticket.state(), v1::TICKET_STATE_QUEUED);
  EXPECT_EQ(ticket.level(), v1::LEVEL_INITIATIVE);
  EXPECT_EQ(ticket.department(), "executive_office");
  EXPECT_EQ(ticket.reopens(), 2u);
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(LoopTest, ShowsTheCustomerNeitherNotesNorNames) {
  const v1::Ticket ticket = desk().Take("I have a complaint", "c-1");
  auto note = About<v1::AddNoteRequest>(ticket);
  note.set_text("He shouted.");
  desk().Must(&Tickets::AddNote, note);
  const std::string view = ViewOf(desk(), ticket).ShortDebugString();
  EXPECT_THAT(view, HasSubstr(ticket.reference()));
  EXPECT_THAT(view, Not(HasSubstr("shouted")));
  EXPECT_THAT(view, Not(HasSubstr(ticket.hold().handler())));
  EXPECT_THAT(view, Not(HasSubstr("service_desk")));
}

TEST_F(LoopTest, JoinsIssuesWithTheSameKeyWhileTheirTicketIsOpen) {
  v1::Issue issue = Complaint("The lift is stuck");
  issue.set_key("lift-7");
  const v1::Ticket ticket = desk().Submit(issue);
  const auto second = desk().Must(&Intake::SubmitIssue, Submission(issue));
  EXPECT_TRUE(second.joined());
  EXPECT_EQ(second.ticket().id(), ticket.id());
  EXPECT_EQ(second.ticket().issue_count(), 2u);
  desk().Must(&Customers::ConfirmResolution,
              About<v1::ConfirmResolutionRequest>(desk().Resolve(desk().Pull("service_desk"))));
  EXPECT_NE(desk().Submit(issue).id(), ticket.id());
}

TEST_F(LoopTest, ReturnsAndExtendsLeases) {
  desk().Submit("I have a complaint");
  v1::Ticket ticket = desk().Pull("service_desk");
  auto extend = About<v1::ExtendLeaseRequest>(ticket);
  extend.mutable_lease()->set_seconds(3600);
  const v1::Ticket extended = desk().Must(&Queue::ExtendLease, extend).ticket();
  EXPECT_GT(extended.hold().lease_expire_time().seconds(),
            ticket.hold().lease_expire_time().seconds());
  auto give_back = About<v1::ReturnTicketRequest>(extended);
  give_back.set_reason("My shift is over.");
  EXPECT_EQ(desk().Must(&Queue::ReturnTicket, give_back).ticket().state(),
            v1::TICKET_STATE_QUEUED);
  EXPECT_EQ(desk().Pull("service_desk").hold().lease_token(), 2u);
}

TEST_F(LoopTest, AnswersARepeatedRequestAsTheFirstTimeAlsoAfterARestart) {
  const v1::SubmitIssueRequest request = Submission("I have a complaint");
  const std::string first = desk().Must(&Intake::SubmitIssue, request).ShortDebugString();
  desk().Resolve(desk().Pull("service_desk"));
  EXPECT_EQ(desk().Must(&Intake::SubmitIssue, request).ShortDebugString(), first);
  ASSERT_NO_FATAL_FAILURE(Restart());
  EXPECT_EQ(desk().Must(&Intake::SubmitIssue, request).ShortDebugString(), first);
  EXPECT_EQ(desk().ListAll().size(), 1u);
}

TEST_F(LoopTest, WakesAWaitingPullWhenAnIssueComes) {
  WaitingPull pull(desk(), "service_desk");
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  EXPECT_EQ(pull.Result(), "OK");
  ASSERT_EQ(pull.response().tickets_size(), 1);
  EXPECT_EQ(pull.response().tickets(0).id(), ticket.id());
}

TEST_F(LoopTest, AnswersAPullOfAnEmptyQueueAtOnceUnlessToldToWait) {
  v1::PullTicketsRequest request;
  request.set_request_id(NewRequestId());
  request.set_department("service_desk");
  EXPECT_THAT(desk().Must(&Queue::PullTickets, request).tickets(), IsEmpty());
}

TEST_F(LoopTest, TellsWatchersWhenAQueueGrowsAndWhenItShrinks) {
  v1::WatchQueueRequest request;
  request.set_department("service_desk");
  const auto context = desk().Context();
  const auto stream = desk().StubOf<Queue>().WatchQueue(context.get(), request);
  v1::WatchQueueResponse seen;
  const auto wait_for = [&](int length) {
    while (stream->Read(&seen))
      if (seen.length() == length) return true;
    return false;
  };
  ASSERT_TRUE(wait_for(0));
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(seen.head(0).reference(), ticket.reference());
  desk().Pull("service_desk");
  EXPECT_TRUE(wait_for(0));
  context->TryCancel();
  stream->Finish();
}

TEST_F(LoopTest, DrainsOnSigterm) {
  WaitingPull pull(desk(), "billing");
  const v1::Ticket ticket = desk().Submit("I have a complaint");
  server_.Terminate();
  EXPECT_THAT(pull.Result(), AnyOf("UNAVAILABLE SERVER_DRAINING", "UNAVAILABLE DRAINING"));
  desk_.reset();
  EXPECT_EQ(server_.Wait(), 0);
  EXPECT_THAT(server_.log(), HasSubstr("draining"));
  EXPECT_THAT(server_.log(), HasSubstr("stopped"));
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(desk().Read(ticket).ShortDebugString(), ticket.ShortDebugString());
}

}  // namespace
}  // namespace redress::test
