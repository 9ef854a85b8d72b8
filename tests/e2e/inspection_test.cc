// The story of a sample: drawn by a manager, inspected, disputed, decided, and counted.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/credentials.h"
#include "tests/e2e/server_test.h"

namespace redress::test {
namespace {

using services::Role;
using testing::ElementsAre;
using testing::SizeIs;

constexpr int64_t kOctoberFirst = 1'790'812'800;
constexpr int64_t kDay = 86'400;
constexpr int kTickets = 24;

class InspectionTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.Start()) << server_.log();
    ImportOctober();
  }
  Desk As(const std::string& actor) const { return Desk(server_.port(), staff_.TokenOf(actor)); }

  static Staff MakeStaff() {
    Staff staff;
    staff.Hire("acme", "anna", {Role::kAgent}, {"service_desk", "billing"});
    staff.Hire("acme", "bill", {Role::kAgent}, {"billing"});
    staff.Hire("acme", "otto", {Role::kOwner}, {"billing"});
    staff.Hire("acme", "ines", {Role::kInspector}, {});
    staff.Hire("acme", "mona", {Role::kManager}, {});
    staff.Hire("acme", "ada", {Role::kAdmin}, {});
    return staff;
  }

  // Tickets that bill of billing and anna of the service desk resolved on the days of October.
  void ImportOctober() const {
    const Desk ada = As("ada");
    const auto context = ada.Context();
    const auto stream = ada.StubOf<Intake>().ImportHistory(context.get());
    for (int i = 0; i < kTickets; ++i) {
      const bool is_billing = i % 3 == 0;
      const auto fact = [&](int64_t hour) {
        v1::ImportHistoryRequest request;
        request.set_request_id(NewRequestId());
        request.set_external_id(absl::StrCat("case-", i));
        request.set_actor(is_billing ? "bill" : "anna");
        request.mutable_time()->set_seconds(kOctoberFirst + i * kDay + hour * 3600);
        return request;
      };
      v1::ImportHistoryRequest opened = fact(9);
      *opened.mutable_opened()->mutable_issue() = Complaint("It broke.");
      opened.mutable_opened()->set_department(is_billing ? "billing" : "service_desk");
      stream->Write(opened);
      v1::ImportHistoryRequest resolved = fact(12);
      resolved.mutable_resolved()->set_outcome(v1::OUTCOME_FIXED);
      stream->Write(resolved);
      v1::ImportHistoryRequest closed = fact(15);
      closed.mutable_closed();
      stream->Write(closed);
    }
    stream->WritesDone();
    for (v1::ImportHistoryResponse response; stream->Read(&response);)
      EXPECT_FALSE(response.has_error()) << response.ShortDebugString();
    EXPECT_EQ(Describe(stream->Finish()), "OK");
  }

  static v1::DrawSampleRequest October() {
    v1::DrawSampleRequest request;
    request.set_request_id(NewRequestId());
    request.set_plan("monthly");
    request.set_from_day("2026-10-01");
    request.set_to_day("2026-11-01");
    return request;
  }

  // The reference of the first ticket of a department in sample 1 that was not inspected.
  std::string NextOpen(const std::string& department) const {
    v1::ListSampledTicketsRequest request;
    request.set_number(1);
    request.set_open(true);
    const auto response = As("ines").Must(&Inspections::ListSampledTickets, request);
    for (const v1::SampledCase& shown : response.cases())
      if (shown.department() == department) return shown.reference();
    ADD_FAILURE() << "nothing open in " << department;
    return "";
  }

  static v1::RecordInspectionRequest Inspection(const std::string& ticket) {
    v1::RecordInspectionRequest request;
    request.set_request_id(NewRequestId());
    request.set_ticket(ticket);
    request.set_sample(1);
    return request;
  }

  std::string Rates(const v1::ErrorRates& rates) const {
    return absl::StrCat(absl::StrJoin(rates.values(), "/"), " ", rates.inspected(), " of ",
                        rates.drawn(), ", fatal ", rates.fatal(), ", defects ", rates.defects(),
                        " of ", rates.opportunities());
  }

  const ScratchDirectory scratch_;
  const Staff staff_ = MakeStaff();
  ServerProcess server_{scratch_.Path("data"),
                        {"--tokens", staff_.WriteTo(scratch_.Path("tokens")), "--tenant", "acme"}};
};

