// What counts as another place when a candidate decides tickets again.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/playbook/backtest.h"
#include "engine/playbook/shadow_tally.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr char kCandidate[] = R"(playbook: candidate
departments:
  desk: {title: Desk, head: a}
route:
  - {id: rest, to: {record: true, department: desk}}
)";

std::string Moves(const google::protobuf::RepeatedPtrField<v1::BacktestMove>& moves) {
  std::string text;
  for (const v1::BacktestMove& move : moves)
    absl::StrAppend(&text, move.from_department(), " ", v1::Level_Name(move.from_level()), " -> ",
                    move.to_department(), " ", v1::Level_Name(move.to_level()), ": ", move.count(),
                    "\n");
  return text;
}

// Before: worked on at the desk at RELAY. Again: only recorded there.
TriedTicket Recorded(const Playbook& candidate) {
  TriedTicket tried;
  tried.reference = "K7M2-9QXD";
  tried.day = "2026-11-01";
  tried.before.set_department("desk");
  tried.before.set_level(v1::LEVEL_RELAY);
  tried.again = DecideAgain(candidate, v1::Issue(), v1::Decision());
  return tried;
}

TEST(BacktestTally, CountsWhatWouldOnlyBeRecordedAsMovedAndAsNoLoad) {
  const auto candidate = CompilePlaybook(kCandidate).playbook;
  ASSERT_NE(candidate, nullptr);
  BacktestTally tally(*candidate);
  tally.Add(Recorded(*candidate));
  const v1::Backtest backtest = std::move(tally).Take();
  EXPECT_EQ(backtest.moved(), 1u);
  EXPECT_EQ(Moves(backtest.moves()), "desk LEVEL_RELAY -> desk LEVEL_UNSPECIFIED: 1\n");
  ASSERT_EQ(backtest.loads_size(), 1);
  EXPECT_EQ(backtest.loads(0).recorded(), 1u);
  EXPECT_EQ(backtest.loads(0).candidate(), 0u);
  EXPECT_EQ(backtest.loads_left_out(), 0u);
}

TEST(CountShadow, CountsWhatWouldOnlyBeRecordedAsMoved) {
  const auto candidate = CompilePlaybook(kCandidate).playbook;
  ASSERT_NE(candidate, nullptr);
  const TriedTicket tried = Recorded(*candidate);
  v1::Decision live;
  *live.mutable_effects() = tried.before;
  v1::Shadow shadow;
  CountShadow(shadow, tried.reference, {}, live, tried.again);
  CountShadow(shadow, tried.reference, {}, tried.again, tried.again);
  EXPECT_EQ(shadow.moved(), 1u);
  EXPECT_EQ(Moves(shadow.moves()), "desk LEVEL_RELAY -> desk LEVEL_UNSPECIFIED: 1\n");
}

}  // namespace
}  // namespace redress::engine
