// The expression language: any text compiles or is refused with issues, and what compiles ends
// within its steps, with a value or an error, the same every time.
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/cel/environment.h"
#include "engine/cel/planner.h"
#include "engine/cel/program.h"
#include "tests/fuzz/fuzz.h"

namespace redress::cel {
namespace {

constexpr uint64_t kSteps = 20'000;

void RunTwice(const std::string& text) {
  static const auto& environment = *new Environment;
  const Outcome<Program> program = Compile(text, environment);
  if (!program.ok()) {
    CHECK(!Render(program.issues()).empty());
    return;
  }
  std::string values[2];
  for (std::string& value : values) {
    Arena arena;
    value = ToString(program.value().Run(Activation(environment), arena, kSteps));
  }
  CHECK(values[0] == values[1]);
}

}  // namespace
}  // namespace redress::cel

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redress::cel::RunTwice(std::string(redress::fuzz::ViewOf(data, size)));
  return 0;
}
