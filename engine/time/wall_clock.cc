#include "engine/time/wall_clock.h"

#include <algorithm>

namespace redress::engine {
namespace {

// No offset and no change of one is larger.
constexpr int64_t kOffsetMax = int64_t{36} * 3600;

}  // namespace

size_t WallClock::PlaceOf(int64_t instant) const {
  const auto after = std::upper_bound(
      rules_.offsets.begin() + 1, rules_.offsets.end(), instant,
      [](int64_t at, const base::ZoneOffset& offset) { return at < offset.from; });
  return static_cast<size_t>(after - rules_.offsets.begin()) - 1;
}

int64_t WallClock::FirstInstant(int64_t local) const {
  const auto& offsets = rules_.offsets;
  size_t i = PlaceOf(local - kOffsetMax);
  while (i + 1 < offsets.size() && offsets[i + 1].from + offsets[i].offset <= local) ++i;
  const int64_t instant = local - offsets[i].offset;
  return i == 0 ? instant : std::max(offsets[i].from, instant);
}

int64_t WallClock::LastInstant(int64_t local) const {
  const auto& offsets = rules_.offsets;
  size_t i = PlaceOf(local + kOffsetMax);
  while (i > 0 && offsets[i].from + offsets[i].offset >= local) --i;
  const int64_t instant = local - offsets[i].offset;
  return i + 1 == offsets.size() ? instant : std::min(offsets[i + 1].from, instant);
}

bool WallClock::HasChange(int64_t from, int64_t to) const { return PlaceOf(from) != PlaceOf(to); }

}  // namespace redress::engine
