#include "tests/simulator/chain_plan.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/ticket/rejection.h"

namespace redress::simulator {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;
constexpr char kFieldMark = '~';
constexpr size_t kFields = 5;      // of a chain, before its steps
constexpr size_t kStepFields = 7;

std::string ShortOf(const google::protobuf::EnumDescriptor& type, int value, size_t prefix) {
  return type.FindValueByNumber(value)->name().substr(prefix);
}

std::string GuardText(Guard guard) {
  switch (guard) {
    case Guard::kNone: return "";
    case Guard::kHeld: return "ticket.is_held";
    case Guard::kNotHeld: return "'!ticket.is_held'";
    case Guard::kMoved: return "ticket.transfers >= 1";
    case Guard::kMild: return "ticket.severity < HIGH";
  }
  return "";
}

std::string StepText(const StepPlan& step, size_t number) {
  std::string text = absl::StrCat("      - {id: s", number, step.is_wait ? ", after: " : ", at: ",
                                  step.span / kMinuteMicros, "m");
  if (step.is_on_shift) absl::StrAppend(&text, ", calendar: shift");
  if (step.guard != Guard::kNone) absl::StrAppend(&text, ", when: ", GuardText(step.guard));
  absl::StrAppend(&text, ", do: ",
                  ShortOf(*v1::ChainAction_descriptor(), step.action, sizeof("CHAIN_ACTION_") - 1));
  if (step.action == v1::CHAIN_ACTION_NOTIFY) absl::StrAppend(&text, ", to: HEAD");
  if (step.action == v1::CHAIN_ACTION_REASSIGN)
    absl::StrAppend(&text, ", department: ", step.department);
  if (step.action == v1::CHAIN_ACTION_SET_SEVERITY)
    absl::StrAppend(&text, ", severity: ",
                    ShortOf(*v1::Severity_descriptor(), step.severity, sizeof("SEVERITY_") - 1));
  return absl::StrCat(text, "}\n");
}

std::string ClockText(const ClockPlan& clock, size_t number) {
  std::string text = absl::StrCat("  - {id: c", number, ", clock: ",
                                  clock.is_first ? "FIRST" : "RESOLVE", ", budget: ",
                                  clock.budget / kMinuteMicros, "m");
  if (clock.level != v1::LEVEL_UNSPECIFIED)
    absl::StrAppend(&text, ", for: {level: ", engine::ShortName(clock.level), "}");
  if (clock.is_on_shift) absl::StrAppend(&text, ", calendar: shift");
  std::vector<std::string> pauses;
  for (const v1::PauseReason reason : clock.pauses)
    pauses.push_back(
        ShortOf(*v1::PauseReason_descriptor(), reason, sizeof("PAUSE_REASON_") - 1));
  if (!clock.is_first) absl::StrAppend(&text, ", pauses: [", absl::StrJoin(pauses, ", "), "]");
  return absl::StrCat(text, "}\n");
}

// Draws the steps of one chain so that each of them can fire.
class StepDrawer {
 public:
  StepDrawer(Draw& draw, const ChainPlan& chain, const std::vector<std::string>& departments,
             bool may_reassign)
      : draw_(draw), chain_(chain), departments_(departments), may_reassign_(may_reassign) {
    raises_left_ = v1::LEVEL_INITIATIVE - std::max<int>(chain.level, v1::LEVEL_RELAY);
  }

  StepPlan Next() {
    StepPlan step;
    step.is_wait = draw_.Chance(50);
    const int64_t minutes = draw_.Between(5, draw_.Chance(50) ? 120 : 4000);
    offset_ += step.is_wait ? 0 : minutes;
    step.span = (step.is_wait ? minutes : offset_) * kMinuteMicros;
    step.is_on_shift = draw_.Chance(35);
    if (draw_.Chance(50)) step.guard = static_cast<Guard>(1 + draw_.Below(4));
    DrawAction(step);
    return step;
  }

 private:
  void DrawAction(StepPlan& step) {
    const int what = draw_.Below(100);
    if (what < 30 && raises_left_ > 0) {
      --raises_left_;
      step.action = v1::CHAIN_ACTION_RAISE_LEVEL;
    } else if (what < 55 && !is_graded_) {
      is_graded_ = true;
      step.action = v1::CHAIN_ACTION_SET_SEVERITY;
      step.severity = draw_.Chance(50) ? v1::SEVERITY_HIGH : v1::SEVERITY_CRITICAL;
    } else if (what < 75 && may_reassign_) {
      step.department = draw_.Pick(departments_);
      may_reassign_ = false;
      if (step.department != chain_.department) step.action = v1::CHAIN_ACTION_REASSIGN;
    }
  }

  Draw& draw_;
  const ChainPlan& chain_;
  const std::vector<std::string>& departments_;
  bool may_reassign_;
  bool is_graded_ = false;
  int raises_left_;
  int64_t offset_ = 0;
};

}  // namespace

std::vector<ChainPlan> DrawChains(Draw& draw, const std::vector<std::string>& departments) {
  std::vector<ChainPlan> chains;
  for (int kind = 0; kind < 3; ++kind) {
    if (!draw.Chance(40)) continue;
    ChainPlan chain;
    chain.id = absl::StrCat("chain-", chains.size());
    if (kind == 0) chain.level = static_cast<v1::Level>(1 + draw.Below(3));
    if (kind == 1) chain.department = draw.Pick(departments);
    chain.stops_on_answer = draw.Chance(30);
    chain.stops_on_accept = draw.Chance(50);
    // Only the first chain reassigns, so that none hands a ticket round.
    StepDrawer steps(draw, chain, departments, chains.empty());
    for (int i = 1 + draw.Below(4); i > 0; --i) chain.steps.push_back(steps.Next());
    chains.push_back(std::move(chain));
  }
  return chains;
}

