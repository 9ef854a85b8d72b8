#include "engine/measure/sketch.h"

#include <bit>

#include "base/check.h"

namespace redress::engine {

namespace {

// Buckets in each doubling, as a power of two.
constexpr int kDoublingBits = 7;
constexpr uint32_t kDoublingBuckets = 1 << kDoublingBits;
// Values have 63 bits.
static_assert(kBucketEnd == (63 - kDoublingBits + 1) * kDoublingBuckets);

}  // namespace

uint32_t BucketOf(int64_t seconds) {
  CHECK_GE(seconds, 0);
  const uint64_t value = static_cast<uint64_t>(seconds);
  if (value < kDoublingBuckets) return static_cast<uint32_t>(value);
  const int shift = static_cast<int>(std::bit_width(value)) - kDoublingBits - 1;
  // The leading bits are within [128, 256); each doubling above the first adds 128 buckets.
  return static_cast<uint32_t>(shift) * kDoublingBuckets + static_cast<uint32_t>(value >> shift);
}

int64_t BucketSeconds(uint32_t bucket) {
  CHECK_LT(bucket, kBucketEnd);
  if (bucket < 2 * kDoublingBuckets) return bucket;
  const uint32_t shift = bucket / kDoublingBuckets - 1;
  const uint64_t leading = bucket % kDoublingBuckets + kDoublingBuckets;
  return static_cast<int64_t>((leading << shift) + (uint64_t{1} << shift) / 2);
}

int64_t PercentileSeconds(BucketCounts counts, int percent) {
  CHECK(percent >= 1 && percent <= 100);
  int64_t total = 0;
  for (const auto& [bucket, count] : counts) total += count;
  const int64_t rank = (total * percent + 99) / 100;
  int64_t seen = 0;
  for (const auto& [bucket, count] : counts) {
    seen += count;
    if (count > 0 && seen >= rank) return BucketSeconds(bucket);
  }
  return 0;
}

}  // namespace redress::engine
