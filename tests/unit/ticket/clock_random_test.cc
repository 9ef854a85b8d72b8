// Random work on tickets with clocks. After every step, each clock must agree with an oracle that
// walks over the minutes of its life, and with what is told about it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "absl/strings/str_cat.h"
#include "engine/ticket/explain_due.h"
#include "engine/time/instant.h"
#include "tests/support/engine/clock_shop.h"
#include "tests/support/engine/orders.h"
#include "tests/support/engine/print.h"

namespace redress::test {
namespace {

constexpr uint64_t kSeed = 4711;
constexpr int kHistories = 100;
constexpr int kSteps = 40;
constexpr int kChecksMin = 10'000;

using Random = std::mt19937_64;

int Draw(Random& random, int to) { return std::uniform_int_distribution<int>(0, to)(random); }

// A work order for ticket 1, whatever its state; many are refused.
v1::Command DrawWork(Random& random, const v1::Ticket& ticket) {
  constexpr v1::PauseReason kReasons[] = {
      v1::PAUSE_REASON_CUSTOMER_INFO, v1::PAUSE_REASON_THIRD_PARTY, v1::PAUSE_REASON_LEGAL};
  const uint64_t token =
      ticket.state() == v1::TICKET_STATE_LEASED ? ticket.hold().lease_token() : 0;
  switch (Draw(random, 14)) {
    case 0: return Answer(token);
    case 1: return Acknowledge(token);
    case 2:
    case 3: return Pause(kReasons[Draw(random, 2)], absl::Hours(1 + Draw(random, 200)));
    case 4:
    case 5: return Resume();
    case 6: return Transfer(Draw(random, 1) == 0 ? "billing" : "desk", token);
    case 7: return Escalate(token);
    case 8: return Deescalate(token);
    case 9: return Draw(random, 2) == 0 ? Resolve(token) : Note();
    case 10: return Dispute();
    case 11: return Submit(Keyed(Draw(random, 2) == 0 ? Praise() : Complaint(), "k"));
    case 12: return TakeOffer();
    default: return token != 0 ? Accept(token) : Pull(ticket.department());
  }
}

// The hours of the clock shop's office, and every hour for OWNER.
bool IsOpen(const v1::Clock& clock, absl::Time minute) {
  if (clock.terms().calendar().empty()) return true;
  const absl::CivilMinute civil = absl::ToCivilMinute(minute, absl::UTCTimeZone());
  const absl::Weekday day = absl::GetWeekday(absl::CivilDay(civil));
  if (day == absl::Weekday::saturday || day == absl::Weekday::sunday) return false;
  const int hour = civil.hour();
  return (hour >= 9 && hour < 12) || (hour >= 13 && hour < 17);
}

// Whether the clock rests at a minute because of what is over.
bool Rests(const v1::ExplainedClock& explained, absl::Time minute) {
  return std::any_of(explained.spans().begin(), explained.spans().end(), [&](const auto& span) {
    const bool is_rest = span.kind() == v1::DUE_SPAN_KIND_PAUSED ||
                         span.kind() == v1::DUE_SPAN_KIND_RESOLVED;
    return is_rest && engine::ToTime(span.start_time()) <= minute &&
           minute < engine::ToTime(span.end_time());
  });
}

absl::Time DueByWalking(const v1::ExplainedClock& explained) {
  const v1::Clock& clock = explained.clock();
  absl::Time at = engine::ToTime(clock.start_time());
  for (int64_t left = clock.terms().budget().seconds() / 60; left > 0; at += absl::Minutes(1))
    if (IsOpen(clock, at) && !Rests(explained, at)) --left;
  return at;
}

void CheckClock(const v1::ExplainedClock& explained, const v1::Ticket& ticket) {
  const v1::Clock& clock = explained.clock();
  const std::string name = Print(clock);
  EXPECT_TRUE(explained.recomputed_identical()) << name;
  EXPECT_EQ(DueByWalking(explained), engine::ToTime(clock.due_time())) << name;
  absl::Duration held;
  for (const v1::HolderShare& share : explained.holders()) held += engine::ToSpan(share.elapsed());
  EXPECT_EQ(held, engine::ToSpan(explained.elapsed())) << name;
  const bool is_late = engine::ToSpan(explained.elapsed()) > engine::ToSpan(clock.terms().budget());
  if (clock.state() == v1::PROMISE_STATE_MET) EXPECT_FALSE(is_late) << name;
  if (clock.state() == v1::PROMISE_STATE_MISSED)
    EXPECT_EQ(engine::ToTime(clock.end_time()), engine::ToTime(clock.due_time())) << name;
  if (clock.kind() == v1::CLOCK_KIND_RESOLVE)
    EXPECT_EQ(ticket.promises().resolution_state(), clock.state()) << name;
  if (clock.state() == v1::PROMISE_STATE_RUNNING)
    EXPECT_LT(ticket.state(), v1::TICKET_STATE_RESOLVED) << name;
}

TEST(Clocks, AgreeWithAnOracleAfterEveryStep) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  Random random(kSeed);
  int checked = 0;
  for (int history = 0; history < kHistories; ++history) {
    Desk desk = DeskOn(*ClockShop());
    desk.At(desk.now() + absl::Minutes(Draw(random, 7 * 24 * 60)));
    desk.Must(Submit(Keyed(Complaint(), "k")));
    for (int step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      desk.At(desk.now() + absl::Minutes(Draw(random, Draw(random, 3) == 0 ? 3000 : 90)));
      if (Draw(random, 3) == 0) desk.Tick();
      const bool is_owner = Draw(random, 3) == 0;
      desk.Do(is_owner ? Owner("anna") : Agent("anna"), DrawWork(random, desk.ticket()));
      engine::Facts facts;
      facts.playbook = ClockShop().get();
      facts.ticket = &desk.ticket();
      for (const auto& explained : engine::ExplainDue(facts, desk.events(), desk.now())) {
        CheckClock(explained, desk.ticket());
        ++checked;
      }
    }
    ASSERT_FALSE(testing::Test::HasFailure())
        << "history " << history << " of seed " << kSeed << "\n"
        << [&] {
             std::string text;
             for (const v1::Event& event : desk.events())
               absl::StrAppend(&text, Print(event), "\n");
             return text;
           }();
  }
  EXPECT_GT(checked, kChecksMin);
}

}  // namespace
}  // namespace redress::test
