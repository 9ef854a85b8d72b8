// What a seed draws before the first command: tenants, who acts in them, and their playbooks.
//
// A playbook is drawn as data from which both the YAML that the product reads and the answers that
// the model gives follow, so that the model needs no rules engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/ticket/actor.h"
#include "redress/v1/issue.pb.h"
#include "tests/simulator/chain_plan.h"
#include "tests/simulator/draw.h"
#include "tests/simulator/quality_plan.h"

namespace redress::simulator {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

// What a route row asks for.
enum class Condition { kAlways, kKind, kWord, kSegment, kReopened, kOpenTickets };

struct RouteRow {
  Condition condition = Condition::kAlways;
  v1::IssueKind kind = v1::ISSUE_KIND_UNSPECIFIED;
  bool record = false;
  v1::Level level = v1::LEVEL_RELAY;
  std::string department;
  // In microseconds; 0: not given.
  int64_t first_answer = 0;
  int64_t resolution = 0;
  int64_t confirmation = 0;
  int64_t reopen_window = 0;
};

struct PlaybookPlan {
  std::vector<std::string> departments;
  std::vector<RouteRow> rows;  // the last one matches always
  std::vector<ClockPlan> clocks;
  std::vector<ChainPlan> chains;
  QualityPlan quality;
  // Makes `source` one that does not compile.
  bool is_broken = false;
  std::string source;

  bool Has(const std::string& department) const;
};

// The word that kWord rows look for, the one that makes an issue CRITICAL, and the segment of
// kSegment.
inline constexpr char kRouteWord[] = "refund";
inline constexpr char kCriticalWord[] = "smoke";
inline constexpr char kSegment[] = "vip";
inline constexpr int kOpenTicketsLimit = 2;

PlaybookPlan DrawPlaybook(Draw& draw);
// A plan without its source as one word, for replays.
std::string PrintPlan(const PlaybookPlan& plan);
// Nothing: the word is no plan.
std::optional<PlaybookPlan> ParsePlan(absl::string_view word, const std::string& source);

// Everybody who acts in one tenant; the same for all tenants.
std::vector<engine::Actor> DrawActors(Draw& draw);
// One who may do everything.
engine::Actor Chief();
// Departments that playbooks and actors are drawn from.
const std::vector<std::string>& DepartmentNames();
const std::vector<std::string>& CustomerNames();

}  // namespace redress::simulator
