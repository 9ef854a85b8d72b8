// What a clock on the wall of a zone shows, and when it shows it.
//
// Seconds on both sides: instants since 1970 UTC, and local seconds, which are what the wall clock
// shows, counted from its own 1970-01-01 00:00 as if it never jumped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/time_zones.h"

namespace redress::engine {

class WallClock {
 public:
  explicit WallClock(base::ZoneRules rules) : rules_(std::move(rules)) {}

  const base::ZoneRules& rules() const { return rules_; }

  int64_t LocalAt(int64_t instant) const { return instant + OffsetAt(instant); }

  // The first instant at which the clock shows `local` or later: after the gap for a time that does
  // not exist, the first of the two for one that comes twice.
  int64_t FirstInstant(int64_t local) const;

  // The first instant from which on the clock never again shows less than `local`: after the gap
  // for a time that does not exist, the second of the two for one that comes twice.
  int64_t LastInstant(int64_t local) const;

  // Whether the offset changes after `from` and not later than `to`.
  bool HasChange(int64_t from, int64_t to) const;

 private:
  // The offset that holds at an instant, as its place in the rules.
  size_t PlaceOf(int64_t instant) const;
  int32_t OffsetAt(int64_t instant) const { return rules_.offsets[PlaceOf(instant)].offset; }

  base::ZoneRules rules_;
};

}  // namespace redress::engine
