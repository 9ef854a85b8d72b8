// power_canaries: wakes each planted bug of the storage alone and lets power cuts find it. Fails
// unless all are found, and none when none is awake. Run from the top of the repository.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/canaries/plant.h"
#include "tests/canaries/planted.h"
#include "tests/power/power_cuts.h"
#include "tests/simulator/apart.h"

namespace redress::test {
namespace {

constexpr char kList[] = "tests/canaries/storage.canaries";
constexpr int kImages = 60;

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What the power cuts found; empty: nothing.
std::string FindBug(const std::string& name) {
  const simulator::ApartResult result = simulator::RunApart([&](std::FILE* out) {
    canary::Wake(name);
    std::fprintf(out, "%s", RunPowerCuts(1, kImages).failure.c_str());
  });
  return result.has_ended ? result.text : absl::StrCat("it stopped: ", result.errors);
}

int RunAll() {
  const auto canaries = canary::ParseCanaries(Read(kList));
  if (!canaries.ok() || canaries->empty()) {
    std::printf("%s holds no canary\n", kList);
    return EXIT_FAILURE;
  }
  int missed = 0;
  for (const canary::Canary& canary : *canaries) {
    const bool fits = canary::Fits(canary, Read(canary.file));
    const std::string found = fits ? FindBug(canary.name) : "";
    missed += found.empty();
    std::printf("%-32s %s\n", canary.name.c_str(),
                !found.empty() ? found.c_str()
                : fits         ? "MISSED: not found"
                               : "MISSED: no longer fits its source");
  }
  const std::string nothing = FindBug("");
  if (!nothing.empty()) std::printf("found although no bug is awake: %s\n", nothing.c_str());
  std::printf("%zu canaries, %d missed\n", canaries->size(), missed);
  return missed == 0 && nothing.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace redress::test

int main() { return redress::test::RunAll(); }
