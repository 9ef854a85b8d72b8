// Makes a failing list of actions short.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "tests/simulator/action.h"

namespace redress::simulator {

// A part of `actions`, with fewer faults, on which the same checker still fails. Drops runs of
// actions, long ones first, then one by one, until none can go or `most` has passed.
// REQUIRES: `actions` make this checker fail.
Actions Shrink(Actions actions, const std::string& checker, absl::Duration most);

}  // namespace redress::simulator
