// customer_view.cc: a ticket in plain words for its customer.
#include "services/customer_view.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/engine/desk.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

std::string View(const Desk& desk) {
  const v1::CustomerView view = services::MakeCustomerView(desk.ticket(), {}, desk.now());
  return absl::StrCat(
      Short(view.stage()), ": ", view.status(), " ", view.next_step(),
      view.has_expected_time() ? absl::StrCat(" By ", Print(view.expected_time())) : "",
      view.can_confirm() ? " confirm" : "", view.can_dispute() ? " dispute" : "");
}

TEST(CustomerView, FollowsATicketThroughItsLife) {
  EXPECT_EQ(View(DeskWithComplaint()),
            "RECEIVED: We have your message. Somebody who can solve it will take it on. By 13:00");
  EXPECT_EQ(View(DeskWithLease()),
            "IN_WORK: Somebody is working on it. You will get an answer. By 13:00");
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  EXPECT_EQ(View(desk),
            "IN_WORK: Somebody is working on it. You will get an answer. By Nov 04 09:00");
  desk.Must(Resolve());
  EXPECT_EQ(View(desk),
            "ANSWERED: We have answered. Tell us whether the answer holds. If we hear nothing, we "
            "take it that it does. By Nov 07 09:00 confirm dispute");
  desk.Must(Confirm());
  EXPECT_EQ(View(desk), "DONE: This is done. Nothing more will happen by itself. dispute");
}

TEST(CustomerView, SaysWhomAPauseWaitsFor) {
  Desk desk = DeskWithAccepted();
  desk.Must(Answer());
  Desk other = desk;
  desk.Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO));
  EXPECT_EQ(View(desk),
            "WAITING_FOR_YOU: We need something from you. Please answer our last message. "
            "By Nov 04 09:00");
  other.Must(Pause(v1::PAUSE_REASON_THIRD_PARTY));
  EXPECT_EQ(View(other),
            "WAITING_FOR_OTHERS: We are waiting for somebody else. We go on as soon as they have "
            "acted. By Nov 04 09:00");
}

TEST(CustomerView, LetsDisputeUntilTheVeryEndOfTheWindow) {
  Desk desk = DeskWithResolved();
  desk.Must(Confirm());
  const auto can_dispute = [&](const char* time) {
    return services::MakeCustomerView(desk.ticket(), {}, At(time)).can_dispute();
  };
  EXPECT_TRUE(can_dispute("Nov 16 10:00"));
  EXPECT_FALSE(can_dispute("Nov 16 10:00:00.000001"));
}

TEST(CustomerView, PromisesNothingThatIsBroken) {
  Desk desk = DeskWithComplaint();
  desk.At("Nov 05 09:00").Tick();
  EXPECT_EQ(View(desk),
            "RECEIVED: We have your message. Somebody who can solve it will take it on.");
}

TEST(CustomerView, ShowsTheAnswersAndNothingOfStaff) {
  Desk desk = DeskWithResolved();
  const v1::CustomerView view =
      services::MakeCustomerView(desk.ticket(), {"First.", "Last."}, desk.now());
  ASSERT_EQ(view.answers_size(), 2);
  EXPECT_EQ(view.answers(1), "Last.");
  EXPECT_EQ(view.ShortDebugString().find("anna"), std::string::npos);
  EXPECT_EQ(view.ShortDebugString().find("desk"), std::string::npos);
}

}  // namespace
}  // namespace redress::test