std::vector<ClockPlan> DrawClocks(Draw& draw) {
  std::vector<ClockPlan> clocks;
  for (int kind = 0; kind < 3; ++kind) {
    if (!draw.Chance(40)) continue;
    ClockPlan& clock = clocks.emplace_back();
    clock.is_first = kind != 1;
    if (kind == 0 || draw.Chance(30)) clock.level = static_cast<v1::Level>(1 + draw.Below(3));
    clock.budget = draw.Between(3, draw.Chance(50) ? 300 : 6000) * kMinuteMicros;
    clock.is_on_shift = draw.Chance(50);
    for (int reason = 1; reason <= 4 && !clock.is_first; ++reason)
      if (draw.Chance(50)) clock.pauses.push_back(static_cast<v1::PauseReason>(reason));
  }
  return clocks;
}

std::string TimesText(const std::vector<ClockPlan>& clocks, const std::vector<ChainPlan>& chains) {
  if (chains.empty() && clocks.empty()) return "";
  std::string text = "calendars:\n  shift: {zone: UTC, week: {mon-fri: [08:00-18:00]}}\n";
  if (!clocks.empty()) text += "clocks:\n";
  for (size_t i = 0; i < clocks.size(); ++i) text += ClockText(clocks[i], i);
  if (chains.empty()) return text;
  text += "chains:\n";
  for (const ChainPlan& chain : chains) {
    absl::StrAppend(&text, "  - id: ", chain.id, "\n");
    if (chain.level != v1::LEVEL_UNSPECIFIED)
      absl::StrAppend(&text, "    for: {level: ", engine::ShortName(chain.level), "}\n");
    if (!chain.department.empty())
      absl::StrAppend(&text, "    for: {department: ", chain.department, "}\n");
    absl::StrAppend(&text, "    stop_on: [RESOLVED", chain.stops_on_answer ? ", ACKNOWLEDGED" : "",
                    chain.stops_on_accept ? ", ACCEPTED" : "", "]\n    steps:\n");
    for (size_t i = 0; i < chain.steps.size(); ++i)
      absl::StrAppend(&text, StepText(chain.steps[i], i));
  }
  return text;
}

std::string PrintClock(const ClockPlan& clock) {
  std::string word = absl::StrCat("clock~", clock.is_first, "~", static_cast<int>(clock.level), "~",
                                  clock.budget, "~", clock.is_on_shift);
  for (const v1::PauseReason reason : clock.pauses)
    absl::StrAppend(&word, "~", static_cast<int>(reason));
  return word;
}

std::optional<ClockPlan> ParseClock(absl::string_view word) {
  const std::vector<std::string> parts = absl::StrSplit(word, kFieldMark);
  std::vector<int64_t> numbers;
  for (size_t i = 1; i < parts.size(); ++i)
    if (!absl::SimpleAtoi(parts[i], &numbers.emplace_back())) return std::nullopt;
  if (parts[0] != "clock" || numbers.size() < 4) return std::nullopt;
  ClockPlan clock{numbers[0] != 0, static_cast<v1::Level>(numbers[1]), numbers[2],
                  numbers[3] != 0, {}};
  for (size_t i = 4; i < numbers.size(); ++i)
    clock.pauses.push_back(static_cast<v1::PauseReason>(numbers[i]));
  return clock;
}

std::string PrintChain(const ChainPlan& chain) {
  std::string word = absl::StrJoin(
      {chain.id, absl::StrCat(static_cast<int>(chain.level)), chain.department,
       absl::StrCat(chain.stops_on_answer), absl::StrCat(chain.stops_on_accept)},
      std::string(1, kFieldMark));
  for (const StepPlan& step : chain.steps)
    absl::StrAppend(&word, "~", step.is_wait, ":", step.span, ":", step.is_on_shift, ":",
                    static_cast<int>(step.guard), ":", static_cast<int>(step.action), ":",
                    step.department, ":", static_cast<int>(step.severity));
  return word;
}

std::optional<ChainPlan> ParseChain(absl::string_view word) {
  const std::vector<std::string> parts = absl::StrSplit(word, kFieldMark);
  int level = 0;
  if (parts.size() < kFields || !absl::SimpleAtoi(parts[1], &level)) return std::nullopt;
  ChainPlan chain;
  chain.id = parts[0];
  chain.level = static_cast<v1::Level>(level);
  chain.department = parts[2];
  chain.stops_on_answer = parts[3] == "1";
  chain.stops_on_accept = parts[4] == "1";
  for (size_t i = kFields; i < parts.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(parts[i], ':');
    if (fields.size() != kStepFields) return std::nullopt;
    std::vector<int64_t> numbers(fields.size());
    for (size_t j = 0; j < fields.size(); ++j)
      if (j != 5 && !absl::SimpleAtoi(fields[j], &numbers[j])) return std::nullopt;
    chain.steps.push_back({numbers[0] != 0, numbers[1], numbers[2] != 0,
                           static_cast<Guard>(numbers[3]),
                           static_cast<v1::ChainAction>(numbers[4]), fields[5],
                           static_cast<v1::Severity>(numbers[6])});
  }
  return chain;
}

}  // namespace redress::simulator
