// The figures of one scope over one period, their formulas, and what must be true of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "engine/measure/cell.h"
#include "engine/measure/counter.h"
#include "redress/v1/report.pb.h"

namespace redress::engine {

// The sums of a scope's counters before a period and in it.
class Figures {
 public:
  // Adds a cell from before the period.
  void AddHistory(const Cell& cell);
  // Adds a cell of the period. Cohorts are taken as of the end of the day before `to_day`.
  void AddPeriod(const Cell& cell, int32_t to_day);
  // Adds the sums of another scope of the same period.
  void Merge(const Figures& other);

  // The figures of the period that follows, with nothing in it yet.
  Figures Following() const;

  // Nothing stood and nothing happened.
  bool IsBlank() const;

  // By the formulas of the report, each with its source in figures.cc.
  v1::ReportRow ToRow(absl::string_view value) const;

  // Each check answers nullopt if all holds, else a text that names the figure and both numbers.
  //
  // What is true of every scope, the stock-flow identity first (SEMANTICS 9).
  std::optional<std::string> CheckRow() const;
  // What is true of all tickets together, beside CheckRow: nothing moves in or out.
  std::optional<std::string> CheckTotal() const;
  // What is true of a table: that `sum`, the figures of its rows merged, equals these, of all
  // tickets together.
  std::optional<std::string> CheckSum(const Figures& sum) const;

 private:
  using Sums = std::array<int64_t, kCounterEnd>;
  using Times = std::array<int64_t, kTimesMax + 1>;
  using Buckets = absl::btree_map<uint32_t, int64_t>;

  int64_t Before(Counter counter) const { return before_[static_cast<uint32_t>(counter)]; }
  int64_t During(Counter counter) const { return during_[static_cast<uint32_t>(counter)]; }
  int64_t AtEnd(Counter counter) const { return Before(counter) + During(counter); }

  // Adds a counter that has sub-keys to the distribution that it belongs to.
  void AddSubKey(const Cell::Entry& entry);
  std::optional<std::string> CheckNotNegative() const;
  static std::optional<std::string> CheckBuckets(Counter counter, const Buckets& rows,
                                                 const Buckets& total);
  v1::Flow ToFlow() const;
  v1::Durations ToDurations(Counter count, Counter sum, const Buckets& buckets) const;

  // By counter number. Counters with sub-keys are summed over these.
  Sums before_ = {};
  Sums during_ = {};
  // As they stand at the end.
  Times transfers_ = {};
  Times reopens_ = {};
  Buckets close_buckets_;
  Buckets resolve_buckets_;
};

}  // namespace redress::engine
