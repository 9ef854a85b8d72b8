// What the clients of a server that is killed know, kept outside its database: which submits were
// acknowledged, which had an unknown end, and how far acknowledged work had come. Thread-safe.
//
// A submit's ticket carries the request id as its product, so that every ticket can be traced to
// one request.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/e2e/desk.h"

namespace redress::test {

class ExpectedTickets {
 public:
  // A new request, recorded as sent with an unknown end.
  v1::SubmitIssueRequest NewSubmission();
  // Its answer; the test fails when an earlier answer was another one.
  void Acknowledge(const v1::SubmitIssueRequest& request, const v1::SubmitIssueResponse& response);
  // The ticket as a pull or a resolving answered it.
  void Acknowledge(const v1::Ticket& ticket);

  // A request whose answer is known; nothing: there is none yet.
  std::optional<v1::SubmitIssueRequest> AnyAcknowledged(std::mt19937_64& random) const;
  // The requests whose end is unknown.
  std::vector<v1::SubmitIssueRequest> Unknown() const;

  // Every acknowledged ticket is among these once, no other than those that were asked for, and
  // each at least as far as it was known to be.
  void Compare(const std::vector<v1::Ticket>& stored) const;

  int64_t acknowledged_submits() const;
  // Submits, pulls and resolvings.
  int64_t acknowledgements() const;
  // A client has ended its work of this round.
  void Leave();
  // Waits until there were so many acknowledgements, or so many clients, of all rounds, have left.
  void AwaitAcknowledgements(int64_t count, int clients);

 private:
  struct Submit {
    v1::SubmitIssueRequest request;
    std::optional<v1::SubmitIssueResponse> response;
  };
  struct Progress {
    uint32_t version = 0;
    v1::TicketState state = v1::TICKET_STATE_UNSPECIFIED;
  };

  mutable absl::Mutex mutex_;
  std::map<std::string, Submit> submits_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> acknowledged_ids_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Progress> progress_ ABSL_GUARDED_BY(mutex_);
  int64_t acknowledgements_ ABSL_GUARDED_BY(mutex_) = 0;
  int left_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redress::test
