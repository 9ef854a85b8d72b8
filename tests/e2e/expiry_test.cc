// What comes too late. The server runs in this process, so that the test owns its clock.
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "services/clock.h"
#include "services/grpc/daemon.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

// The system's clock, set ahead as told.
class AheadClock final : public services::Clock {
 public:
  absl::Time Now() const override { return absl::Now() + absl::Seconds(ahead_seconds_.load()); }
  void Advance(absl::Duration span) { ahead_seconds_ += absl::ToInt64Seconds(span); }

 private:
  std::atomic<int64_t> ahead_seconds_ = 0;
};

class ExpiryTest : public testing::Test {
 protected:
  void SetUp() override {
    services::DaemonOptions options;
    options.data_directory = scratch_.Path("data");
    options.server.address = "127.0.0.1:0";
    options.playbook_file = WriteStarterPlaybook();
    options.clock = &clock_;
    auto daemon = services::Daemon::Start(options);
    ASSERT_TRUE(daemon.ok()) << daemon.status().ToString();
    daemon_ = *std::move(daemon);
    desk_ = std::make_unique<Desk>(daemon_->port());
    desk_->SetNoDeadlines();
  }
  void TearDown() override {
    EXPECT_EQ(desk_->Verify(), "clean");
    desk_.reset();
    daemon_->Shutdown(absl::Seconds(1));
  }
  std::string WriteStarterPlaybook() {
    const std::string path = scratch_.Path("starter.yaml");
    std::ofstream(path) << StarterPlaybook();
    return path;
  }

  const ScratchDirectory scratch_;
  AheadClock clock_;
  std::unique_ptr<services::Daemon> daemon_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(ExpiryTest, AnExpiredLeaseIsLostAndTheTicketBackInItsQueue) {
  desk_->Submit("I have a complaint");
  const v1::Ticket leased = desk_->Pull("service_desk");
  clock_.Advance(absl::Minutes(16));
  EXPECT_EQ(desk_->Try(&Tickets::AcceptTicket, About<v1::AcceptTicketRequest>(leased)),
            "ABORTED LEASE_LOST");
  auto answer = About<v1::AnswerTicketRequest>(leased);
  answer.set_text("Too late.");
  EXPECT_EQ(desk_->Try(&Tickets::AnswerTicket, answer), "ABORTED LEASE_LOST");
  auto resolve = About<v1::ResolveTicketRequest>(leased);
  *resolve.mutable_resolution() = Solved();
  EXPECT_EQ(desk_->Try(&Tickets::ResolveTicket, resolve), "ABORTED LEASE_LOST");
  v1::PullTicketsRequest pull;
  pull.set_request_id(NewRequestId());
  pull.set_department("service_desk");
  pull.mutable_wait()->set_seconds(30);
  const v1::PullTicketsResponse pulled = desk_->Must(&Queue::PullTickets, pull);
  ASSERT_EQ(pulled.tickets_size(), 1);
  EXPECT_EQ(pulled.tickets(0).hold().lease_token(), 2u);
}

TEST_F(ExpiryTest, ADisputeAfterTheWindowIsRefusedAndANewIssueMayFollow) {
  const v1::Ticket ticket = desk_->Resolve(desk_->Take("I have a complaint"));
  desk_->Must(&Customers::ConfirmResolution, About<v1::ConfirmResolutionRequest>(ticket));
  clock_.Advance(absl::Hours(24 * 31));
  auto dispute = About<v1::DisputeResolutionRequest>(ticket);
  dispute.set_comment("Again.");
  EXPECT_EQ(desk_->Try(&Customers::DisputeResolution, dispute),
            "FAILED_PRECONDITION REOPEN_WINDOW_PASSED");
  EXPECT_EQ(desk_->Read(ticket).state(), v1::TICKET_STATE_CLOSED);
  v1::Issue issue = Complaint("Again.");
  issue.set_follows(ticket.reference());
  EXPECT_EQ(desk_->Submit(issue).follows_id(), ticket.id());
}

TEST_F(ExpiryTest, SilenceClosesAtItsTrueInstant) {
  const v1::Ticket ticket = desk_->Resolve(desk_->Take("I have a complaint"));
  clock_.Advance(absl::Hours(24 * 8));
  v1::ListTicketsRequest closed;
  closed.mutable_filter()->add_states(v1::TICKET_STATE_CLOSED);
  v1::ListTicketsResponse page;
  while (page.tickets_size() == 0) page = desk_->Must(&Tickets::ListTickets, closed);
  EXPECT_EQ(page.tickets(0).close_cause(), v1::CLOSE_CAUSE_SILENCE);
  EXPECT_EQ(page.tickets(0).close_time().seconds(),
            ticket.resolve_time().seconds() + 7 * 24 * 3600);
}

TEST_F(ExpiryTest, AnImportedFactAfterTheHistorySettledIsRefused) {
  v1::ImportHistoryRequest opened;
  opened.set_request_id(NewRequestId());
  opened.set_external_id("case-1");
  opened.mutable_time()->set_seconds(1000);
  *opened.mutable_opened()->mutable_issue() = Complaint("It broke.");
  v1::ImportHistoryRequest answered;
  answered.set_request_id(NewRequestId());
  answered.set_external_id("case-1");
  answered.mutable_time()->set_seconds(2000);
  answered.mutable_answered();
  const auto import = [&](const v1::ImportHistoryRequest& fact) {
    const auto context = desk_->Context();
    const auto stream = desk_->StubOf<Intake>().ImportHistory(context.get());
    stream->Write(fact);
    stream->WritesDone();
    v1::ImportHistoryResponse response;
    EXPECT_TRUE(stream->Read(&response));
    EXPECT_EQ(Describe(stream->Finish()), "OK");
    return response.has_error() ? Describe(response.error()) : "taken";
  };
  EXPECT_EQ(import(opened), "taken");
  clock_.Advance(absl::Hours(25));
  v1::ListTicketsRequest live;
  live.mutable_filter()->set_external_id("case-1");
  while (desk_->Must(&Tickets::ListTickets, live).tickets(0).provenance() !=
         v1::PROVENANCE_LIVE)
    continue;
  EXPECT_EQ(import(answered), "FAILED_PRECONDITION IMPORT_SETTLED");
}

}  // namespace
}  // namespace redress::test
