// Random ledgers from a seed.
#pragma once

#include <cstdint>

#include "tests/unit/measure/test_ledger.h"

namespace redress::engine::test {

// Every random ledger begins on this day and is over before 500 days have passed.
inline constexpr absl::string_view kRandomLedgerStart = "2024-11-20";
inline constexpr int kRandomLedgerDaysMax = 500;

// Tickets that go through every kind of move in every order that states allow, with each event of a
// ticket at or after the one before. The same seed gives the same ledger.
TestLedger MakeRandomLedger(uint64_t seed, int tickets, int moves);

// How many of them each test goes through: 12, or what REDRESS_RANDOM_LEDGERS says. Each has about
// 1,000 events, so 1,000 of them have a million.
uint64_t RandomLedgers();
inline constexpr int kRandomLedgerTickets = 120;
inline constexpr int kRandomLedgerMoves = 900;

}  // namespace redress::engine::test
