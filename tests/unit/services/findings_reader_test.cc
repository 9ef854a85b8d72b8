// What should be looked at, over a whole ledger, and the tickets behind it.
#include "services/findings_reader.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/measure/findings.h"
#include "engine/ticket/apply.h"
#include "services/backend.h"
#include "tests/support/services/mixed_run.h"

namespace redress::test {
namespace {

v1::GetFindingsResponse Findings(Office& office, const v1::GetFindingsRequest& request = {}) {
  const services::LedgerView view(office.kv());
  auto result = services::ReadFindings(view.reader(), Office::kTenant, request, office.now());
  EXPECT_TRUE(result.ok()) << result.status();
  if (const auto* failure = std::get_if<engine::ReportFailure>(&*result)) {
    ADD_FAILURE() << failure->text;
    return {};
  }
  return std::get<v1::GetFindingsResponse>(*std::move(result));
}

std::vector<v1::Finding> List(Office& office, const v1::ListFindingsRequest& request, int size) {
  std::vector<v1::Finding> all;
  const services::LedgerView view(office.kv());
  for (uint64_t next = 1; next != 0;) {
    auto result = services::ReadFindingPage(view.reader(), Office::kTenant, request, next, size,
                                            office.now());
    EXPECT_TRUE(result.ok()) << result.status();
    auto& page = std::get<services::FindingPage>(*result);
    all.insert(all.end(), page.findings.begin(), page.findings.end());
    next = page.next_ticket_id;
  }
  return all;
}

// Pulled, taken on and resolved with an answer.
uint64_t ResolveOne(Office& office, absl::string_view answer) {
  office.Must(Submit(Complaint(absl::StrCat("The lamp is broken, says ", answer))));
  const services::Outcome pulled = office.Do(Pull("desk"));
  const v1::Ticket& ticket = pulled.tickets.back();
  const std::string id = absl::StrCat(ticket.id());
  office.Must(With(Accept(ticket.hold().lease_token()), "ticket", id));
  v1::Command resolve = With(Resolve(), "ticket", id);
  resolve.mutable_resolve_ticket()->mutable_resolution()->set_answer(std::string(answer));
  office.Must(resolve);
  return ticket.id();
}

TEST(FindingsReader, FindsOneTextThatResolvedManyTickets) {
  Office office;
  std::set<uint64_t> same;
  for (int i = 0; i < 6; ++i)
    same.insert(ResolveOne(office, absl::StrCat("Order ", i * 7, ": we are sorry.")));
  for (const char* other : {"One.", "Two.", "Three."}) ResolveOne(office, other);
  const v1::GetFindingsResponse found = Findings(office);
  ASSERT_EQ(found.same_answers_size(), 1);
  EXPECT_EQ(found.same_answers(0).tickets(), 6);
  EXPECT_EQ(found.same_answers(0).handlers(), 1);
  for (const v1::FindingCount& count : found.counts()) {
    if (count.kind() != v1::FINDING_KIND_SAME_ANSWER) continue;
    EXPECT_EQ(count.findings(), 6) << count.department();
    EXPECT_EQ(count.looked_at(), 9) << count.department();
  }
  v1::ListFindingsRequest request;
  request.set_kind(v1::FINDING_KIND_SAME_ANSWER);
  request.set_answer_digest(found.same_answers(0).answer_digest());
  std::set<uint64_t> listed;
  for (const v1::Finding& finding : List(office, request, 2)) listed.insert(finding.ticket_id());
  EXPECT_EQ(listed, same);
  v1::GetFindingsRequest more;
  more.set_same_answers_min(7);
  EXPECT_EQ(Findings(office, more).same_answers_size(), 0);
}

// The words are nowhere in the ledger, and the same words of another tenant have another digest.
TEST(FindingsReader, KeepsDigestsOfEachTenantApart) {
  Office office;
  ResolveOne(office, "We are sorry.");
  office.Must(Agent("anna"), Submit(Complaint()), Office::kOtherTenant);
  office.Must(Agent("anna"), Pull("desk"), Office::kOtherTenant);
  office.Must(Agent("anna"), Accept(1), Office::kOtherTenant);
  v1::Command resolve = Resolve();
  resolve.mutable_resolve_ticket()->mutable_resolution()->set_answer("We are sorry.");
  office.Must(Agent("anna"), resolve, Office::kOtherTenant);
  std::set<std::string> digests;
  for (const char* tenant : {Office::kTenant, Office::kOtherTenant})
    for (const v1::Event& event : office.ReadLedger(tenant))
      if (event.has_ticket_resolved()) digests.insert(event.ticket_resolved().answer_digest());
  EXPECT_EQ(digests.size(), 2u);
  EXPECT_FALSE(digests.contains(""));
}

// Each count is what the list of its members has, in a ledger of every kind of event.
TEST(FindingsReader, CountsWhatItLists) {
  Office office;
  RunMixed(office, 5, 2500);
  v1::GetFindingsRequest request;
  request.set_near_percent(engine::kNearPercentMax);
  const v1::GetFindingsResponse found = Findings(office, request);
  std::map<v1::FindingKind, int64_t> counted;
  for (const v1::FindingCount& count : found.counts()) {
    EXPECT_LE(count.findings(), count.looked_at()) << count.ShortDebugString();
    if (count.kind() == v1::FINDING_KIND_SAME_ANSWER) continue;
    v1::ListFindingsRequest list;
    list.set_near_percent(engine::kNearPercentMax);
    list.set_kind(count.kind());
    list.set_department(count.department());
    EXPECT_EQ(static_cast<int64_t>(List(office, list, 7).size()), count.findings())
        << count.ShortDebugString();
    if (count.department().empty()) counted[count.kind()] = count.findings();
  }
  EXPECT_GT(counted[v1::FINDING_KIND_TRANSFERRED_NEAR_DUE], 0);
  EXPECT_GT(counted[v1::FINDING_KIND_NO_ANSWER], 0);  // of imported histories
}

}  // namespace
}  // namespace redress::test
