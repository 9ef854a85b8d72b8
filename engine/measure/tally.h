// What one event does to every figure: counter deltas, computed from the event and the two states
// of its ticket and nothing else.
//
// What a ticket is part of as long as it stands so (open tickets, histograms, closings that still
// stand, the cohort) follows from its state alone: the deltas are the difference of the two states.
// What happens (created, closed, transfers, promises kept) follows from the event. The two meet in
// the identity that a report checks, open at the end = open at the start + what came - what went,
// which could not fail if one were computed from the other.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "engine/measure/counter.h"
#include "redress/v1/event.pb.h"
#include "redress/v1/report.pb.h"
#include "redress/v1/ticket.pb.h"

namespace redress::engine {

// The dimensions that have cells of their own: the total (UNSPECIFIED) up to SEGMENT, usable as
// indexes. DAY has none, it is the total by day.
inline constexpr int kScopeDimensions = 6;

// A ticket's value in each dimension, which is its scope there. Views into the ticket.
using ScopeValues = std::array<absl::string_view, kScopeDimensions>;

ScopeValues ScopesOf(const v1::Ticket& ticket);

// The value of a level in dimension LEVEL, such as "ANALYSIS"; empty for UNSPECIFIED.
absl::string_view LevelValue(v1::Level level);

// Whose scopes a delta goes to: those of the ticket before the event, or after it.
enum class Side : uint8_t { kBefore, kAfter };

// Whether a delta goes to all dimensions, or only to those whose value the event changed.
enum class Reach : uint8_t { kAll, kMoved };

struct TallyDelta {
  int32_t day = 0;
  Counter counter = Counter::kCreated;
  uint32_t sub = 0;
  int64_t amount = 0;
  Side side = Side::kAfter;
  Reach reach = Reach::kAll;
};

// The deltas of one event. Views the tickets that it was computed from: they must outlive it.
struct TicketTally {
  ScopeValues before;
  ScopeValues after;
  // The dimensions whose value the event changed; none when it opened the ticket.
  std::bitset<kScopeDimensions> moved;
  absl::InlinedVector<TallyDelta, 16> deltas;

  // Whether `delta` goes to a cell of `dimension`, and the value of that cell's scope.
  bool Reaches(const TallyDelta& delta, int dimension) const {
    return delta.reach == Reach::kAll || moved[dimension];
  }
  absl::string_view Value(const TallyDelta& delta, int dimension) const {
    return delta.side == Side::kBefore ? before[dimension] : after[dimension];
  }
};

// `before` is absent for a ticket's first event. REQUIRES: the event is about a ticket, Apply made
// `after` of `before` and the event, and no event of a ticket is dated earlier than the one before.
TicketTally Tally(const v1::Ticket* before, const v1::Event& event, const v1::Ticket& after);

// What the event adds to a counter's figure over the days [from_day, to_day) in one scope, see
// CounterBasis. Summed over all events of the ledger, this is the figure.
int64_t MemberAmount(const TicketTally& tally, Counter counter, v1::Dimension dimension,
                     absl::string_view value, int32_t from_day, int32_t to_day);

}  // namespace redress::engine
