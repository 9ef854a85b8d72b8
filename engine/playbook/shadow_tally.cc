#include "engine/playbook/shadow_tally.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "engine/playbook/backtest.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

bool IsSamePlace(const v1::Effects& one, const v1::Effects& other) {
  return one.department() == other.department() && PlaceLevel(one) == PlaceLevel(other);
}

void CountMove(v1::Shadow& shadow, const std::string& reference, const v1::Effects& from,
               const v1::Effects& to) {
  const auto is_same = [&](const v1::BacktestMove& move) {
    return move.from_department() == from.department() && move.from_level() == PlaceLevel(from) &&
           move.to_department() == to.department() && move.to_level() == PlaceLevel(to);
  };
  auto& moves = *shadow.mutable_moves();
  auto move = std::find_if(moves.begin(), moves.end(), is_same);
  if (move == moves.end()) {
    if (moves.size() == kShadowMovesMax) {
      shadow.set_moves_left_out(shadow.moves_left_out() + 1);
      return;
    }
    v1::BacktestMove& added = *moves.Add();
    added.set_from_department(from.department());
    added.set_from_level(PlaceLevel(from));
    added.set_to_department(to.department());
    added.set_to_level(PlaceLevel(to));
    move = std::prev(moves.end());
  }
  move->set_count(move->count() + 1);
  if (move->tickets_size() < kBacktestTicketsMax) move->add_tickets(reference);
  // The commonest first.
  for (; move != moves.begin() && std::prev(move)->count() < move->count(); --move)
    move->Swap(&*std::prev(move));
}

}  // namespace

void CountShadow(v1::Shadow& shadow, const std::string& reference,
                 const google::protobuf::Timestamp& time, const v1::Decision& live,
                 const v1::Decision& candidate) {
  shadow.set_decided(shadow.decided() + 1);
  shadow.set_failures(shadow.failures() + static_cast<uint64_t>(candidate.errors_size()));
  const v1::Effects& before = live.effects();
  const v1::Effects& after = candidate.effects();
  if (google::protobuf::util::MessageDifferencer::Equals(before, after)) return;
  shadow.set_different(shadow.different() + 1);
  auto& differences = *shadow.mutable_differences();
  if (differences.size() == kShadowDifferencesMax) differences.erase(differences.begin());
  v1::ShadowDifference& difference = *differences.Add();
  difference.set_ticket(reference);
  *difference.mutable_time() = time;
  difference.set_live_rule(live.route_rule());
  difference.set_candidate_rule(candidate.route_rule());
  *difference.mutable_live() = before;
  *difference.mutable_candidate() = after;
  if (IsSamePlace(before, after)) return;
  shadow.set_moved(shadow.moved() + 1);
  CountMove(shadow, reference, before, after);
}

}  // namespace redress::engine
