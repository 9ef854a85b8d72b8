// Serves one database until it is killed, and says on its standard output what it does:
//
//   T ID VERSION REQUEST   a ticket that it found, and the request that brought it
//   V TEXT                 what verification says of what it found: "clean"
//   A REQUEST ID VERSION   a request was answered with this ticket
//   R                      it has asked again for what it was told to, and works from now on
//   S REQUEST              this request is being sent
//
// Usage: DIRECTORY POINT VISIT SEED. Reads the requests to ask for again, one a line, up to ".".
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "storage/format.h"
#include "storage/ledger.h"
#include "storage/log_check.h"
#include "storage/rocksdb_kv.h"
#include "tests/crash/mortal_disk.h"
#include "tests/crash/mortal_store.h"
#include "tests/support/engine/shop.h"
#include "tests/support/services/office.h"

namespace redress::test {
namespace {

// Small, so that tables are written in between.
constexpr size_t kWriteBufferBytes = 128 << 10;
constexpr int kBatchMax = 8;

// Whole lines, at once: what was said before a kill was heard.
void Say(const std::string& text) {
  const std::string line = text + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    _exit(3);
}

v1::Command SubmitOf(const std::string& request) {
  v1::Issue issue = Complaint();
  issue.set_product(request);
  return With(Submit(issue), "request_id", request);
}

class Worker {
 public:
  Worker(Office& office, const std::string& seed) : office_(office), seed_(seed) {
    std::seed_seq words(seed.begin(), seed.end());
    random_.seed(words);
  }

  void TellState() {
    const auto snapshot = office_.kv().TakeSnapshot();
    const storage::LedgerReader reader(*snapshot);
    const auto head = reader.ReadHead(Office::kTenant);
    CHECK_OK(head.status());
    for (uint64_t id = 1; id <= head->last_ticket_id(); ++id) {
      const v1::Ticket ticket = office_.ReadTicket(id);
      Say(absl::StrCat("T ", id, " ", ticket.version(), " ", ticket.product()));
    }
    Say(absl::StrCat("V ", office_.Verify()));
  }

  void AskAgain() {
    std::vector<std::string> requests;
    for (std::string line; std::getline(std::cin, line) && line != ".";) requests.push_back(line);
    Send(requests);
    Say("R");
  }

  [[noreturn]] void WorkForEver() {
    while (true) {
      std::vector<std::string> requests;
      for (uint64_t i = 0; i <= random_() % kBatchMax; ++i) {
        requests.push_back(absl::StrCat(seed_, "-", ++last_));
        Say("S " + requests.back());
      }
      Send(requests);
      if (random_() % 3 == 0) PullAndResolve();
    }
  }

 private:
  void Send(const std::vector<std::string>& requests) {
    const size_t before = office_.answers().size();
    for (const std::string& request : requests) office_.Send(SubmitOf(request));
    office_.RunAll();
    for (size_t i = 0; i < requests.size(); ++i) {
      const services::Outcome& outcome = office_.answers()[before + i];
      if (outcome.failure) base::CheckFailed(__FILE__, __LINE__, outcome.failure->message);
      Tell(requests[i], outcome.tickets.front());
    }
  }

  void PullAndResolve() {
    for (const v1::Ticket& pulled : office_.Do(Pull("desk", 2)).tickets) {
      Tell("-", pulled);
      const auto resolved = office_.Do(
          With(Resolve(pulled.lease_count()), "ticket", absl::StrCat(pulled.id())));
      if (!resolved.failure) Tell("-", resolved.tickets.front());
    }
  }

  static void Tell(const std::string& request, const v1::Ticket& ticket) {
    Say(absl::StrCat("A ", request, " ", ticket.id(), " ", ticket.version()));
  }

  Office& office_;
  const std::string seed_;
  std::mt19937_64 random_;
  int last_ = 0;
};

int Main(const std::string& directory, const std::string& point, int visit,
         const std::string& seed) {
  Death death(point, visit);
  const auto disk = NewMortalDisk(death);
  storage::RocksDbOptions options;
  options.write_buffer_bytes = kWriteBufferBytes;
  options.env = disk.get();
  CHECK_OK(storage::CheckLogs(directory));
  auto store = storage::RocksDbKv::Open(directory, options);
  CHECK_OK(store.status());
  CHECK_OK(storage::EnsureFormatVersion(**store));
  MortalStore mortal(**store, death);
  Office office(Office::Playbooks::kNone, &mortal);
  office.Do(Owner("olga"), With(Publish(ShopSource()), "request_id", "the first playbook"));
  Worker worker(office, seed);
  worker.TellState();
  worker.AskAgain();
  worker.WorkForEver();
}

}  // namespace
}  // namespace redress::test

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  return redress::test::Main(argv[1], argv[2], std::atoi(argv[3]), argv[4]);
}
