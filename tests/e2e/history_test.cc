// A real server that is killed every other second, and 16 clients who repeat each request under its
// id until it is answered: what they saw of each ticket must fit one order.
//
// REDRESS_SECONDS: how long; 16 unless told otherwise.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/e2e/linearizable.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

constexpr int kClients = 16;
constexpr int kTickets = 12;
constexpr absl::Duration kKillEvery = absl::Seconds(2);
// For a server to come back.
constexpr absl::Duration kPatience = absl::Seconds(30);

using Answer = Operation::Answer;
using Kind = Operation::Kind;

// Where the server is. Thread-safe.
class Address {
 public:
  void Move(int port) {
    absl::MutexLock lock(&mutex_);
    port_ = port;
    ++moves_;
  }
  // The port after more than `moves` moves, and how many there were; nothing came: 0.
  std::pair<int, int> Await(int moves) const {
    absl::MutexLock lock(&mutex_);
    const auto has_moved = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return moves_ > moves; };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&has_moved), kPatience)) return {0, moves};
    return {port_, moves_};
  }

 private:
  mutable absl::Mutex mutex_;
  int port_ ABSL_GUARDED_BY(mutex_) = 0;
  int moves_ ABSL_GUARDED_BY(mutex_) = 0;
};

TicketView ViewOf(const v1::Ticket& ticket) { return {ticket.version(), ticket.department()}; }

class Client {
 public:
  Client(const Address& address, const std::vector<v1::Ticket>& tickets, uint64_t seed)
      : address_(address), random_(seed) {
    for (const v1::Ticket& ticket : tickets) known_.push_back(ticket);
    histories.resize(tickets.size());
    Connect();
  }

  void WorkUntil(const std::atomic<bool>& is_over) {
    while (!is_over && is_connected_) Step();
  }

  // By ticket.
  std::vector<std::vector<Operation>> histories;

 private:
  void Connect() {
    const auto [port, moves] = address_.Await(moves_);
    is_connected_ = port != 0;
    moves_ = moves;
    if (is_connected_) desk_ = std::make_unique<Desk>(port);
  }

  void Step() {
    const size_t at = random_() % known_.size();
    Operation operation;
    operation.call_time = absl::ToUnixNanos(absl::Now());
    const uint64_t what = random_() % 10;
    grpc::Status status;
    if (what < 4) status = Read(at, operation);
    else if (what < 7) status = Note(at, operation);
    else status = Transfer(at, operation);
    operation.answer_time = absl::ToUnixNanos(absl::Now());
    if (status.ok()) operation.seen = ViewOf(known_[at]);
    else operation.answer = AnswerOf(status);
    histories[at].push_back(operation);
  }

  static Answer AnswerOf(const grpc::Status& status) {
    const std::string text = Describe(status);
    if (text == "ABORTED ETAG_MISMATCH") return Answer::kEtagMismatch;
    if (text == "INVALID_ARGUMENT FIELD_INVALID to_department") return Answer::kSameDepartment;
    EXPECT_EQ(text, "UNAVAILABLE -") << status.error_message();
    return Answer::kNone;
  }

  // Again and again under one request id, at whatever address the server has by then.
  template <class Stub, class Request, class Response>
  grpc::Status Insist(size_t at, ApiClient::Method<Stub, Request, Response> method,
                      const Request& request) {
    while (true) {
      Response response;
      const grpc::Status status = desk_->Call(method, request, &response);
      if (status.ok()) known_[at] = response.ticket();
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return status;
      Connect();
      if (!is_connected_) return status;
    }
  }

  grpc::Status Read(size_t at, Operation& operation) {
    operation.kind = Kind::kRead;
    v1::GetTicketRequest request;
    request.set_ticket(known_[at].reference());
    return Insist(at, &Tickets::GetTicket, request);
  }

  grpc::Status Note(size_t at, Operation& operation) {
    operation.kind = Kind::kNote;
    auto request = About<v1::AddNoteRequest>(known_[at]);
    request.set_text("seen");
    return Insist(at, &Tickets::AddNote, request);
  }

  grpc::Status Transfer(size_t at, Operation& operation) {
    operation.kind = Kind::kTransfer;
    operation.expected = known_[at].version();
    operation.to_department = random_() % 2 == 0 ? "billing" : "service_desk";
    auto request = About<v1::TransferTicketRequest>(known_[at]);
    request.set_etag(known_[at].etag());
    request.set_to_department(operation.to_department);
    request.set_reason(v1::TRANSFER_REASON_NEXT_STEP);
    request.set_note("there");
    return Insist(at, &Tickets::TransferTicket, request);
  }

  const Address& address_;
  std::mt19937_64 random_;
  int moves_ = 0;
  bool is_connected_ = false;
  std::unique_ptr<Desk> desk_;
  // As this client saw them last.
  std::vector<v1::Ticket> known_;
};

absl::Duration Length() {
  int seconds = 0;
  const char* given = getenv("REDRESS_SECONDS");
  return absl::Seconds(given != nullptr && absl::SimpleAtoi(given, &seconds) ? seconds : 16);
}

class HistoryTest : public ServerTest {
 protected:
  // Kills and starts the server until the time is over. How often.
  int KillAgainAndAgain(Address& address) {
    int kills = 0;
    const absl::Time end = absl::Now() + Length();
    while (absl::Now() < end) {
      absl::SleepFor(kKillEvery);
      server_.Kill();
      ++kills;
      EXPECT_TRUE(server_.Start()) << server_.log();
      address.Move(server_.port());
    }
    return kills;
  }
};

TEST_F(HistoryTest, EachTicketsOperationsFitOneOrder) {
  std::vector<v1::Ticket> tickets;
  for (int i = 0; i < kTickets; ++i) tickets.push_back(desk().Submit("It is broken."));
  Address address;
  address.Move(server_.port());
  std::atomic<bool> is_over = false;
  const uint64_t seed = std::random_device()();
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i)
    clients.push_back(std::make_unique<Client>(address, tickets, seed + static_cast<uint64_t>(i)));
  for (auto& client : clients) threads.emplace_back([&] { client->WorkUntil(is_over); });
  const int kills = KillAgainAndAgain(address);
  is_over = true;
  for (std::thread& thread : threads) thread.join();

  size_t operations = 0;
  std::map<Answer, int> answers;
  for (int at = 0; at < kTickets; ++at) {
    std::vector<Operation> history;
    for (const auto& client : clients)
      for (const Operation& operation : client->histories[at]) history.push_back(operation);
    for (const Operation& operation : history) ++answers[operation.answer];
    operations += history.size();
    EXPECT_EQ(FindDisorder(ViewOf(tickets[at]), std::move(history)), "");
  }
  EXPECT_GT(answers[Answer::kDone], 0);
  EXPECT_GT(answers[Answer::kEtagMismatch], 0);
  desk_ = std::make_unique<Desk>(server_.port());
  EXPECT_EQ(desk().Verify(), "clean");
  std::printf("%d kills, %zu operations, %d of them done, %d of unknown end\n", kills, operations,
              answers[Answer::kDone], answers[Answer::kNone]);
}

}  // namespace
}  // namespace redress::test