TEST_F(InspectionTest, IsDrawnRecordedDisputedDecidedAndCounted) {
  const auto sample = As("mona").Must(&Inspections::DrawSample, October()).sample();
  EXPECT_EQ(sample.drawer(), "mona");
  ASSERT_EQ(sample.draw().strata_size(), 2);
  EXPECT_EQ(sample.draw().strata(0).ShortDebugString(),
            "values: \"billing\" values: \"RELAY\" population: 8 drawn: 5");
  EXPECT_EQ(sample.draw().strata(1).population(), 16u);

  // Ines finds a wrong answer at billing and a rough tone at the desk.
  const std::string wrong = NextOpen("billing");
  auto fatal = Inspection(wrong);
  fatal.add_findings()->set_item("right_answer");
  fatal.mutable_findings(0)->set_defects(1);
  const v1::Ticket inspected =
      As("ines").Must(&Inspections::RecordInspection, fatal).ticket();
  ASSERT_THAT(inspected.inspections(), SizeIs(1));
  auto rough = Inspection(NextOpen("service_desk"));
  rough.add_findings()->set_item("tone");
  rough.mutable_findings(0)->set_defects(2);
  As("ines").Must(&Inspections::RecordInspection, rough);
  As("mona").Must(&Inspections::RecordInspection, Inspection(NextOpen("billing")));

  const auto report = [&] {
    return As("ines").Must(&Inspections::GetInspectionReport, v1::GetInspectionReportRequest());
  };
  EXPECT_EQ(Rates(report().total()), " 3 of 10, fatal 1, defects 2 of 15");
  EXPECT_EQ(Rates(report().by_department(0)), "billing 2 of 5, fatal 1, defects 0 of 10");
  EXPECT_EQ(Rates(report().by_inspector(0)), "ines 2 of 0, fatal 1, defects 2 of 10");

  // Bill, who resolved it, sees the inspection and disputes it; another manager's word settles it.
  v1::DisputeInspectionRequest dispute;
  dispute.set_request_id(NewRequestId());
  dispute.set_ticket(wrong);
  dispute.set_number(1);
  dispute.set_reason("The customer confirmed it.");
  const v1::Ticket disputed = As("bill").Must(&Inspections::DisputeInspection, dispute).ticket();
  EXPECT_EQ(disputed.inspections(0).state(), v1::INSPECTION_STATE_DISPUTED);
  EXPECT_EQ(report().total().disputed(), 1u);
  v1::DecideInspectionRequest decide;
  decide.set_request_id(NewRequestId());
  decide.set_ticket(wrong);
  decide.set_number(1);
  decide.set_note("Heard the call again.");
  EXPECT_EQ(As("ines").Try(&Inspections::DecideInspection, decide),
            "PERMISSION_DENIED NOT_INDEPENDENT");
  decide.add_findings()->set_item("category");
  decide.mutable_findings(0)->set_defects(1);
  const v1::Ticket decided = As("mona").Must(&Inspections::DecideInspection, decide).ticket();
  EXPECT_EQ(decided.inspections(0).state(), v1::INSPECTION_STATE_OVERTURNED);
  EXPECT_EQ(decided.inspections(0).results(0).defects(), 1u) << "the first result stays";
  EXPECT_EQ(Rates(report().total()), " 3 of 10, fatal 0, defects 3 of 15");
  EXPECT_EQ(As("mona").Verify(), "clean");
}

TEST_F(InspectionTest, GivesTheWholeListSoThatAnybodyCanDrawAgain) {
  As("mona").Must(&Inspections::DrawSample, October());
  v1::ListPopulationRequest request;
  request.set_number(1);
  request.set_page_size(7);
  std::vector<uint64_t> ids;
  do {
    const auto page = As("ines").Must(&Inspections::ListPopulation, request);
    for (const v1::PopulationMember& member : page.members()) ids.push_back(member.ticket_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, SizeIs(kTickets));
  const auto samples = As("ines").Must(&Inspections::ListSamples, v1::ListSamplesRequest());
  ASSERT_EQ(samples.samples_size(), 1);
  EXPECT_EQ(samples.samples(0).draw().tickets_size(), 0);
  EXPECT_THAT(As("ines").Must(&Inspections::ListPlans, v1::ListPlansRequest()).plans(), SizeIs(1));
}

TEST_F(InspectionTest, RefusesWhatWouldNotBeIndependentOrHonest) {
  As("mona").Must(&Inspections::DrawSample, October());
  EXPECT_EQ(As("mona").Try(&Inspections::DrawSample, October()),
            "FAILED_PRECONDITION SAMPLE_DRAWN");
  auto future = October();
  future.set_to_day("2099-01-01");
  EXPECT_EQ(As("mona").Try(&Inspections::DrawSample, future),
            "INVALID_ARGUMENT FIELD_INVALID to_day");
  auto unknown = October();
  unknown.set_plan("weekly");
  EXPECT_EQ(As("mona").Try(&Inspections::DrawSample, unknown),
            "INVALID_ARGUMENT FIELD_INVALID plan");
  auto no_day = October();
  no_day.set_from_day("October");
  EXPECT_EQ(As("mona").Try(&Inspections::DrawSample, no_day),
            "INVALID_ARGUMENT FIELD_INVALID from_day");
  EXPECT_EQ(As("ines").Try(&Inspections::DrawSample, October()),
            "PERMISSION_DENIED NOT_PERMITTED");
  const std::string drawn = NextOpen("billing");
  EXPECT_EQ(As("bill").Try(&Inspections::RecordInspection, Inspection(drawn)),
            "PERMISSION_DENIED NOT_PERMITTED");
  auto odd = Inspection(drawn);
  odd.add_findings()->set_item("speed");
  odd.mutable_findings(0)->set_defects(1);
  EXPECT_EQ(As("ines").Try(&Inspections::RecordInspection, odd),
            "INVALID_ARGUMENT FIELD_INVALID findings[0].item");
  auto none = Inspection(drawn);
  none.set_sample(9);
  EXPECT_EQ(As("ines").Try(&Inspections::RecordInspection, none), "NOT_FOUND SAMPLE_NOT_FOUND");
  As("ines").Must(&Inspections::RecordInspection, Inspection(drawn));
  EXPECT_EQ(As("ines").Try(&Inspections::RecordInspection, Inspection(drawn)),
            "FAILED_PRECONDITION INSPECTION_DONE");
  v1::GetSampleRequest missing;
  missing.set_number(2);
  EXPECT_EQ(As("ines").Try(&Inspections::GetSample, missing), "NOT_FOUND SAMPLE_NOT_FOUND");
}

TEST_F(InspectionTest, SurvivesARestart) {
  const auto request = October();
  const auto drawn = As("mona").Must(&Inspections::DrawSample, request).sample();
  ASSERT_EQ(server_.Stop(), 0) << server_.log();
  ASSERT_TRUE(server_.Start()) << server_.log();
  const auto again = As("mona").Must(&Inspections::DrawSample, request).sample();
  EXPECT_EQ(again.SerializeAsString(), drawn.SerializeAsString());
  EXPECT_EQ(As("mona").Verify(), "clean");
}

}  // namespace
}  // namespace redress::test
