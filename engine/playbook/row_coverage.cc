#include "engine/playbook/row_coverage.h"

#include <algorithm>

namespace redress::engine {
namespace {

// What both have, if there can be a case of it.
std::optional<FactRegion> Both(const FactRegion& one, const FactRegion& other) {
  if (one.IsPlainlyApartFrom(other)) return std::nullopt;
  FactRegion both = one;
  both.Add(other);
  if (!both.HasCase()) return std::nullopt;
  return both;
}

}  // namespace

bool RowCoverage::Step() {
  if (steps_left_ > 0) --steps_left_;
  return steps_left_ > 0;
}

std::optional<FactRegion> RowCoverage::LeftOver(const FactRegion& region, size_t end,
                                                size_t except) {
  takers_.clear();
  std::optional<FactRegion> left = Cut(region, 0, end, except, 0);
  std::sort(takers_.begin(), takers_.end());
  takers_.erase(std::unique(takers_.begin(), takers_.end()), takers_.end());
  return left;
}

// Recursion is at most kCutsMax deep.
std::optional<FactRegion> RowCoverage::Cut(const FactRegion& region, size_t row, size_t end,
                                           size_t except, int cuts) {
  if (cuts == kCutsMax) return region;
  for (; row < end; ++row) {
    if (row == except || rows_[row].is_too_large) continue;
    if (!Step()) return std::nullopt;
    const auto& taken = rows_[row].when_true;
    const bool takes_some = std::any_of(taken.begin(), taken.end(), [&](const FactRegion& part) {
      return Both(region, part).has_value();
    });
    if (!takes_some) continue;
    takers_.push_back(row);
    for (const FactRegion& part : rows_[row].when_false) {
      if (!Step()) return std::nullopt;
      const std::optional<FactRegion> rest = Both(region, part);
      if (!rest) continue;
      if (std::optional<FactRegion> left = Cut(*rest, row + 1, end, except, cuts + 1))
        return left;
    }
    return std::nullopt;
  }
  return region;
}

std::optional<FactRegion> RowCoverage::Shared(size_t earlier, size_t later) {
  for (const FactRegion& one : rows_[earlier].when_true) {
    for (const FactRegion& other : rows_[later].when_true) {
      if (!Step()) return std::nullopt;
      const std::optional<FactRegion> both = Both(one, other);
      if (!both) continue;
      if (std::optional<FactRegion> left = Cut(*both, 0, earlier, earlier, 0)) return left;
    }
  }
  return std::nullopt;
}

std::optional<FactRegion> RowCoverage::Beyond(size_t row, size_t other) {
  for (const FactRegion& one : rows_[row].when_true) {
    for (const FactRegion& part : rows_[other].when_false) {
      if (!Step()) return std::nullopt;
      if (std::optional<FactRegion> beyond = Both(one, part)) return beyond;
    }
  }
  return std::nullopt;
}

}  // namespace redress::engine
