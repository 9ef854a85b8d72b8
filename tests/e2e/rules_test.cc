// A candidate in shadow and the quality of rules, over the wire: what an operator does before and
// after changing a row.
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using RulesTest = ServerTest;

constexpr absl::Duration kPatience = absl::Seconds(30);

// The row "phone" sends outages to billing.
constexpr char kSource[] = R"(playbook: judged
departments:
  desk: {title: Desk, head: a}
  billing: {title: Billing, head: b}
  operations: {title: Operations, head: c}
route:
  - {id: phone, when: issue.channel == "phone", to: {level: RELAY, department: billing}}
  - {id: fax, when: issue.channel == "fax", to: {level: RELAY, department: billing}}
  - {id: rest, to: {level: RELAY, department: desk}}
)";

// Sends them to operations.
std::string CandidateSource() {
  return absl::StrReplaceAll(
      kSource, {{"route:\n",
                 "route:\n  - {id: outage, when: 'issue.text.mentions(\"outage\")', to: {level: "
                 "RELAY, department: operations}}\n"}});
}

void Publish(const Desk& desk, const std::string& source) {
  v1::PublishPlaybookRequest request;
  request.set_request_id(NewRequestId());
  request.set_reason("For the test.");
  request.set_source(source);
  desk.Must(&Playbooks::PublishPlaybook, request);
}

v1::StartShadowRequest StartRequest() {
  v1::StartShadowRequest request;
  request.set_request_id(NewRequestId());
  request.set_reason("Outages wait too long.");
  request.set_source(CandidateSource());
  return request;
}

v1::StopShadowRequest StopRequest() {
  v1::StopShadowRequest request;
  request.set_request_id(NewRequestId());
  return request;
}

// What the candidate came to once it has made so many decisions.
v1::Shadow ShadowAfter(const Desk& desk, uint64_t decisions) {
  const absl::Time end = absl::Now() + kPatience;
  v1::Shadow shadow;
  while (shadow.decided() < decisions && absl::Now() < end)
    shadow = desk.Must(&Playbooks::GetShadow, v1::GetShadowRequest()).shadow();
  EXPECT_EQ(shadow.decided(), decisions);
  return shadow;
}

TEST_F(RulesTest, LetsACandidateDecideInShadow) {
  EXPECT_EQ(desk().Try(&Playbooks::GetShadow, v1::GetShadowRequest()),
            "NOT_FOUND SHADOW_NOT_FOUND");
  EXPECT_EQ(desk().Try(&Playbooks::StopShadow, StopRequest()), "NOT_FOUND SHADOW_NOT_FOUND");
  Publish(desk(), kSource);
  const v1::StartShadowRequest start = StartRequest();
  EXPECT_EQ(desk().Must(&Playbooks::StartShadow, start).shadow().decided(), 0u);
  EXPECT_EQ(desk().Try(&Playbooks::StartShadow, start), "OK");  // the same request again
  EXPECT_EQ(desk().Try(&Playbooks::StartShadow, StartRequest()),
            "FAILED_PRECONDITION SHADOW_RUNNING");
  std::string outage;
  for (int i = 0; i < 6; ++i) {
    const v1::Ticket ticket = desk().Submit(i % 3 == 0 ? "An outage in the street" : "My bill");
    EXPECT_EQ(ticket.department(), "billing");
    if (i == 0) outage = ticket.reference();
  }
  const v1::Shadow shadow = ShadowAfter(desk(), 6);
  EXPECT_EQ(shadow.moved(), 2u);
  ASSERT_EQ(shadow.moves_size(), 1);
  EXPECT_EQ(shadow.moves(0).to_department(), "operations");
  ASSERT_EQ(shadow.differences_size(), 2);
  EXPECT_EQ(shadow.differences(0).ticket(), outage);
  EXPECT_EQ(shadow.differences(0).live_rule(), "phone");
  EXPECT_EQ(shadow.differences(0).candidate_rule(), "outage");
}

TEST_F(RulesTest, GoesOnInShadowAfterARestartUntilItIsStopped) {
  Publish(desk(), kSource);
  desk().Must(&Playbooks::StartShadow, StartRequest());
  desk().Submit("An outage in the street");
  ShadowAfter(desk(), 1);
  ASSERT_NO_FATAL_FAILURE(Restart());
  desk().Submit("An outage in the house");
  EXPECT_EQ(ShadowAfter(desk(), 2).moved(), 2u);
  EXPECT_TRUE(desk().Must(&Playbooks::StopShadow, StopRequest()).shadow().has_stop_time());
  v1::GetShadowRequest with_source;
  with_source.set_with_source(true);
  const v1::Shadow stopped = desk().Must(&Playbooks::GetShadow, with_source).shadow();
  EXPECT_EQ(stopped.source(), CandidateSource());
  EXPECT_EQ(stopped.decided(), 2u);
  EXPECT_EQ(desk().Verify(), "clean");
}

TEST_F(RulesTest, RefusesAShadowThatDoesNotCompile) {
  v1::StartShadowRequest start = StartRequest();
  start.set_source("playbook: broken\nroute:\n  - {id: rest, to: {department: nowhere}}\n");
  EXPECT_THAT(desk().Try(&Playbooks::StartShadow, start),
              testing::StartsWith("INVALID_ARGUMENT PLAYBOOK_INVALID"));
}

struct Reviewed {
  std::string status;
  v1::ReviewRulesResponse last;
};

Reviewed Review(const Desk& desk, const v1::ReviewRulesRequest& request) {
  const auto context = desk.Context();
  const auto stream = desk.StubOf<Playbooks>().ReviewRules(context.get(), request);
  Reviewed reviewed;
  while (stream->Read(&reviewed.last)) continue;
  reviewed.status = Describe(stream->Finish());
  return reviewed;
}

TEST_F(RulesTest, TellsWhichRowsErrAndWhatTheirErrorsShare) {
  Publish(desk(), kSource);
  for (int i = 0; i < 10; ++i) {
    const v1::Ticket ticket =
        desk().Submit(absl::StrCat(i < 4 ? "An outage again, number " : "My bill, number ", i));
    if (i >= 4) continue;
    auto transfer = About<v1::TransferTicketRequest>(ticket);
    transfer.set_to_department("operations");
    transfer.set_reason(v1::TRANSFER_REASON_WRONG_OWNER);
    transfer.set_note("This is an outage.");
    desk().Must(&Tickets::TransferTicket, transfer);
  }
  const Reviewed reviewed = Review(desk(), v1::ReviewRulesRequest());
  EXPECT_EQ(reviewed.status, "OK");
  ASSERT_TRUE(reviewed.last.done());
  const v1::RuleReview& review = reviewed.last.review();
  EXPECT_EQ(review.decided(), 10u);
  EXPECT_EQ(review.corrected(), 4u);
  ASSERT_EQ(review.rules_size(), 3);
  EXPECT_EQ(review.rules(0).rule(), "phone");
  EXPECT_EQ(review.rules(0).errors(), 4u);
  ASSERT_GE(review.rules(0).shared_conditions_size(), 1);
  EXPECT_EQ(review.rules(0).shared_conditions(0).errors(), 4u);
  EXPECT_EQ(review.rules(0).shared_conditions(0).rights(), 0u);
  EXPECT_EQ(review.rules(1).hits(), 0u);
}

TEST_F(RulesTest, RefusesAReviewOfDaysThatAreNone) {
  v1::ReviewRulesRequest request;
  request.set_from_day("2026-02-30");
  EXPECT_EQ(Review(desk(), request).status, "INVALID_ARGUMENT FIELD_INVALID from_day");
}

}  // namespace
}  // namespace redress::test
