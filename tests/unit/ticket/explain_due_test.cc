// explain_due.cc: what a due instant follows from, and who held the ticket meanwhile.
#include "engine/ticket/explain_due.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "engine/time/instant.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/print.h"
#include "tests/support/engine/shop.h"

namespace redress::test {
namespace {

std::vector<v1::ExplainedClock> Explained(const Desk& desk, const engine::Playbook* playbook) {
  engine::Facts facts;
  facts.playbook = playbook;
  facts.ticket = &desk.ticket();
  return engine::ExplainDue(facts, desk.events(), desk.now());
}

v1::ExplainedClock Explained(const Desk& desk, v1::ClockKind kind) {
  for (const v1::ExplainedClock& explained : Explained(desk, ClockShop().get()))
    if (explained.clock().kind() == kind) return explained;
  ADD_FAILURE() << "no such clock";
  return {};
}

std::string Spans(const v1::ExplainedClock& explained) {
  std::string text;
  for (const v1::DueSpan& span : explained.spans()) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", Print(span.start_time()), " to ",
                    Print(span.end_time()), " ", Short(span.kind()));
    if (span.reason() != v1::PAUSE_REASON_UNSPECIFIED)
      absl::StrAppend(&text, " ", Short(span.reason()));
    for (const std::string& date : span.dates()) absl::StrAppend(&text, " ", date);
  }
  return text;
}

std::string Holders(const v1::ExplainedClock& explained) {
  std::string text;
  absl::Duration sum;
  for (const v1::HolderShare& share : explained.holders()) {
    const absl::Duration held = engine::ToSpan(share.elapsed());
    sum += held;
    absl::StrAppend(&text, text.empty() ? "" : ", ", Short(share.level()), " ", share.department(),
                    share.handler().empty() ? "" : "/", share.handler(), " ",
                    absl::FormatDuration(held));
  }
  EXPECT_EQ(sum, engine::ToSpan(explained.elapsed())) << "shares add up";
  return text;
}

Desk Accepted() {
  Desk desk = DeskOn(*ClockShop());
  desk.Must(Submit(Complaint())).Must(Pull("desk")).Must(Accept(1));
  return desk;
}

TEST(ExplainDue, ListsEveryStretchFromTheStartToTheDueInstant) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL)).At("14:00").Must(Resume());
  const v1::ExplainedClock resolve = Explained(desk, v1::CLOCK_KIND_RESOLVE);
  EXPECT_EQ(Spans(resolve),
            "09:00 to 10:00 COUNTED\n"
            "10:00 to 12:00 PAUSED LEGAL\n"
            "12:00 to 13:00 CLOSED\n"
            "13:00 to 14:00 PAUSED LEGAL\n"
            "14:00 to 17:00 COUNTED\n"
            "17:00 to Nov 03 09:00 CLOSED\n"
            "Nov 03 09:00 to Nov 03 12:00 COUNTED\n"
            "Nov 03 12:00 to Nov 03 13:00 CLOSED\n"
            "Nov 03 13:00 to Nov 03 17:00 COUNTED\n"
            "Nov 03 17:00 to Nov 04 09:00 CLOSED\n"
            "Nov 04 09:00 to Nov 04 12:00 COUNTED\n"
            "Nov 04 12:00 to Nov 04 13:00 CLOSED\n"
            "Nov 04 13:00 to Nov 04 15:00 COUNTED");
  EXPECT_TRUE(resolve.recomputed_identical());
  EXPECT_FALSE(resolve.is_cut());
}

TEST(ExplainDue, NamesTheHolidays) {
  const auto holiday = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"13:00-17:00]}", "13:00-17:00]}, holidays: [2026-11-03, 11-04]"}}));
  Desk desk = DeskOn(*holiday);
  desk.At("16:30").Must(Submit(Complaint()));
  const auto clocks = Explained(desk, holiday.get());
  EXPECT_EQ(Spans(clocks[1]),
            "16:30 to 17:00 COUNTED\n"
            "17:00 to Nov 05 09:00 CLOSED 2026-11-03 2026-11-04\n"
            "Nov 05 09:00 to Nov 05 10:30 COUNTED");
}

