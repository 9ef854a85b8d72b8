// The counters behind every figure, as data.
//
// Numbers are stored and never reused. A new meaning is a new counter.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace redress::engine {

// Each is described in counter.cc.
enum class Counter : uint32_t {
  kCreated = 1,
  kClosed = 2,
  kReopened = 3,
  kOpenDelta = 4,
  kTransferredIn = 5,
  kTransferredOut = 6,
  kTickets = 7,
  kResolved = 8,
  kResolvedReopened = 9,
  kReopenEvents = 10,
  kTransferEvents = 11,
  kFirstAnswerMet = 12,
  kFirstAnswerMissed = 13,
  kResolutionMet = 14,
  kResolutionMissed = 15,
  kTicketsByTransfers = 16,
  kTicketsByReopens = 17,
  kCohortCreated = 18,
  kCohortClosed = 19,
  kCloseCount = 20,
  kCloseSecondsSum = 21,
  kCloseBucket = 22,
  kResolveCount = 23,
  kResolveSecondsSum = 24,
  kResolveBucket = 25,
};

// One more than the greatest number, for arrays by number.
inline constexpr uint32_t kCounterEnd = 26;

// Which stored cell a counter lies in. What nearly every event moves is kept apart from the wide
// sketches, so that a submit does not write them again. Stored, never reused.
enum class CounterGroup : uint8_t {
  kFlow = 1,
  kCohort = 2,
  kDuration = 3,
};

inline constexpr std::array<CounterGroup, 3> kCounterGroups = {
    CounterGroup::kFlow, CounterGroup::kCohort, CounterGroup::kDuration};

// How the figure over the days [from, to) follows from a counter's daily amounts.
enum class CounterBasis {
  kPeriod,  // the sum over [from, to)
  kStock,   // the sum over all days before `to`
  kCohort,  // the sum over [from, to) of the sub-keys before `to`
};

// What a counter's sub-key is.
enum class SubKey {
  kNone,    // always 0
  kDay,     // the day of the event
  kTimes,   // how often, up to kTimesMax
  kBucket,  // a bucket of sketch.h
};

// How often a ticket changed hands or was reopened is counted up to this, which means "or more".
inline constexpr uint32_t kTimesMax = 20;

struct CounterEntry {
  Counter counter;
  CounterGroup group;
  CounterBasis basis;
  SubKey sub_key;
  // As ListMembersRequest.counter says it.
  absl::string_view name;
  // What it counts, in one sentence.
  absl::string_view meaning;
};

// All counters, in the order of their numbers.
absl::Span<const CounterEntry> Counters();

const CounterEntry& EntryOf(Counter counter);

// SHA-256 over the meanings of all of them: figures of another version are other figures.
const std::string& CountersVersion();

// The counter of a name; nullptr: there is none.
const CounterEntry* FindCounter(absl::string_view name);

// The counter of a stored number; nullopt: there is none.
std::optional<Counter> CounterOf(uint32_t number);

}  // namespace redress::engine
