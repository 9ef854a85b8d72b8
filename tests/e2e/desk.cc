#include "tests/e2e/desk.h"

#include <utility>

namespace redress::test {

v1::Issue Complaint(absl::string_view text, absl::string_view customer) {
  v1::Issue issue;
  issue.set_kind(v1::ISSUE_KIND_COMPLAINT);
  issue.set_channel("phone");
  issue.set_text(std::string(text));
  if (!customer.empty()) issue.mutable_customer()->set_id(std::string(customer));
  return issue;
}

v1::SubmitIssueRequest Submission(v1::Issue issue) {
  v1::SubmitIssueRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_issue() = std::move(issue);
  return request;
}

v1::Resolution Solved() {
  v1::Resolution resolution;
  resolution.set_outcome(v1::OUTCOME_FIXED);
  resolution.set_answer("It is put right.");
  return resolution;
}

v1::Resolution SolvedForGood() {
  v1::Resolution resolution = Solved();
  resolution.set_root_cause("The terminal sent the payment again after a timeout.");
  resolution.set_prevention("Payments carry an id that is used once.");
  return resolution;
}

v1::Ticket Desk::Submit(v1::Issue issue) const {
  return Must(&Intake::SubmitIssue, Submission(std::move(issue))).ticket();
}

v1::Ticket Desk::Pull(absl::string_view department) const {
  v1::PullTicketsRequest request;
  request.set_request_id(NewRequestId());
  request.set_department(std::string(department));
  const v1::PullTicketsResponse response = Must(&Queue::PullTickets, request);
  EXPECT_EQ(response.tickets_size(), 1);
  return response.tickets_size() == 1 ? response.tickets(0) : v1::Ticket();
}

v1::Ticket Desk::Accept(const v1::Ticket& ticket) const {
  return Must(&Tickets::AcceptTicket, About<v1::AcceptTicketRequest>(ticket)).ticket();
}

v1::Ticket Desk::Resolve(const v1::Ticket& ticket, const v1::Resolution& resolution) const {
  auto request = About<v1::ResolveTicketRequest>(ticket);
  *request.mutable_resolution() = resolution;
  return Must(&Tickets::ResolveTicket, request).ticket();
}

v1::Ticket Desk::Take(absl::string_view text, absl::string_view customer) const {
  const v1::Ticket ticket = Submit(text, customer);
  return Accept(Pull(ticket.department()));
}

v1::Ticket Desk::Read(const v1::Ticket& ticket) const {
  return Must(&Tickets::GetTicket, About<v1::GetTicketRequest>(ticket)).ticket();
}

std::vector<v1::Ticket> Desk::ListAll() const {
  std::vector<v1::Ticket> tickets;
  v1::ListTicketsRequest request;
  request.set_page_size(1000);
  do {
    const v1::ListTicketsResponse page = Must(&Tickets::ListTickets, request);
    tickets.insert(tickets.end(), page.tickets().begin(), page.tickets().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return tickets;
}

v1::Report Desk::Report(std::vector<v1::Dimension> by) const {
  v1::GetReportRequest request;
  for (const v1::Dimension dimension : by) request.add_by(dimension);
  return Must(&Audit::GetReport, request).report();
}

std::string Desk::Verify() const {
  const auto context = Context();
  const auto stream = StubOf<Audit>().VerifyLedger(context.get(), {});
  v1::VerifyLedgerResponse last;
  while (stream->Read(&last)) continue;
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return Describe(status);
  if (!last.done()) return "no finding";
  return last.clean() ? "clean" : last.first_difference();
}

}  // namespace redress::test
