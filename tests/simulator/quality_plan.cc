#include "tests/simulator/quality_plan.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace redress::simulator {
namespace {

constexpr char kMark = '!';
constexpr int kPlansMax = 2;
constexpr int kGoalsMax = 2;

const std::vector<std::string>& Dimensions() {
  static const auto& names = *new std::vector<std::string>{"department", "level", "severity"};
  return names;
}

SamplePlan DrawPlan(Draw& draw, int number) {
  SamplePlan plan;
  plan.id = absl::StrCat("plan-", number);
  for (const std::string& name : Dimensions())
    if (draw.Chance(40)) plan.by.push_back(name);
  if (draw.Chance(70)) plan.percent = static_cast<int>(draw.Between(1, 100));
  plan.count = draw.Below(4) + (plan.percent == 0 ? 1 : 0);
  return plan;
}

std::string PlanText(const SamplePlan& plan) {
  std::string text = absl::StrCat("    ", plan.id, ": {title: Drawn, form: ", kFormName, ", by: [",
                                  absl::StrJoin(plan.by, ", "), "], count: ", plan.count);
  if (plan.percent != 0) absl::StrAppend(&text, ", rate: ", plan.percent, "%");
  return text + "}\n";
}

}  // namespace

QualityPlan DrawQuality(Draw& draw, const std::vector<std::string>& departments) {
  QualityPlan plan;
  if (draw.Chance(80)) plan.tones = static_cast<uint32_t>(draw.Between(1, 3));
  const int plans = plan.tones == 0 ? 0 : 1 + draw.Below(kPlansMax);
  for (int i = 0; i < plans; ++i) plan.samples.push_back(DrawPlan(draw, i));
  const int goals = draw.Below(kGoalsMax + 1);
  for (int i = 0; i < goals; ++i)
    plan.goals.push_back({absl::StrCat("goal-", i), draw.Pick(departments)});
  return plan;
}

std::string QualityText(const QualityPlan& plan) {
  std::string text;
  if (plan.tones != 0)
    absl::StrAppend(&text, "inspection:\n  forms:\n    ", kFormName,
                    ":\n      title: How it was closed\n      items:\n        ", kFatalItem,
                    ": {title: The cause is right, fatal: true}\n        ", kToneItem,
                    ": {title: Polite, opportunities: ", plan.tones, "}\n");
  if (!plan.samples.empty()) text += "  plans:\n";
  for (const SamplePlan& sample : plan.samples) text += PlanText(sample);
  if (!plan.goals.empty()) text += "goals:\n";
  for (const GoalPlan& goal : plan.goals)
    absl::StrAppend(&text, "  - {id: ", goal.id, ", title: Drawn, department: ", goal.department,
                    ", month: 2026-11}\n");
  return text;
}

std::vector<std::string> PrintQuality(const QualityPlan& plan) {
  std::vector<std::string> words;
  if (plan.tones != 0) words.push_back(absl::StrCat("form!", plan.tones));
  for (const SamplePlan& sample : plan.samples)
    words.push_back(absl::StrCat("sample!", sample.id, "!", sample.percent, "!", sample.count, "!",
                                 absl::StrJoin(sample.by, ",")));
  for (const GoalPlan& goal : plan.goals)
    words.push_back(absl::StrCat("goal!", goal.id, "!", goal.department));
  return words;
}

bool ParseQuality(absl::string_view word, QualityPlan& plan) {
  const std::vector<std::string> parts = absl::StrSplit(word, kMark);
  if (parts[0] == "form" && parts.size() == 2) return absl::SimpleAtoi(parts[1], &plan.tones);
  if (parts[0] == "goal" && parts.size() == 3) {
    plan.goals.push_back({parts[1], parts[2]});
    return true;
  }
  if (parts[0] != "sample" || parts.size() != 5) return false;
  SamplePlan sample;
  sample.id = parts[1];
  sample.by = absl::StrSplit(parts[4], ',', absl::SkipEmpty());
  if (!absl::SimpleAtoi(parts[2], &sample.percent)) return false;
  if (!absl::SimpleAtoi(parts[3], &sample.count)) return false;
  plan.samples.push_back(std::move(sample));
  return true;
}

}  // namespace redress::simulator
