// SIGKILL under load, again and again: what was acknowledged is there, once; what was not is there
// once or not at all.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cinttypes>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/e2e/expected_tickets.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

constexpr int kKills = 40;
constexpr int kClients = 6;
// How many acknowledgements come before the next kill, at most.
constexpr int kAcknowledgementsMax = 400;
constexpr int kBatchMax = 8;
// Of these kills, one hits a server that is still starting.
constexpr int kKillsPerEarlyOne = 8;
// Requests that are repeated after each restart.
constexpr int kRepeats = 50;

// A run is repeated with the seed that it printed in REDRESS_SEED.
uint64_t Seed() {
  uint64_t seed = 0;
  const char* given = getenv("REDRESS_SEED");
  if (given == nullptr || !absl::SimpleAtoi(given, &seed)) seed = std::random_device()();
  std::printf("REDRESS_SEED=%" PRIu64 "\n", seed);
  return seed;
}

// One client's work until the server is gone. Every step answers false then.
class Client {
 public:
  Client(int port, uint64_t seed, ExpectedTickets& expected)
      : desk_(port), random_(seed), expected_(expected) {}

  void Work() {
    while (Step()) continue;
    expected_.Leave();
  }

 private:
  bool Step() {
    switch (random_() % 10) {
      case 0: return Repeat();
      case 1: return SubmitBatch();
      case 2:
      case 3: return PullAndResolve();
      default: return Submit(expected_.NewSubmission());
    }
  }

  bool Submit(const v1::SubmitIssueRequest& request) {
    v1::SubmitIssueResponse response;
    if (!IsDone(desk_.Call(&Intake::SubmitIssue, request, &response))) return false;
    expected_.Acknowledge(request, response);
    return true;
  }

  bool Repeat() {
    const auto request = expected_.AnyAcknowledged(random_);
    return !request || Submit(*request);
  }

  bool SubmitBatch() {
    v1::BatchSubmitIssuesRequest batch;
    const int size = 1 + static_cast<int>(random_() % kBatchMax);
    for (int i = 0; i < size; ++i) *batch.add_requests() = expected_.NewSubmission();
    v1::BatchSubmitIssuesResponse response;
    if (!IsDone(desk_.Call(&Intake::BatchSubmitIssues, batch, &response))) return false;
    for (int i = 0; i < size; ++i)
      if (response.results(i).has_response())
        expected_.Acknowledge(batch.requests(i), response.results(i).response());
    return true;
  }

  bool PullAndResolve() {
    v1::PullTicketsRequest pull;
    pull.set_request_id(NewRequestId());
    pull.set_department("service_desk");
    v1::PullTicketsResponse pulled;
    if (!IsDone(desk_.Call(&Queue::PullTickets, pull, &pulled))) return false;
    for (const v1::Ticket& ticket : pulled.tickets()) {
      expected_.Acknowledge(ticket);
      auto resolve = About<v1::ResolveTicketRequest>(ticket);
      *resolve.mutable_resolution() = Solved();
      v1::ResolveTicketResponse resolved;
      if (!IsDone(desk_.Call(&Tickets::ResolveTicket, resolve, &resolved))) return false;
      expected_.Acknowledge(resolved.ticket());
    }
    return true;
  }

  // The only trouble that a killed server makes is that it does not answer.
  static bool IsDone(const grpc::Status& status) {
    if (status.ok()) return true;
    EXPECT_EQ(Describe(status), "UNAVAILABLE -") << status.error_message();
    return false;
  }

  const Desk desk_;
  std::mt19937_64 random_;
  ExpectedTickets& expected_;
};

class KillTest : public ServerTest {
 protected:
  // Load until so many more acknowledgements came, then the kill.
  void KillUnderLoad(int acknowledgements) {
    const int64_t until = expected_.acknowledgements() + acknowledgements;
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i)
      clients.emplace_back([this, seed = random_()] {
        Client(server_.port(), seed, expected_).Work();
      });
    expected_.AwaitAcknowledgements(until, kClients * (++rounds_));
    EXPECT_EQ(server_.Kill(), ServerProcess::kSignalled + SIGKILL) << server_.log();
    for (std::thread& client : clients) client.join();
  }

  void CheckEverything() {
    ASSERT_EQ(desk().Verify(), "clean");
    const std::vector<v1::Ticket> stored = desk().ListAll();
    ASSERT_NO_FATAL_FAILURE(expected_.Compare(stored));
    for (int i = 0; i < kRepeats; ++i)
      if (const auto request = expected_.AnyAcknowledged(random_)) SubmitAgain(*request);
    // Half of what is unknown is asked for again, the rest stays open for a later round.
    for (const v1::SubmitIssueRequest& request : expected_.Unknown())
      if (random_() % 2 == 0) SubmitAgain(request);
    tickets_ = stored.size();
  }

  void SubmitAgain(const v1::SubmitIssueRequest& request) {
    expected_.Acknowledge(request, desk().Must(&Intake::SubmitIssue, request));
  }

  std::mt19937_64 random_{Seed()};
  ExpectedTickets expected_;
  int rounds_ = 0;
  size_t tickets_ = 0;
};

TEST_F(KillTest, KeepsWhatWasAcknowledgedOnceAndNothingByHalves) {
  for (int kill = 0; kill < kKills; ++kill) {
    ASSERT_NO_FATAL_FAILURE(KillUnderLoad(static_cast<int>(random_() % kAcknowledgementsMax)));
    if (random_() % kKillsPerEarlyOne == 0) {
      server_.Launch();
      server_.Kill();
    }
    ASSERT_NO_FATAL_FAILURE(Start());
    ASSERT_NO_FATAL_FAILURE(CheckEverything());
    ASSERT_FALSE(HasFailure()) << "after kill " << kill + 1;
  }
  EXPECT_EQ(static_cast<size_t>(desk().Report().total().flow().created()), desk().ListAll().size());
  std::printf("%d kills, %" PRId64 " acknowledged submits, %" PRId64
              " acknowledgements in all, %zu tickets before the last round, %zu of unknown end\n",
              kKills, expected_.acknowledged_submits(), expected_.acknowledgements(), tickets_,
              expected_.Unknown().size());
}

}  // namespace
}  // namespace redress::test
