#include "tests/simulator/shrink.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "tests/simulator/replay.h"

namespace redress::simulator {
namespace {

class Shrinker {
 public:
  Shrinker(Actions actions, const std::string& checker, absl::Time end)
      : actions_(std::move(actions)), checker_(checker), end_(end) {}

  Actions Run() {
    size_t count = 0;
    do {
      count = actions_.size();
      for (size_t run = std::max<size_t>(actions_.size() / 2, 1); run > 0; run /= 2) DropRuns(run);
      for (size_t i = 0; i < actions_.size(); ++i) Calm(i);
    } while (actions_.size() < count && absl::Now() < end_);
    return std::move(actions_);
  }

 private:
  bool Fails(const Actions& actions) const {
    return absl::Now() < end_ && Replay(actions).checker == checker_;
  }

  // From the end, since what comes last depends on what comes first.
  void DropRuns(size_t run) {
    for (size_t end = actions_.size(); end > 0; end -= std::min(end, run)) {
      const size_t begin = end - std::min(end, run);
      Actions shorter(actions_.begin(), actions_.begin() + static_cast<int64_t>(begin));
      shorter.insert(shorter.end(), actions_.begin() + static_cast<int64_t>(end), actions_.end());
      if (Fails(shorter)) actions_ = std::move(shorter);
    }
  }

  // Whether it also fails without this fault.
  void Calm(size_t at) {
    if (actions_[at].kind != ActionKind::kBatch) return;
    Actions calmer = actions_;
    calmer[at].fate = {};
    if (PrintAction(calmer[at]) != PrintAction(actions_[at]) && Fails(calmer))
      actions_ = std::move(calmer);
  }

  Actions actions_;
  const std::string& checker_;
  const absl::Time end_;
};

}  // namespace

Actions Shrink(Actions actions, const std::string& checker, absl::Duration most) {
  return Shrinker(std::move(actions), checker, absl::Now() + most).Run();
}

}  // namespace redress::simulator
