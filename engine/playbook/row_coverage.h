// Which cases the rows of a table leave to the rows below them.
//
// Answers are claims about every case there can be, found by cutting regions to pieces, within a
// budget of steps; when that is used up the answer is "unknown". See condition_terms.h for what is
// exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/rules/condition_terms.h"

namespace redress::engine {

// Steps that the checks of one playbook may take together: pairs of a region and a row looked at.
inline constexpr uint64_t kCoverageStepsMax = 1'000'000;

// How many rows may cut a region one after another; beyond that the rest counts as left over.
inline constexpr int kCutsMax = 256;

class RowCoverage {
 public:
  // The conditions of a table's rows in order; must outlive this.
  explicit RowCoverage(const std::vector<ConditionTerms>& rows) : rows_(rows) {}

  // A part of `region` that none of the rows from 0 up to before `end`, but for `except`, takes;
  // nothing: they take all of it, or the budget is used up, see is_cut(). Rows that are not exact
  // take less than it seems, and are taken to take nothing where that is possible.
  std::optional<FactRegion> LeftOver(const FactRegion& region, size_t end, size_t except);

  // The rows that took part of what the last LeftOver was asked about, rising.
  const std::vector<size_t>& takers() const { return takers_; }

  // What both rows have, if anything: the first piece that no row before the earlier one takes.
  std::optional<FactRegion> Shared(size_t earlier, size_t later);

  // A piece of what `row` has and `other` does not; nothing: there is none.
  std::optional<FactRegion> Beyond(size_t row, size_t other);

  // The budget was used up: from there on nothing was found.
  bool is_cut() const { return steps_left_ == 0; }

 private:
  // `cuts`: how many rows have cut the region already.
  std::optional<FactRegion> Cut(const FactRegion& region, size_t row, size_t end, size_t except,
                                int cuts);
  bool Step();

  const std::vector<ConditionTerms>& rows_;
  std::vector<size_t> takers_;
  uint64_t steps_left_ = kCoverageStepsMax;
};

}  // namespace redress::engine
