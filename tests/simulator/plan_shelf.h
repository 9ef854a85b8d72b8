// The playbooks that neighbouring seeds publish.
//
// Drawing and compiling one takes as long as thirty commands. So seeds that run in one process draw
// from a shelf of playbooks, each of which is drawn and compiled once. What a seed draws does not
// depend on the seeds that ran before it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/playbook/playbook.h"
#include "tests/simulator/draw.h"
#include "tests/simulator/setting.h"

namespace redress::simulator {

// Seeds that share a shelf, and the playbooks on it. A seed publishes about ten.
inline constexpr uint64_t kSeedsOfShelf = 64;
inline constexpr int kPlansOfShelf = 128;

class PlanShelf {
 public:
  // Seeds begin at 1.
  explicit PlanShelf(uint64_t seed) : shelf_((seed - 1) / kSeedsOfShelf) {}

  std::shared_ptr<const PlaybookPlan> Pick(Draw& draw) const;

 private:
  const uint64_t shelf_;
};

// What the product makes of a source; null: it does not compile. Of those that were compiled last
// it is the same one again. One thread at a time.
std::shared_ptr<const engine::Playbook> CompileOnce(const std::string& source);

}  // namespace redress::simulator
