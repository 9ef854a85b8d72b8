// The clocks and chains of a drawn playbook, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "redress/v1/playbook.pb.h"
#include "redress/v1/types.pb.h"
#include "tests/simulator/draw.h"

namespace redress::simulator {

// What a step asks of the ticket when it is due.
enum class Guard { kNone, kHeld, kNotHeld, kMoved, kMild };

struct StepPlan {
  // From the step before; false: from the chain's start.
  bool is_wait = false;
  int64_t span = 0;  // microseconds
  // Counts only from Monday to Friday, 08:00 to 18:00 UTC.
  bool is_on_shift = false;
  Guard guard = Guard::kNone;
  v1::ChainAction action = v1::CHAIN_ACTION_NOTIFY;
  std::string department;                               // REASSIGN
  v1::Severity severity = v1::SEVERITY_UNSPECIFIED;     // SET_SEVERITY
};

struct ChainPlan {
  std::string id;
  v1::Level level = v1::LEVEL_UNSPECIFIED;  // of tickets that fit; UNSPECIFIED: any
  std::string department;                   // empty: any
  bool stops_on_answer = false;
  bool stops_on_accept = false;
  std::vector<StepPlan> steps;
};

// A row of the clocks table, for FIRST or for RESOLVE.
struct ClockPlan {
  bool is_first = false;
  v1::Level level = v1::LEVEL_UNSPECIFIED;  // of tickets that fit; UNSPECIFIED: any
  int64_t budget = 0;                       // microseconds
  bool is_on_shift = false;
  // RESOLVE only: the reasons that pause it.
  std::vector<v1::PauseReason> pauses;
};

// None, or up to three.
std::vector<ClockPlan> DrawClocks(Draw& draw);

// None, or up to three. `departments`: of the playbook.
std::vector<ChainPlan> DrawChains(Draw& draw, const std::vector<std::string>& departments);
// The calendars, clocks and chains tables, in YAML; empty without rows.
std::string TimesText(const std::vector<ClockPlan>& clocks, const std::vector<ChainPlan>& chains);

// A clock, or a chain, as one word without blanks and semicolons, and back.
std::string PrintClock(const ClockPlan& clock);
std::optional<ClockPlan> ParseClock(absl::string_view word);
std::string PrintChain(const ChainPlan& chain);
std::optional<ChainPlan> ParseChain(absl::string_view word);

}  // namespace redress::simulator
