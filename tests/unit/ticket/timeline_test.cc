#include "engine/ticket/timeline.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/chain_shop.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

engine::Timeline Preview(const engine::Playbook& playbook, const v1::Issue& issue,
                         absl::Duration horizon) {
  return std::get<engine::Timeline>(
      engine::PreviewTimeline(playbook, issue, At("09:00"), horizon));
}

// The preview must be what a desk comes to when nobody acts.
TEST(PreviewTimeline, IsWhatHappensWhenNobodyActs) {
  for (const v1::Issue& issue : {Complaint(), Burned(), AlertOf("down"), Praise()}) {
    Desk desk = DeskOn(*ChainShop());
    desk.Must(Agent("preview"), Submit(issue));
    while (desk.ticket().has_next_deadline_time()) {
      const absl::Time due = absl::FromUnixMicros(
          desk.ticket().next_deadline_time().seconds() * 1'000'000 +
          desk.ticket().next_deadline_time().nanos() / 1000);
      if (due > At("09:00") + absl::Hours(24 * 40)) break;
      desk.At(due + absl::Seconds(1)).Tick();
    }
    const engine::Timeline timeline = Preview(*ChainShop(), issue, absl::Hours(24 * 40));
    ASSERT_EQ(timeline.events.size(), desk.events().size());
    for (size_t i = 0; i < timeline.events.size(); ++i)
      EXPECT_EQ(Print(timeline.events[i]), Print(desk.events()[i]));
    EXPECT_EQ(Print(timeline.ticket), Print(desk.ticket()));
  }
}

TEST(PreviewTimeline, ShowsDuesStepsAndReminders) {
  std::string text;
  for (const v1::Event& event :
       Preview(*ChainShop(), Complaint(), absl::Hours(25)).events)
    absl::StrAppend(&text, Print(event), "\n");
  for (const char* part : {"slow/half", "PromiseMissed kind=FIRST_ANSWER", "SeverityChanged",
                           "PromiseMissed kind=RESOLUTION", "TicketTransferred"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(text.find("slow/up"), std::string::npos);
}

TEST(PreviewTimeline, EndsSomewhere) {
  const engine::Timeline timeline = Preview(*Shop(), Question(), absl::Hours(24 * 366 * 30));
  EXPECT_TRUE(timeline.is_cut);
  EXPECT_GE(timeline.events.size(), 1000u);
}

TEST(PreviewTimeline, RefusesWhatWouldBeRefused) {
  v1::Issue issue = Complaint();
  issue.set_category("no.such");
  const auto refused =
      engine::PreviewTimeline(*ChainShop(), issue, At("09:00"), absl::Hours(1));
  EXPECT_EQ(std::get<engine::Rejection>(refused).reason, v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace redress::test