TEST(ExplainDue, Vector21SplitsTheTimeExactlyOverItsHolders) {
  Desk desk = Accepted();
  desk.At("11:30").Must(Escalate()).At("13:15").Must(Pull("desk")).Must(Accept(2));
  desk.At("Nov 03 10:00").Must(Transfer("billing")).At("Nov 03 10:00:30");
  EXPECT_EQ(Holders(Explained(desk, v1::CLOCK_KIND_RESOLVE)),
            "RELAY desk/anna 2h30m, ANALYSIS desk 45m, ANALYSIS desk/anna 4h45m, "
            "ANALYSIS billing 30s");
}

TEST(ExplainDue, LeavesOutWhatTheTicketWasResolvedFor) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Resolve()).At("15:00").Must(Dispute());
  const v1::ExplainedClock resolve = Explained(desk, v1::CLOCK_KIND_RESOLVE);
  EXPECT_TRUE(resolve.recomputed_identical());
  EXPECT_EQ(Spans(resolve).substr(0, 93),
            "09:00 to 10:00 COUNTED\n10:00 to 12:00 RESOLVED\n12:00 to 13:00 CLOSED\n"
            "13:00 to 15:00 RESOLVED\n");
  EXPECT_EQ(Print(resolve.clock().due_time()), "Nov 04 16:00");
}

TEST(ExplainDue, KnowsThatARevisionDroppedEarlierPauses) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL)).At("11:00").Must(Resume());
  desk.Must(Escalate());
  const v1::ExplainedClock resolve = Explained(desk, v1::CLOCK_KIND_RESOLVE);
  EXPECT_TRUE(resolve.recomputed_identical());
  EXPECT_EQ(Spans(resolve).find("PAUSED"), std::string::npos);
}

TEST(ExplainDue, KnowsThatALaterRevisionTookThemBack) {
  Desk desk = Accepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_LEGAL)).At("11:00").Must(Resume());
  desk.Must(Escalate()).Must(Pull("desk")).Must(Accept(2)).Must(Escalate());
  const v1::ExplainedClock resolve = Explained(desk, v1::CLOCK_KIND_RESOLVE);
  EXPECT_TRUE(resolve.recomputed_identical());
  EXPECT_NE(Spans(resolve).find("10:00 to 11:00 PAUSED LEGAL"), std::string::npos);
}

TEST(ExplainDue, ShowsAPromiseOfTheRouteAsAClockWithoutARow) {
  Desk desk = DeskWithAccepted();
  desk.At("10:00").Must(Pause(v1::PAUSE_REASON_CUSTOMER_INFO)).At("11:00").Must(Resume());
  const auto clocks = Explained(desk, Shop().get());
  ASSERT_EQ(clocks.size(), 2u);
  EXPECT_EQ(Print(clocks[0].clock()), "FIRST RUNNING due 14:00");
  EXPECT_EQ(Spans(clocks[0]),
            "09:00 to 10:00 COUNTED\n10:00 to 11:00 PAUSED CUSTOMER_INFO\n11:00 to 14:00 COUNTED");
  EXPECT_TRUE(clocks[0].recomputed_identical());
  EXPECT_EQ(Print(clocks[1].clock()), "RESOLVE RUNNING due Nov 04 10:00");
  EXPECT_TRUE(clocks[1].recomputed_identical());
}

TEST(ExplainDue, StopsAtItsLimit) {
  const auto narrow = MustCompile(absl::StrReplaceAll(
      ClockShopSource(), {{"[09:00-12:00, 13:00-17:00]", "[09:00-09:01, 09:02-09:03]"},
                          {"budget: 16h", "budget: 17h"}}));
  Desk desk = DeskOn(*narrow);
  desk.Must(Submit(Complaint()));
  for (const v1::ExplainedClock& each : Explained(desk, narrow.get())) {
    const bool is_resolve = each.clock().kind() == v1::CLOCK_KIND_RESOLVE;
    EXPECT_EQ(each.is_cut(), is_resolve) << Print(each.clock());
    if (is_resolve) EXPECT_EQ(each.spans_size(), engine::kDueSpansMax);
    EXPECT_TRUE(each.recomputed_identical());
  }
}

}  // namespace
}  // namespace redress::test
