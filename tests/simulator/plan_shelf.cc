#include "tests/simulator/plan_shelf.h"

#include <map>
#include <utility>

namespace redress::simulator {
namespace {

// More than a shelf holds, for replays, which bring playbooks of their own.
constexpr size_t kKeptMax = 2 * kPlansOfShelf;

}  // namespace

std::shared_ptr<const PlaybookPlan> PlanShelf::Pick(Draw& draw) const {
  const auto place = static_cast<uint64_t>(draw.Below(kPlansOfShelf));
  static auto& drawn = *new std::map<uint64_t, std::shared_ptr<const PlaybookPlan>>;
  const uint64_t number = shelf_ * kPlansOfShelf + place;
  if (const auto it = drawn.find(number); it != drawn.end()) return it->second;
  if (drawn.size() >= kKeptMax) drawn.clear();
  Draw own(number);
  return drawn[number] = std::make_shared<const PlaybookPlan>(DrawPlaybook(own));
}

std::shared_ptr<const engine::Playbook> CompileOnce(const std::string& source) {
  static auto& compiled = *new std::map<std::string, std::shared_ptr<const engine::Playbook>>;
  if (const auto it = compiled.find(source); it != compiled.end()) return it->second;
  if (compiled.size() >= kKeptMax) compiled.clear();
  return compiled[source] = engine::CompilePlaybook(source).playbook;
}

}  // namespace redress::simulator
