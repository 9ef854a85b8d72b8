#include "engine/playbook/backtest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// One decision of a stream, so that two streams are the same exactly when their bytes are.
std::string StreamBytes(const v1::Decision& decision) {
  const std::string bytes = decision.SerializeAsString();
  return absl::StrCat(bytes.size(), ":", bytes);
}

}  // namespace

v1::Level PlaceLevel(const v1::Effects& effects) {
  return effects.record_only() ? v1::LEVEL_UNSPECIFIED : effects.level();
}

// A decision that an import told had no facts; then the rules see those of a new ticket.
v1::Decision DecideAgain(const Playbook& candidate, const v1::Issue& issue,
                         v1::Decision recorded) {
  v1::CustomerFacts customer = recorded.has_customer_facts()
                                   ? std::move(*recorded.mutable_customer_facts())
                                   : CustomerFactsOf(issue.customer(), 0);
  v1::TicketFacts facts = recorded.has_ticket_facts()
                              ? std::move(*recorded.mutable_ticket_facts())
                              : NewTicketFacts(issue, customer);
  return Route(candidate.rules(), {issue, std::move(facts), std::move(customer)});
}

TriedTicket TryTicket(const Playbook& candidate, DecidedTicket ticket) {
  v1::Decision& recorded = ticket.decision;
  TriedTicket tried;
  tried.reference = std::move(ticket.reference);
  tried.day = std::move(ticket.day);
  const bool is_own = recorded.playbook_hash() == candidate.hash();
  if (is_own) tried.recorded_bytes = StreamBytes(recorded);
  tried.before = std::move(*recorded.mutable_effects());
  tried.rule_before = std::move(*recorded.mutable_route_rule());
  tried.again = DecideAgain(candidate, ticket.issue, std::move(recorded));
  if (is_own) tried.again_bytes = StreamBytes(tried.again);
  return tried;
}

BacktestTally::BacktestTally(const Playbook& candidate) : candidate_(candidate) {
  backtest_.set_playbook_hash(candidate.hash());
  for (const v1::RouteRule& rule : candidate.message().route()) hits_[rule.id()];
}

void BacktestTally::Add(const TriedTicket& ticket) {
  backtest_.set_decided(backtest_.decided() + 1);
  backtest_.set_failures(backtest_.failures() + static_cast<uint64_t>(ticket.again.errors_size()));
  CompareStreams(ticket);
  CountMove(ticket);
  CountLoads(ticket);
  CountHits(ticket);
}

void BacktestTally::CompareStreams(const TriedTicket& ticket) {
  if (ticket.recorded_bytes.empty()) return;
  backtest_.set_recomputed(backtest_.recomputed() + 1);
  recorded_.Update(ticket.recorded_bytes);
  recomputed_.Update(ticket.again_bytes);
}

void BacktestTally::CountMove(const TriedTicket& ticket) {
  const v1::Effects& before = ticket.before;
  const v1::Effects& after = ticket.again.effects();
  const MoveKey key(before.department(), PlaceLevel(before), after.department(),
                    PlaceLevel(after));
  if (std::get<0>(key) == std::get<2>(key) && std::get<1>(key) == std::get<3>(key)) return;
  backtest_.set_moved(backtest_.moved() + 1);
  v1::BacktestMove& move = moves_[key];
  move.set_count(move.count() + 1);
  if (move.tickets_size() < kBacktestTicketsMax) move.add_tickets(ticket.reference);
}

void BacktestTally::CountLoads(const TriedTicket& ticket) {
  bool is_left_out = false;
  // What is only recorded loads nobody.
  const auto count = [&](const v1::Effects& effects, uint64_t Counts::* side) {
    if (effects.record_only()) return;
    const auto key = std::make_pair(effects.department(), ticket.day);
    const auto found = loads_.find(key);
    if (found != loads_.end()) ++(found->second.*side);
    else if (loads_.size() < kBacktestLoadsMax) ++(loads_[key].*side);
    else is_left_out = true;
  };
  count(ticket.before, &Counts::recorded);
  count(ticket.again.effects(), &Counts::candidate);
  if (is_left_out) backtest_.set_loads_left_out(backtest_.loads_left_out() + 1);
}

void BacktestTally::CountHits(const TriedTicket& ticket) {
  if (!ticket.rule_before.empty()) ++hits_[ticket.rule_before].recorded;
  ++hits_[ticket.again.route_rule()].candidate;
  const auto& route = candidate_.message().route();
  const std::string& catch_all = route[route.size() - 1].id();
  if (ticket.again.route_rule() != catch_all || ticket.rule_before == catch_all) return;
  backtest_.set_new_catch_all(backtest_.new_catch_all() + 1);
  if (backtest_.new_catch_all_tickets_size() < kBacktestTicketsMax) {
    backtest_.add_new_catch_all_tickets(ticket.reference);
  }
}

v1::Backtest BacktestTally::Take() && {
  std::vector<v1::BacktestMove> moves;
  for (auto& [key, move] : moves_) {
    move.set_from_department(std::get<0>(key));
    move.set_from_level(static_cast<v1::Level>(std::get<1>(key)));
    move.set_to_department(std::get<2>(key));
    move.set_to_level(static_cast<v1::Level>(std::get<3>(key)));
    moves.push_back(std::move(move));
  }
  const auto rank = [](const v1::BacktestMove& move) {
    return std::make_tuple(~move.count(), move.from_department(), move.from_level(),
                           move.to_department(), move.to_level());
  };
  std::sort(moves.begin(), moves.end(),
            [&](const auto& left, const auto& right) { return rank(left) < rank(right); });
  for (v1::BacktestMove& move : moves) backtest_.add_moves()->Swap(&move);
  for (const auto& [key, counts] : loads_) {
    v1::BacktestLoad& load = *backtest_.add_loads();
    load.set_department(key.first);
    load.set_day(key.second);
    load.set_recorded(counts.recorded);
    load.set_candidate(counts.candidate);
  }
  for (const auto& [rule, counts] : hits_) {
    v1::BacktestHits& hits = *backtest_.add_hits();
    hits.set_rule(rule);
    hits.set_recorded(counts.recorded);
    hits.set_candidate(counts.candidate);
  }
  backtest_.set_recorded_hash(recorded_.Finish());
  backtest_.set_recomputed_hash(recomputed_.Finish());
  return std::move(backtest_);
}

}  // namespace redress::engine
