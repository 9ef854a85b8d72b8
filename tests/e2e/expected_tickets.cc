#include "tests/e2e/expected_tickets.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace redress::test {

v1::SubmitIssueRequest ExpectedTickets::NewSubmission() {
  v1::SubmitIssueRequest request = Submission("I have a complaint");
  request.mutable_issue()->set_product(request.request_id());
  absl::MutexLock lock(&mutex_);
  submits_[request.request_id()].request = request;
  return request;
}

void ExpectedTickets::Acknowledge(const v1::SubmitIssueRequest& request,
                                  const v1::SubmitIssueResponse& response) {
  absl::MutexLock lock(&mutex_);
  ++acknowledgements_;
  std::optional<v1::SubmitIssueResponse>& known = submits_[request.request_id()].response;
  if (known) {
    EXPECT_EQ(response.ShortDebugString(), known->ShortDebugString());
    return;
  }
  known = response;
  acknowledged_ids_.push_back(request.request_id());
}

void ExpectedTickets::Acknowledge(const v1::Ticket& ticket) {
  absl::MutexLock lock(&mutex_);
  ++acknowledgements_;
  Progress& progress = progress_[ticket.id()];
  if (ticket.version() > progress.version) progress = {ticket.version(), ticket.state()};
}

std::optional<v1::SubmitIssueRequest> ExpectedTickets::AnyAcknowledged(
    std::mt19937_64& random) const {
  absl::MutexLock lock(&mutex_);
  if (acknowledged_ids_.empty()) return std::nullopt;
  return submits_.at(acknowledged_ids_[random() % acknowledged_ids_.size()]).request;
}

std::vector<v1::SubmitIssueRequest> ExpectedTickets::Unknown() const {
  std::vector<v1::SubmitIssueRequest> unknown;
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, submit] : submits_)
    if (!submit.response) unknown.push_back(submit.request);
  return unknown;
}

void ExpectedTickets::Compare(const std::vector<v1::Ticket>& stored) const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> seen;
  for (const v1::Ticket& ticket : stored) {
    EXPECT_TRUE(seen.insert(ticket.product()).second) << ticket.product() << " is there twice";
    const auto submit = submits_.find(ticket.product());
    ASSERT_TRUE(submit != submits_.end()) << "nobody asked for ticket " << ticket.id();
    if (submit->second.response) {
      EXPECT_EQ(ticket.id(), submit->second.response->ticket().id());
    }
    const auto known = progress_.find(ticket.id());
    if (known == progress_.end()) continue;
    EXPECT_GE(ticket.version(), known->second.version) << "ticket " << ticket.id();
    // Nothing but a customer or a week of silence moves a resolved ticket.
    if (known->second.state == v1::TICKET_STATE_RESOLVED) {
      EXPECT_EQ(ticket.state(), v1::TICKET_STATE_RESOLVED) << "ticket " << ticket.id();
    }
  }
  for (const std::string& id : acknowledged_ids_)
    EXPECT_TRUE(seen.contains(id)) << id << " was acknowledged and is lost";
}

int64_t ExpectedTickets::acknowledged_submits() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(acknowledged_ids_.size());
}

int64_t ExpectedTickets::acknowledgements() const {
  absl::MutexLock lock(&mutex_);
  return acknowledgements_;
}

void ExpectedTickets::Leave() {
  absl::MutexLock lock(&mutex_);
  ++left_;
}

void ExpectedTickets::AwaitAcknowledgements(int64_t count, int clients) {
  const auto is_over = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return acknowledgements_ >= count || left_ >= clients;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&is_over));
}

}  // namespace redress::test
