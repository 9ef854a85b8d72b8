// Power cuts at any instant: REDRESS_IMAGES of them, 500 unless told otherwise.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "absl/strings/numbers.h"
#include "tests/power/power_cuts.h"

namespace redress::test {
namespace {

int ImagesToMake() {
  int images = 0;
  const char* given = std::getenv("REDRESS_IMAGES");
  return given != nullptr && absl::SimpleAtoi(given, &images) ? images : 500;
}

void ExpectWhole(uint64_t seed, int images) {
  const PowerCutResult result = RunPowerCuts(seed, images);
  std::printf("seed %llu: %d images of %d commits, %zu events of the disk\n",
              static_cast<unsigned long long>(seed), result.images, result.commits,
              result.disk_events);
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.images, images);
}

TEST(PowerCut, KeepsWhatWasAcknowledgedToTheByte) { ExpectWhole(1, ImagesToMake() * 4 / 5); }

TEST(PowerCut, KeepsItOnAFreshSeedToo) {
  ExpectWhole(std::random_device()(), ImagesToMake() / 5);
}

}  // namespace
}  // namespace redress::test
