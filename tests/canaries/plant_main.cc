// plant LIST SOURCE OUT: writes a copy of SOURCE, a path from here, with the bugs of LIST that are
// for it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/canaries/plant.h"

namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: plant LIST SOURCE OUT\n");
    return EXIT_FAILURE;
  }
  auto canaries = redress::canary::ParseCanaries(Read(argv[1]));
  const std::string source = Read(argv[2]);
  if (!canaries.ok() || source.empty()) {
    std::fprintf(stderr, "%s: %s\n", canaries.ok() ? argv[2] : argv[1],
                 canaries.ok() ? "cannot be read" : canaries.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  std::erase_if(*canaries, [&](const auto& canary) { return canary.file != argv[2]; });
  std::ofstream out(argv[3]);
  out << redress::canary::Plant(*canaries, source);
  return out.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}
