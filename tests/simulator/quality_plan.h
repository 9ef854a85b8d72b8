// The inspection form, the sampling plans and the goals of a drawn playbook, as data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/simulator/draw.h"

namespace redress::simulator {

// The one form, and its items: the first is fatal, the second may be wrong several times.
inline constexpr char kFormName[] = "closing";
inline constexpr char kFatalItem[] = "cause";
inline constexpr char kToneItem[] = "tone";

struct SamplePlan {
  std::string id;
  // Of department, level and severity.
  std::vector<std::string> by;
  int percent = 0;
  int count = 0;
};

// A goal that evidence shows.
struct GoalPlan {
  std::string id;
  std::string department;
};

struct QualityPlan {
  // How often kToneItem can be wrong; 0: there is no form, and no plan.
  uint32_t tones = 0;
  std::vector<SamplePlan> samples;
  std::vector<GoalPlan> goals;
};

QualityPlan DrawQuality(Draw& draw, const std::vector<std::string>& departments);
// In YAML; empty without any.
std::string QualityText(const QualityPlan& plan);

// As words without blanks and semicolons.
std::vector<std::string> PrintQuality(const QualityPlan& plan);
// Adds what one word says; false: it says nothing of quality.
bool ParseQuality(absl::string_view word, QualityPlan& plan);

}  // namespace redress::simulator
