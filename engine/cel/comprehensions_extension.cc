// Comprehensions with two variables. Their macros are in macro.cc; here is what transformMap
// inserts with.
#include "engine/cel/environment.h"

namespace redress::cel {

void AddTwoVariableComprehensions(Environment& environment) {
  environment.macros().Add(TwoVariableMacros());
  // Never called: the planner makes a step of its own of it.
  environment.AddFunctions({
      {"cel_@mapInsert_map_key_value", "cel.@mapInsert(map(K, V), K, V) -> map(K, V)", nullptr},
      {"cel_@mapInsert_map_map", "cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)", nullptr},
  });
}

}  // namespace redress::cel
