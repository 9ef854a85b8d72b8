// Distributions of durations in counted buckets: integers only, so that every machine and every
// recomputation gives the same percentiles.
//
// Up to 255 seconds each value has its own bucket; from there each doubling is cut into 128 equal
// ones. A bucket is told by its middle, which is within half a 128th of every value in it: less
// than 0.4 percent off.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/types/span.h"

namespace redress::engine {

// One more than the greatest bucket.
inline constexpr uint32_t kBucketEnd = 7296;

// The bucket of a duration. Greater durations never have a smaller bucket. REQUIRES: seconds >= 0.
uint32_t BucketOf(int64_t seconds);

// The duration by which a bucket is told. REQUIRES: bucket < kBucketEnd.
int64_t BucketSeconds(uint32_t bucket);

// How often each bucket was hit, by rising bucket.
using BucketCounts = absl::Span<const std::pair<uint32_t, int64_t>>;

// The percentile by nearest rank: the value at place ceil(percent / 100 * n) of n in rising order,
// so always one that occurred, up to the width of its bucket. 0 if nothing was counted. REQUIRES:
// 1 <= percent <= 100; no count is negative.
int64_t PercentileSeconds(BucketCounts counts, int percent);

}  // namespace redress::engine
