// draw.cc: what is drawn, against fixed values of another program and against a second way of
// computing it.
#include "engine/inspection/draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sha256.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// HMAC by its definition: H(key ^ opad, H(key ^ ipad, message)), for keys of 32 bytes.
std::string PlainHmac(const std::string& key, const std::string& message) {
  constexpr size_t kBlock = 64;
  std::string inner(kBlock, '\x36'), outer(kBlock, '\x5c');
  for (size_t i = 0; i < key.size(); ++i) {
    inner[i] = static_cast<char>(inner[i] ^ key[i]);
    outer[i] = static_cast<char>(outer[i] ^ key[i]);
  }
  return base::Sha256(outer + base::Sha256(inner + message));
}

v1::SampleDrawn NovemberDraw() {
  v1::SampleDrawn draw;
  draw.mutable_plan()->set_id("monthly");
  draw.set_from_day("2026-11-01");
  draw.set_to_day("2026-12-01");
  for (int i = 0; i < 32; ++i) draw.mutable_commit_hash()->push_back(static_cast<char>(i));
  draw.set_salt(std::string(16, '\xab'));
  draw.set_seed(SeedOf(draw));
  return draw;
}

// "1 3 13" of the tickets that were drawn.
std::string Ids(const v1::SampleDrawn& drawn) {
  return absl::StrJoin(drawn.tickets(), " ", [](std::string* out, const v1::SampledTicket& one) {
    absl::StrAppend(out, one.ticket_id());
  });
}

// Tickets 1 to 20, the odd ones of billing, the others of the desk.
v1::SampleDrawn DrawTwenty(const v1::SampleDrawn& draw) {
  SampleBuilder builder(draw);
  for (uint64_t id = 1; id <= 20; ++id) {
    const std::string department = id % 2 == 1 ? "billing" : "desk";
    builder.Add(id, draw.plan().by().empty() ? std::vector<std::string>()
                                             : std::vector<std::string>{department},
                department);
  }
  return builder.Draw();
}

TEST(SeedOf, IsTheHashOfThePublishedLines) {
  EXPECT_EQ(absl::BytesToHexString(NovemberDraw().seed()),
            "e46afca63b3d831ddfcc859d674b860d1ec939bd2e030406120846cb8f74eb90");
}

TEST(DrawKey, IsTheBeginningOfTheHmacOfTheId) {
  EXPECT_EQ(DrawKey(NovemberDraw().seed(), 1), 0x073740d05722ced8u);
}

TEST(SampleBuilder, DrawsTheSmallestKeysInTheirOrder) {
  v1::SampleDrawn draw = NovemberDraw();
  draw.mutable_plan()->mutable_size()->set_count(20);
  EXPECT_EQ(Ids(DrawTwenty(draw)), "18 1 3 4 13 5 11 9 19 16 10 20 12 6 2 15 7 14 17 8");
  draw.mutable_plan()->mutable_size()->set_count(3);
  EXPECT_EQ(Ids(DrawTwenty(draw)), "18 1 3");
}

TEST(SampleBuilder, DrawsFromEachStratumByItsOwnSize) {
  v1::SampleDrawn draw = NovemberDraw();
  draw.mutable_plan()->add_by("department");
  draw.mutable_plan()->mutable_size()->set_rate(2500);
  v1::StratumSize& desk = *draw.mutable_plan()->add_strata();
  desk.add_values("desk");
  desk.mutable_size()->set_count(1);
  const v1::SampleDrawn drawn = DrawTwenty(draw);
  EXPECT_EQ(Ids(drawn), "1 3 13 18");  // a quarter of ten, rounded up; then one
  ASSERT_EQ(drawn.strata_size(), 2);
  EXPECT_EQ(drawn.strata(0).ShortDebugString(), "values: \"billing\" population: 10 drawn: 3");
  EXPECT_EQ(drawn.strata(1).ShortDebugString(), "values: \"desk\" population: 10 drawn: 1");
  EXPECT_EQ(drawn.tickets(3).ShortDebugString(), "ticket_id: 18 stratum: 1 department: \"desk\"");
  EXPECT_EQ(absl::BytesToHexString(drawn.population_hash()),
            "24dd0206708f003a54c3933dd6e65373eca90cc68825b3999a406e96772c987c");
}

