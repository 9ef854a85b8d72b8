// error_rates.cc: rates counted by hand.
#include "engine/inspection/error_rates.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// Of plan "monthly" by department: 90 tickets of billing with 3 drawn, 10 of the desk with 2.
v1::SampleDrawn TwoStrata() {
  v1::SampleDrawn draw;
  draw.set_number(1);
  draw.mutable_plan()->set_id("monthly");
  const auto add = [&](const char* department, uint32_t population, uint32_t drawn) {
    for (uint32_t i = 0; i < drawn; ++i) {
      v1::SampledTicket& ticket = *draw.add_tickets();
      ticket.set_ticket_id(static_cast<uint64_t>(draw.tickets_size()));
      ticket.set_stratum(static_cast<uint32_t>(draw.strata_size()));
      ticket.set_department(department);
    }
    v1::SampleStratum& stratum = *draw.add_strata();
    stratum.add_values(department);
    stratum.set_population(population);
    stratum.set_drawn(drawn);
  };
  add("billing", 90, 3);
  add("desk", 10, 2);
  return draw;
}

void AddResult(google::protobuf::RepeatedPtrField<v1::ItemResult>& results, const char* item,
               bool fatal, uint32_t opportunities, uint32_t defects) {
  v1::ItemResult& result = *results.Add();
  result.set_item(item);
  result.set_fatal(fatal);
  result.set_opportunities(opportunities);
  result.set_defects(defects);
}

// A fatal item "cause" and an item "tone" with three opportunities.
v1::Inspection Found(uint32_t cause, uint32_t tone, const char* inspector = "ivan") {
  v1::Inspection inspection;
  inspection.set_form("closing");
  inspection.set_inspector(inspector);
  inspection.set_state(v1::INSPECTION_STATE_RECORDED);
  AddResult(*inspection.mutable_results(), "cause", true, 1, cause);
  AddResult(*inspection.mutable_results(), "tone", false, 3, tone);
  return inspection;
}

// "all 2/5 fatal 1 (12..34) defects 3/6 (5..6) disputed 0/0/0".
std::string Print(const v1::ErrorRates& rates) {
  return absl::StrCat(absl::StrJoin(rates.values(), "/"), " inspected ", rates.inspected(), "/",
                      rates.drawn(), " fatal ", rates.fatal(), " (", rates.fatal_interval().low(),
                      "..", rates.fatal_interval().high(), ") defects ", rates.defects(), "/",
                      rates.opportunities(), " disputed ", rates.disputed(), "/", rates.upheld(),
                      "/", rates.overturned());
}

TEST(ErrorTally, CountsTicketsDefectsAndOpportunities) {
  const v1::SampleDrawn draw = TwoStrata();
  ErrorTally tally;
  tally.AddSample(draw);
  tally.AddInspection(draw, draw.tickets(0), Found(1, 2));
  tally.AddInspection(draw, draw.tickets(1), Found(0, 0, "ines"));
  tally.AddInspection(draw, draw.tickets(3), Found(0, 1));
  const auto report = tally.Report();
  // The Wilson interval of 1 of 3 is 0.0615 to 0.7923, that of 1 of 2 is 0.0945 to 0.9055.
  EXPECT_EQ(Print(report.total()),
            " inspected 3/5 fatal 1 (61492..792340) defects 3/9 disputed 0/0/0");
  EXPECT_EQ(Print(report.by_stratum(0)),
            "monthly/billing inspected 2/3 fatal 1 (94531..905469) defects 2/6 disputed 0/0/0");
  EXPECT_EQ(Print(report.by_department(1)),
            "desk inspected 1/2 fatal 0 (0..793451) defects 1/3 disputed 0/0/0");
  ASSERT_EQ(report.by_inspector_size(), 2);
  EXPECT_EQ(report.by_inspector(0).values(0), "ines");
  EXPECT_EQ(Print(report.by_item(0)),
            "closing/cause inspected 3/0 fatal 1 (61492..792340) defects 0/0 disputed 0/0/0");
  EXPECT_EQ(report.by_item(1).defects(), 3u);
  EXPECT_EQ(report.total().population(), 100u);
  // Half of 90 tickets and none of 10.
  EXPECT_EQ(report.total().weighed_fatal(), 450'000u);
}

TEST(ErrorTally, WeighsNothingWhileAStratumIsNotLookedInto) {
  const v1::SampleDrawn draw = TwoStrata();
  ErrorTally tally;
  tally.AddSample(draw);
  tally.AddInspection(draw, draw.tickets(0), Found(1, 0));
  EXPECT_FALSE(tally.Report().total().has_weighed_fatal());
}

TEST(ErrorTally, FollowsTheVerdictAndLeavesOutWhatDidNotApply) {
  const v1::SampleDrawn draw = TwoStrata();
  v1::Inspection overturned = Found(1, 3);
  overturned.set_state(v1::INSPECTION_STATE_OVERTURNED);
  AddResult(*overturned.mutable_verdict()->mutable_results(), "cause", true, 1, 0);
  AddResult(*overturned.mutable_verdict()->mutable_results(), "tone", false, 3, 1);
  v1::Inspection upheld = Found(1, 0);
  upheld.set_state(v1::INSPECTION_STATE_UPHELD);
  upheld.mutable_results(1)->set_not_applicable(true);
  v1::Inspection disputed = Found(0, 0);
  disputed.set_state(v1::INSPECTION_STATE_DISPUTED);
  ErrorTally tally;
  tally.AddSample(draw);
  tally.AddInspection(draw, draw.tickets(0), overturned);
  tally.AddInspection(draw, draw.tickets(1), upheld);
  tally.AddInspection(draw, draw.tickets(2), disputed);
  EXPECT_EQ(Print(tally.Report().by_department(0)),
            "billing inspected 3/3 fatal 1 (61492..792340) defects 1/6 disputed 1/1/1");
}

TEST(ErrorTally, SaysNothingOfWhatWasNotInspected) {
  const auto report = ErrorTally().Report();
  EXPECT_EQ(report.total().ShortDebugString(), "");
  EXPECT_TRUE(report.by_stratum().empty());
}

}  // namespace
}  // namespace redress::engine
