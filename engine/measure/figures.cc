#include "engine/measure/figures.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/measure/sketch.h"

namespace redress::engine {

namespace {

using enum Counter;

void AddRatio(int64_t numerator, int64_t denominator, v1::Ratio* ratio) {
  ratio->set_numerator(numerator);
  ratio->set_denominator(denominator);
}

template <typename Times, typename Bars>
void AddBars(const Times& times, Bars* bars) {
  for (size_t count = 0; count < times.size(); ++count) {
    if (times[count] == 0) continue;
    auto* bar = bars->Add();
    bar->set_count(static_cast<int64_t>(count));
    bar->set_tickets(times[count]);
  }
}

template <typename Times>
int64_t SumOf(const Times& times) {
  int64_t sum = 0;
  for (const int64_t tickets : times) sum += tickets;
  return sum;
}

// The text of a failed check, or nothing.
std::optional<std::string> Expect(bool holds, absl::string_view left, int64_t left_number,
                                  absl::string_view relation, absl::string_view right,
                                  int64_t right_number) {
  if (holds) return std::nullopt;
  return absl::StrCat(left, " is ", left_number, ", which is not ", relation, " ", right, ", ",
                      right_number);
}

std::optional<std::string> ExpectEqual(absl::string_view left, int64_t left_number,
                                       absl::string_view right, int64_t right_number) {
  return Expect(left_number == right_number, left, left_number, "equal to", right, right_number);
}

std::optional<std::string> ExpectAtMost(absl::string_view left, int64_t left_number,
                                        absl::string_view right, int64_t right_number) {
  return Expect(left_number <= right_number, left, left_number, "at most", right, right_number);
}

// The first failure of several.
std::optional<std::string> First(std::initializer_list<std::optional<std::string>> checks) {
  for (const auto& check : checks) {
    if (check) return check;
  }
  return std::nullopt;
}

absl::string_view NameOf(Counter counter) { return EntryOf(counter).name; }

}  // namespace

void Figures::AddHistory(const Cell& cell) {
  for (const Cell::Entry& entry : cell.entries()) {
    if (EntryOf(entry.counter()).basis != CounterBasis::kStock) continue;
    before_[static_cast<uint32_t>(entry.counter())] += entry.value;
    AddSubKey(entry);
  }
}

void Figures::AddPeriod(const Cell& cell, int32_t to_day) {
  for (const Cell::Entry& entry : cell.entries()) {
    const bool is_cohort = EntryOf(entry.counter()).basis == CounterBasis::kCohort;
    if (is_cohort && entry.sub() >= static_cast<uint32_t>(to_day)) continue;
    during_[static_cast<uint32_t>(entry.counter())] += entry.value;
    AddSubKey(entry);
  }
}

void Figures::AddSubKey(const Cell::Entry& entry) {
  switch (entry.counter()) {
    case kTicketsByTransfers:
      CHECK_LE(entry.sub(), kTimesMax);
      transfers_[entry.sub()] += entry.value;
      return;
    case kTicketsByReopens:
      CHECK_LE(entry.sub(), kTimesMax);
      reopens_[entry.sub()] += entry.value;
      return;
    case kCloseBucket:
      close_buckets_[entry.sub()] += entry.value;
      return;
    case kResolveBucket:
      resolve_buckets_[entry.sub()] += entry.value;
      return;
    default:
      return;
  }
}

void Figures::Merge(const Figures& other) {
  for (uint32_t number = 0; number < kCounterEnd; ++number) {
    before_[number] += other.before_[number];
    during_[number] += other.during_[number];
  }
  for (uint32_t times = 0; times <= kTimesMax; ++times) {
    transfers_[times] += other.transfers_[times];
    reopens_[times] += other.reopens_[times];
  }
  for (const auto& [bucket, count] : other.close_buckets_) close_buckets_[bucket] += count;
  for (const auto& [bucket, count] : other.resolve_buckets_) resolve_buckets_[bucket] += count;
}

Figures Figures::Following() const {
  Figures next;
  for (const CounterEntry& entry : Counters()) {
    if (entry.basis != CounterBasis::kStock) continue;
    next.before_[static_cast<uint32_t>(entry.counter)] = AtEnd(entry.counter);
  }
  next.transfers_ = transfers_;
  next.reopens_ = reopens_;
  return next;
}

bool Figures::IsBlank() const { return before_ == Sums() && during_ == Sums(); }

v1::ReportRow Figures::ToRow(absl::string_view value) const {
  v1::ReportRow row;
  row.set_value(std::string(value));
  *row.mutable_flow() = ToFlow();
  // SEMANTICS 9, closure rate, cohort: |created in P and closed by T| / |created in P|, T being the
  // end of the report's period.
  AddRatio(During(kCohortClosed), During(kCohortCreated), row.mutable_closure_cohort());
  // SEMANTICS 9, closure rate, flow: closed in P / (open(a) + created in P + reopened in P). What
  // was transferred in was also there to be closed, or a scope's share could pass one.
  AddRatio(During(kClosed),
           Before(kOpenDelta) + During(kCreated) + During(kReopened) + During(kTransferredIn),
           row.mutable_closure_flow());
  // SEMANTICS 9, on-time rate: of the due instants inside P, those met. A promise that is past due
  // is missed, whether or not somebody has acted since; a cancelled one is in neither.
  AddRatio(During(kFirstAnswerMet), During(kFirstAnswerMet) + During(kFirstAnswerMissed),
           row.mutable_first_answer_on_time());
  AddRatio(During(kResolutionMet), During(kResolutionMet) + During(kResolutionMissed),
           row.mutable_resolution_on_time());
  // SEMANTICS 9, reopen rate, over resolvings: each is reopened by people or it is not.
  AddRatio(During(kResolvedReopened), During(kResolved), row.mutable_reopen_rate());
  // SEMANTICS 9, reopen intensity: reopen events / resolves.
  AddRatio(During(kReopenEvents), During(kResolved), row.mutable_reopen_intensity());
  // SEMANTICS 9, transfers per ticket.
  AddRatio(During(kTransferEvents), During(kCreated), row.mutable_transfers_per_ticket());
  // SEMANTICS 9, mean close time, its total elapsed version: sum / count.
  *row.mutable_time_to_close() = ToDurations(kCloseCount, kCloseSecondsSum, close_buckets_);
  *row.mutable_time_to_resolve() = ToDurations(kResolveCount, kResolveSecondsSum, resolve_buckets_);
  AddBars(transfers_, row.mutable_transfers());
  AddBars(reopens_, row.mutable_reopenings());
  return row;
}

v1::Flow Figures::ToFlow() const {
  v1::Flow flow;
  flow.set_open_start(Before(kOpenDelta));
  flow.set_created(During(kCreated));
  flow.set_reopened(During(kReopened));
  flow.set_transferred_in(During(kTransferredIn));
  flow.set_closed(During(kClosed));
  flow.set_transferred_out(During(kTransferredOut));
  flow.set_open_end(AtEnd(kOpenDelta));
  flow.set_tickets(AtEnd(kTickets));
  flow.set_resolved(During(kResolved));
  return flow;
}

v1::Durations Figures::ToDurations(Counter count, Counter sum, const Buckets& buckets) const {
  const std::vector<std::pair<uint32_t, int64_t>> counts(buckets.begin(), buckets.end());
  v1::Durations durations;
  durations.set_count(During(count));
  durations.set_sum_seconds(During(sum));
  durations.set_p50_seconds(PercentileSeconds(counts, 50));
  durations.set_p75_seconds(PercentileSeconds(counts, 75));
  durations.set_p90_seconds(PercentileSeconds(counts, 90));
  durations.set_p95_seconds(PercentileSeconds(counts, 95));
  durations.set_p99_seconds(PercentileSeconds(counts, 99));
  durations.set_max_seconds(PercentileSeconds(counts, 100));
  return durations;
}

std::optional<std::string> Figures::CheckRow() const {
  // SEMANTICS 9, stock-flow identity. What stands is counted from states, what moves from events.
  const int64_t came = During(kCreated) + During(kReopened) + During(kTransferredIn);
  const int64_t went = During(kClosed) + During(kTransferredOut);
  return First({
      ExpectEqual("open at the end", AtEnd(kOpenDelta),
                  "open at the start and what came, less what went",
                  Before(kOpenDelta) + came - went),
      CheckNotNegative(),
      ExpectAtMost("open at the end", AtEnd(kOpenDelta), "tickets", AtEnd(kTickets)),
      ExpectEqual(NameOf(kTicketsByTransfers), SumOf(transfers_), "tickets", AtEnd(kTickets)),
      ExpectEqual(NameOf(kTicketsByReopens), SumOf(reopens_), "tickets", AtEnd(kTickets)),
      ExpectAtMost(NameOf(kCohortClosed), During(kCohortClosed), NameOf(kCohortCreated),
                   During(kCohortCreated)),
      ExpectEqual(NameOf(kCloseBucket), During(kCloseBucket), NameOf(kCloseCount),
                  During(kCloseCount)),
      ExpectEqual(NameOf(kResolveBucket), During(kResolveBucket), NameOf(kResolveCount),
                  During(kResolveCount)),
  });
}

std::optional<std::string> Figures::CheckNotNegative() const {
  for (const CounterEntry& entry : Counters()) {
    // A stock may fall within a period; everything else only counts up.
    const bool is_stock = entry.basis == CounterBasis::kStock;
    const int64_t least =
        is_stock ? std::min(Before(entry.counter), AtEnd(entry.counter)) : During(entry.counter);
    if (least < 0) return absl::StrCat(entry.name, " is ", least, ", which is less than 0");
  }
  for (uint32_t times = 0; times <= kTimesMax; ++times) {
    const int64_t least = std::min(transfers_[times], reopens_[times]);
    if (least < 0) {
      return absl::StrCat("tickets with a count of ", times, " are ", least,
                          ", which is less than 0");
    }
  }
  for (const Buckets* buckets : {&close_buckets_, &resolve_buckets_}) {
    for (const auto& [bucket, count] : *buckets) {
      if (count >= 0) continue;
      return absl::StrCat("bucket ", bucket, " holds ", count, ", which is less than 0");
    }
  }
  return std::nullopt;
}

std::optional<std::string> Figures::CheckTotal() const {
  return First({
      ExpectEqual(NameOf(kTransferredIn), During(kTransferredIn), "nothing", 0),
      ExpectEqual(NameOf(kTransferredOut), During(kTransferredOut), "nothing", 0),
      ExpectEqual(NameOf(kCohortCreated), During(kCohortCreated), NameOf(kCreated),
                  During(kCreated)),
      ExpectAtMost(NameOf(kCloseCount), During(kCloseCount), NameOf(kClosed), During(kClosed)),
      ExpectAtMost(NameOf(kResolveCount), During(kResolveCount), NameOf(kResolved),
                   During(kResolved)),
      ExpectAtMost(NameOf(kResolvedReopened), During(kResolvedReopened), NameOf(kResolved),
                   During(kResolved)),
  });
}

std::optional<std::string> Figures::CheckSum(const Figures& sum) const {
  for (const CounterEntry& entry : Counters()) {
    const bool moves = entry.counter == kTransferredIn || entry.counter == kTransferredOut;
    if (moves) continue;
    const std::string rows = absl::StrCat("the sum of ", entry.name, " over its rows");
    const std::string total = absl::StrCat(entry.name, " of all tickets");
    auto failure = First({
        ExpectEqual(absl::StrCat(rows, " at the start"), sum.Before(entry.counter),
                    absl::StrCat(total, " at the start"), Before(entry.counter)),
        ExpectEqual(rows, sum.During(entry.counter), total, During(entry.counter)),
    });
    if (failure) return failure;
  }
  for (uint32_t times = 0; times <= kTimesMax; ++times) {
    const std::string bar = absl::StrCat("[", times, "]");
    auto failure = First({
        ExpectEqual(absl::StrCat("the sum of tickets_by_transfers", bar, " over its rows"),
                    sum.transfers_[times], "that of all tickets", transfers_[times]),
        ExpectEqual(absl::StrCat("the sum of tickets_by_reopens", bar, " over its rows"),
                    sum.reopens_[times], "that of all tickets", reopens_[times]),
    });
    if (failure) return failure;
  }
  return First({
      CheckBuckets(kCloseBucket, sum.close_buckets_, close_buckets_),
      CheckBuckets(kResolveBucket, sum.resolve_buckets_, resolve_buckets_),
      ExpectEqual("the sum of transferred_in over its rows", sum.During(kTransferredIn),
                  "the sum of transferred_out", sum.During(kTransferredOut)),
  });
}

// Enough since the counts over all buckets agree, and none is negative.
std::optional<std::string> Figures::CheckBuckets(Counter counter, const Buckets& rows,
                                                 const Buckets& total) {
  for (const auto& [bucket, count] : total) {
    const auto at = rows.find(bucket);
    const int64_t rows_count = at == rows.end() ? 0 : at->second;
    auto failure =
        ExpectEqual(absl::StrCat("the sum of ", NameOf(counter), "[", bucket, "] over its rows"),
                    rows_count, "that of all tickets", count);
    if (failure) return failure;
  }
  return std::nullopt;
}

}  // namespace redress::engine
