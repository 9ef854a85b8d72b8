// Decides stored tickets again with a candidate playbook and counts what would change.
//
// Pure, and the same for the same tickets in the same order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/sha256.h"
#include "engine/playbook/playbook.h"
#include "redress/v1/issue.pb.h"
#include "redress/v1/playbook.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// Tickets listed of each cell, and cells of departments and days.
inline constexpr int kBacktestTicketsMax = 20;
inline constexpr size_t kBacktestLoadsMax = 20'000;

// The level of a move's end, beside its department: LEVEL_UNSPECIFIED of a ticket that is only
// recorded, and so worked on nowhere.
redress::v1::Level PlaceLevel(const redress::v1::Effects& effects);

// A ticket as it was decided.
struct DecidedTicket {
  std::string reference;
  std::string day;  // on which it was opened, as "2026-11-01"
  const redress::v1::Issue& issue;
  redress::v1::Decision decision;
};

// What a playbook decides from what the rules saw when a decision was recorded. REQUIRES: the issue
// has its words.
redress::v1::Decision DecideAgain(const Playbook& candidate, const redress::v1::Issue& issue,
                                  redress::v1::Decision recorded);

// What a candidate makes of one ticket: all that is counted of it.
struct TriedTicket {
  std::string reference;
  std::string day;
  redress::v1::Effects before;
  std::string rule_before;
  redress::v1::Decision again;
  // The bytes of both decisions in the streams; empty when another playbook decided.
  std::string recorded_bytes;
  std::string again_bytes;
};

// Decides again from what the rules saw then. Any number of threads may. REQUIRES: the issue has
// its words.
TriedTicket TryTicket(const Playbook& candidate, DecidedTicket ticket);

class BacktestTally {
 public:
  // The candidate must outlive the tally.
  explicit BacktestTally(const Playbook& candidate);

  void Add(const TriedTicket& ticket);

  // Counts a ticket that cannot be decided again.
  void AddErased() { backtest_.set_erased(backtest_.erased() + 1); }

  // What was counted.
  redress::v1::Backtest Take() &&;

 private:
  // Department and level before, department and level after.
  using MoveKey = std::tuple<std::string, int, std::string, int>;
  struct Counts {
    uint64_t recorded = 0;
    uint64_t candidate = 0;
  };

  void CompareStreams(const TriedTicket& ticket);
  void CountMove(const TriedTicket& ticket);
  void CountLoads(const TriedTicket& ticket);
  void CountHits(const TriedTicket& ticket);

  const Playbook& candidate_;
  redress::v1::Backtest backtest_;
  base::Sha256Hasher recorded_;
  base::Sha256Hasher recomputed_;
  std::map<MoveKey, redress::v1::BacktestMove> moves_;
  std::map<std::pair<std::string, std::string>, Counts> loads_;  // by department and day
  std::map<std::string, Counts> hits_;
};

}  // namespace redress::engine
