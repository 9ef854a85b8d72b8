#include "engine/measure/counter.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sha256.h"

namespace redress::engine {

namespace {

using enum Counter;
using enum CounterGroup;

constexpr CounterBasis kPeriod = CounterBasis::kPeriod;
constexpr CounterBasis kStock = CounterBasis::kStock;
constexpr CounterBasis kAsOf = CounterBasis::kCohort;
constexpr SubKey kNone = SubKey::kNone;

constexpr CounterEntry kCounters[] = {
    {kCreated, kFlow, kPeriod, kNone, "created", "Tickets opened, on the day of the opening."},
    {kClosed, kFlow, kPeriod, kNone, "closed",
     "Closings, on the day of the closing; a ticket closed twice counts twice."},
    {kReopened, kFlow, kPeriod, kNone, "reopened",
     "Closed tickets that became open again, by people or by an alert."},
    {kOpenDelta, kFlow, kStock, kNone, "open",
     "Tickets that are not closed: what each event added to or took from them."},
    {kTransferredIn, kFlow, kPeriod, kNone, "transferred_in",
     "Open tickets that came into the scope from another value of the same dimension."},
    {kTransferredOut, kFlow, kPeriod, kNone, "transferred_out",
     "Open tickets that left the scope for another value of the same dimension."},
    {kTickets, kFlow, kStock, kNone, "tickets", "Tickets of the scope, open or closed."},
    {kResolved, kFlow, kPeriod, kNone, "resolved", "Resolvings, on the day of the resolving."},
    {kResolvedReopened, kFlow, kPeriod, kNone, "resolved_reopened",
     "Resolvings that people reopened since, on the day of the resolving."},
    {kReopenEvents, kFlow, kPeriod, kNone, "reopen_events",
     "Reopenings by people, of resolved and of closed tickets, where the answer did not hold."},
    {kTransferEvents, kFlow, kPeriod, kNone, "transfer_events",
     "Hand-overs to another department, counted where they left."},
    {kFirstAnswerMet, kFlow, kPeriod, kNone, "first_answer_met",
     "Promises of a first answer that were kept, on the day on which they were due."},
    {kFirstAnswerMissed, kFlow, kPeriod, kNone, "first_answer_missed",
     "Promises of a first answer that were broken, on the day on which they were due."},
    {kResolutionMet, kFlow, kPeriod, kNone, "resolution_met",
     "Promises of a resolution that were kept, on the day on which they were due."},
    {kResolutionMissed, kFlow, kPeriod, kNone, "resolution_missed",
     "Promises of a resolution that were broken, on the day on which they were due."},
    {kTicketsByTransfers, kFlow, kStock, SubKey::kTimes, "tickets_by_transfers",
     "Tickets of the scope by how often they have changed hands."},
    {kTicketsByReopens, kFlow, kStock, SubKey::kTimes, "tickets_by_reopens",
     "Tickets of the scope by how often people reopened them."},
    {kCohortCreated, kCohort, kAsOf, SubKey::kDay, "cohort_created",
     "Tickets of the scope, on the day of their creation, by the day on which they joined it."},
    {kCohortClosed, kCohort, kAsOf, SubKey::kDay, "cohort_closed",
     "Closed tickets of the scope, on the day of their creation, by the day of the closing."},
    {kCloseCount, kDuration, kPeriod, kNone, "close_count",
     "Closings that still stand, on the day of the closing."},
    {kCloseSecondsSum, kDuration, kPeriod, kNone, "close_seconds_sum",
     "Whole seconds from creation to closing, of the closings that still stand."},
    {kCloseBucket, kDuration, kPeriod, SubKey::kBucket, "close_bucket",
     "Closings that still stand, by how long they took."},
    {kResolveCount, kDuration, kPeriod, kNone, "resolve_count",
     "Resolvings that still stand, on the day of the resolving."},
    {kResolveSecondsSum, kDuration, kPeriod, kNone, "resolve_seconds_sum",
     "Whole seconds from creation to resolving, of the resolvings that still stand."},
    {kResolveBucket, kDuration, kPeriod, SubKey::kBucket, "resolve_bucket",
     "Resolvings that still stand, by how long they took."},
};

constexpr bool IsInOrderOfNumbers() {
  uint32_t number = 0;
  for (const CounterEntry& entry : kCounters) {
    if (static_cast<uint32_t>(entry.counter) != ++number) return false;
  }
  return number + 1 == kCounterEnd;
}
static_assert(IsInOrderOfNumbers());

}  // namespace

absl::Span<const CounterEntry> Counters() { return kCounters; }

const CounterEntry& EntryOf(Counter counter) {
  const uint32_t number = static_cast<uint32_t>(counter);
  CHECK(number >= 1 && number < kCounterEnd);
  return kCounters[number - 1];
}

const std::string& CountersVersion() {
  static const auto& version = *new std::string([] {
    std::string text;
    for (const CounterEntry& entry : kCounters)
      absl::StrAppend(&text, static_cast<uint32_t>(entry.counter), " ", entry.name, " ",
                      static_cast<int>(entry.basis), " ", entry.meaning, "\n");
    return base::Sha256(text);
  }());
  return version;
}

const CounterEntry* FindCounter(absl::string_view name) {
  for (const CounterEntry& entry : kCounters) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::optional<Counter> CounterOf(uint32_t number) {
  if (number < 1 || number >= kCounterEnd) return std::nullopt;
  return static_cast<Counter>(number);
}

}  // namespace redress::engine
