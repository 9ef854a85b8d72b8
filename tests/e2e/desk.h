// What a service desk does with the API, each step in one word.
//
// Every function fails the test when the server refuses.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/e2e/api_client.h"

namespace redress::test {

// A complaint by phone. The starter playbook routes a text without its key words to service_desk at
// RELAY, and "charged twice" to billing at ANALYSIS.
v1::Issue Complaint(absl::string_view text, absl::string_view customer = "");
v1::SubmitIssueRequest Submission(v1::Issue issue);
inline v1::SubmitIssueRequest Submission(absl::string_view text) {
  return Submission(Complaint(text));
}

// With a new request id and the ticket, where the request has these.
template <class Request>
Request About(const v1::Ticket& ticket) {
  Request request;
  request.set_ticket(ticket.reference());
  if constexpr (requires { request.set_request_id(""); }) request.set_request_id(NewRequestId());
  if constexpr (requires { request.set_lease_token(0); })
    if (ticket.state() == v1::TICKET_STATE_LEASED)
      request.set_lease_token(ticket.hold().lease_token());
  return request;
}

v1::Resolution Solved();
// With what ANALYSIS and above demand.
v1::Resolution SolvedForGood();

class Desk : public ApiClient {
 public:
  using ApiClient::ApiClient;

  v1::Ticket Submit(v1::Issue issue) const;
  v1::Ticket Submit(absl::string_view text, absl::string_view customer = "") const {
    return Submit(Complaint(text, customer));
  }
  // The first ticket of the queue, which must not be empty.
  v1::Ticket Pull(absl::string_view department) const;
  v1::Ticket Accept(const v1::Ticket& ticket) const;
  v1::Ticket Resolve(const v1::Ticket& ticket, const v1::Resolution& resolution = Solved()) const;
  // Submitted, pulled and accepted.
  v1::Ticket Take(absl::string_view text, absl::string_view customer = "") const;

  v1::Ticket Read(const v1::Ticket& ticket) const;
  std::vector<v1::Ticket> ListAll() const;
  v1::Report Report(std::vector<v1::Dimension> by = {}) const;
  // What verification says in the end: "clean", or the first difference.
  std::string Verify() const;
};

}  // namespace redress::test