TEST(SampleBuilder, DrawsWhatASecondComputationDraws) {
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    v1::SampleDrawn draw = NovemberDraw();
    draw.set_salt(absl::StrCat("salt", seed));
    draw.set_seed(SeedOf(draw));
    draw.mutable_plan()->add_by("channel");
    draw.mutable_plan()->mutable_size()->set_rate(random() % 10'001);
    draw.mutable_plan()->mutable_size()->set_count(random() % 5);
    SampleBuilder builder(draw);
    std::map<std::string, std::vector<std::pair<std::string, uint64_t>>> strata;
    for (uint64_t id = 1; id <= 300; ++id) {
      if (random() % 3 == 0) continue;
      const std::string channel = absl::StrCat("c", random() % 4);
      builder.Add(id, {channel}, "desk");
      strata[channel].emplace_back(PlainHmac(draw.seed(), std::to_string(id)), id);
    }
    std::vector<uint64_t> expected;
    for (auto& [channel, members] : strata) {
      std::sort(members.begin(), members.end());
      const uint64_t rate = draw.plan().size().rate();
      const uint64_t share = (members.size() * rate + 9'999) / 10'000;
      const uint64_t size = std::max<uint64_t>(share, draw.plan().size().count());
      for (size_t i = 0; i < std::min<size_t>(size, members.size()); ++i)
        expected.push_back(members[i].second);
    }
    EXPECT_EQ(Ids(builder.Draw()), absl::StrJoin(expected, " ")) << "seed " << seed;
  }
}

TEST(SampleBuilder, SaysWhyAPlanIsTooWide) {
  v1::SampleDrawn draw = NovemberDraw();
  draw.mutable_plan()->mutable_size()->set_rate(10'000);
  EXPECT_EQ(SampleBuilder(draw).FindFault().value_or(""),
            "finds no ticket that was resolved on these days");
  SampleBuilder all(draw);
  for (uint64_t id = 1; id <= kSampleTicketsMax; ++id) all.Add(id, {}, "desk");
  EXPECT_EQ(all.FindFault(), std::nullopt);
  all.Add(kSampleTicketsMax + 1, {}, "desk");
  EXPECT_EQ(all.FindFault().value_or(""),
            "would draw 5001 tickets; 5000 are allowed. Take a shorter period or a smaller rate.");
  SampleBuilder parted(draw);
  for (uint64_t id = 1; id <= kSampleStrataMax + 1; ++id)
    parted.Add(id, {absl::StrCat(id)}, "desk");
  EXPECT_EQ(parted.FindFault().value_or(""),
            "would part the tickets into 1001 strata; 1000 are allowed. Part them by less.");
}

TEST(FindDifference, NamesWhatWasChanged) {
  v1::SampleDrawn draw = NovemberDraw();
  draw.mutable_plan()->mutable_size()->set_count(5);
  const v1::SampleDrawn again = DrawTwenty(draw);
  draw.MergeFrom(again);
  const auto difference = [&](const auto& change) {
    v1::SampleDrawn changed = draw;
    change(changed);
    return FindDifference(changed, again).value_or("none");
  };
  EXPECT_EQ(difference([](v1::SampleDrawn&) {}), "none");
  EXPECT_EQ(difference([](v1::SampleDrawn& one) { one.mutable_salt()->back() ^= 1; }),
            "the seed is another");
  EXPECT_EQ(difference([](v1::SampleDrawn& one) { one.set_to_day("2026-12-02"); }),
            "the seed is another");
  EXPECT_EQ(difference([](v1::SampleDrawn& one) { one.mutable_population_hash()->back() ^= 1; }),
            "the list of tickets is another");
  EXPECT_EQ(difference([](v1::SampleDrawn& one) { one.mutable_strata(0)->set_population(21); }),
            "the strata are others");
  EXPECT_EQ(difference([](v1::SampleDrawn& one) { one.mutable_tickets()->SwapElements(0, 1); }),
            "the drawn tickets are others");
}

TEST(StratumOf, TakesControlCharactersAsBlanks) {
  v1::SamplingPlan plan;
  plan.add_by("channel");
  plan.add_by("level");
  plan.add_by("root_category");
  v1::Ticket ticket;
  ticket.set_channel("web\tform\n");
  ticket.set_level(v1::LEVEL_ANALYSIS);
  ticket.set_category("billing.double_charge");
  EXPECT_EQ(absl::StrJoin(StratumOf(plan, ticket), "|"), "web form |ANALYSIS|billing");
}

TEST(DrawPeriod, HasResolvingsOfItsDaysThatWereRecordedByThen) {
  v1::SampleDrawn draw = NovemberDraw();
  draw.set_commit(7);
  const DrawPeriod period = PeriodOf(draw);
  const auto has = [&](int64_t seconds, uint64_t commit, bool is_mystery) {
    v1::Event event;
    event.mutable_ticket_resolved();
    event.mutable_time()->set_seconds(seconds);
    v1::Ticket after;
    if (is_mystery) after.mutable_mystery();
    return period.Has(event, after, commit);
  };
  constexpr int64_t kNovember = 1'793'491'200;
  constexpr int64_t kDecember = kNovember + 30 * 86'400;
  EXPECT_TRUE(has(kNovember, 7, false));
  EXPECT_FALSE(has(kNovember - 1, 7, false));
  EXPECT_TRUE(has(kDecember - 1, 1, false));
  EXPECT_FALSE(has(kDecember, 1, false));
  EXPECT_FALSE(has(kNovember, 8, false));
  EXPECT_FALSE(has(kNovember, 7, true));
  EXPECT_FALSE(period.Has(v1::Event(), v1::Ticket(), 1));
}

}  // namespace
}  // namespace redress::engine
