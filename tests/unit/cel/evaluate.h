// What an expression gives, as text.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "engine/cel/environment.h"
#include "engine/cel/planner.h"
#include "engine/cel/program.h"

namespace redress::cel {

// The value, or "issues:" and all of them.
inline std::string Evaluate(const std::string& text, const Environment& environment,
                            const Activation& activation, uint64_t steps_max = kStepsMax) {
  const Outcome<Program> program = Compile(text, environment);
  if (!program.ok()) return "issues:\n" + Render(program.issues());
  Arena arena;
  return ToString(program.value().Run(activation, arena, steps_max));
}

inline std::string Evaluate(const std::string& text, const Environment& environment) {
  return Evaluate(text, environment, Activation(environment));
}

inline std::string Evaluate(const std::string& text) {
  const Environment environment;
  return Evaluate(text, environment);
}

}  // namespace redress::cel
