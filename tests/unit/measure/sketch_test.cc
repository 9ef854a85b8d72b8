#include "engine/measure/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <vector>

namespace redress::engine {
namespace {

constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();

TEST(Sketch, KeepsSmallDurationsExactly) {
  for (int64_t seconds = 0; seconds < 256; ++seconds) {
    EXPECT_EQ(BucketSeconds(BucketOf(seconds)), seconds);
  }
}

TEST(Sketch, NeverGivesAGreaterDurationASmallerBucket) {
  uint32_t last = 0;
  for (int64_t seconds = 0; seconds < 300000; ++seconds) {
    const uint32_t bucket = BucketOf(seconds);
    EXPECT_TRUE(bucket == last || bucket == last + 1) << seconds;
    last = bucket;
  }
}

TEST(Sketch, TellsEachDurationWithinHalfAPercent) {
  for (int64_t seconds = 256; seconds < kGreatest / 3; seconds += seconds / 997 + 1) {
    const int64_t told = BucketSeconds(BucketOf(seconds));
    EXPECT_LE(std::max(told, seconds) - std::min(told, seconds), seconds / 200) << seconds;
  }
}

TEST(Sketch, HoldsTheGreatestDuration) {
  EXPECT_EQ(BucketOf(kGreatest), kBucketEnd - 1);
  EXPECT_GT(BucketSeconds(kBucketEnd - 1), kGreatest / 256 * 255);
}

TEST(Percentile, TakesTheNearestRank) {
  const std::vector<std::pair<uint32_t, int64_t>> counts = {{10, 1}, {20, 1}, {30, 1}, {40, 1}};
  EXPECT_EQ(PercentileSeconds(counts, 1), 10);
  EXPECT_EQ(PercentileSeconds(counts, 25), 10);
  EXPECT_EQ(PercentileSeconds(counts, 26), 20);
  EXPECT_EQ(PercentileSeconds(counts, 50), 20);
  EXPECT_EQ(PercentileSeconds(counts, 75), 30);
  EXPECT_EQ(PercentileSeconds(counts, 100), 40);
}

TEST(Percentile, IsZeroOfNothing) { EXPECT_EQ(PercentileSeconds({}, 50), 0); }

TEST(Percentile, IsWithinOnePercentOfTheExactOne) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    std::vector<int64_t> durations(1 + random() % 2000);
    for (int64_t& seconds : durations)
      seconds = static_cast<int64_t>(random() >> (random() % 50 + 14));
    std::map<uint32_t, int64_t> buckets;
    for (const int64_t seconds : durations) ++buckets[BucketOf(seconds)];
    const std::vector<std::pair<uint32_t, int64_t>> counts(buckets.begin(), buckets.end());
    std::sort(durations.begin(), durations.end());
    for (size_t percent = 1; percent <= 100; ++percent) {
      const int64_t exact = durations[(percent * durations.size() + 99) / 100 - 1];
      const int64_t told = PercentileSeconds(counts, static_cast<int>(percent));
      EXPECT_LE(std::max(told, exact) - std::min(told, exact), exact / 100) << percent;
    }
  }
}

}  // namespace
}  // namespace redress::engine
