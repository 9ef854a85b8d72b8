// What happens in a run, as a list: drawn by a seed, read from a replay, or shortened after a
// failure. Any part of such a list is a run of its own, since the model predicts what each action
// comes to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/ticket/actor.h"
#include "redress/v1/command.pb.h"
#include "tests/simulator/setting.h"
#include "tests/support/fault_kv.h"

namespace redress::simulator {

// A command on its way to the product.
struct Sending {
  std::string tenant;
  engine::Actor actor;
  v1::Command command;
  // For publishing.
  std::shared_ptr<const PlaybookPlan> plan;
  // When its caller stops waiting, in microseconds since 1970; 0: never.
  int64_t deadline = 0;
};

// What becomes of a batch's commit.
struct Fate {
  storage::CommitFault fault = storage::CommitFault::kNone;
  // Tries that are aborted before that.
  int aborted = 0;
  // How long each try takes, in microseconds.
  int64_t slow = 0;
};

enum class ActionKind {
  kClock,  // the clock shows `time` from now on
  kSend,   // a command comes in
  kTick,   // the deadline driver looks
  kBatch,  // the executor does what waits
  kCrash,  // everything but the store is lost
  kCheck,  // everything stored is read and compared
  kQuiet,  // the faults are over, and everything comes to its end
};

struct Action {
  ActionKind kind = ActionKind::kCheck;
  // In microseconds since 1970.
  int64_t time = 0;
  std::shared_ptr<const Sending> sending = nullptr;
  Fate fate = {};
};

using Actions = std::vector<Action>;

}  // namespace redress::simulator
