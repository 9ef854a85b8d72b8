#include "engine/measure/counter.h"

#include <gtest/gtest.h>

#include <set>

namespace redress::engine {
namespace {

TEST(Counter, IsFoundByNameAndNumber) {
  for (const CounterEntry& entry : Counters()) {
    EXPECT_EQ(FindCounter(entry.name), &entry);
    EXPECT_EQ(CounterOf(static_cast<uint32_t>(entry.counter)), entry.counter);
    EXPECT_EQ(&EntryOf(entry.counter), &entry);
  }
  EXPECT_EQ(FindCounter("no_such_counter"), nullptr);
  EXPECT_EQ(FindCounter(""), nullptr);
  EXPECT_EQ(CounterOf(0), std::nullopt);
  EXPECT_EQ(CounterOf(kCounterEnd), std::nullopt);
}

TEST(Counter, HasANameOfItsOwnAndASentence) {
  std::set<absl::string_view> names;
  for (const CounterEntry& entry : Counters()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(entry.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), absl::string_view::npos);
    EXPECT_EQ(entry.meaning.back(), '.') << entry.name;
  }
}

// These numbers are in stored cells.
TEST(Counter, KeepsItsNumber) {
  std::string text;
  for (const CounterEntry& entry : Counters()) {
    text += std::to_string(static_cast<uint32_t>(entry.counter)) + " " + std::string(entry.name) +
            " " + std::to_string(static_cast<int>(entry.group)) + "\n";
  }
  EXPECT_EQ(text,
            "1 created 1\n"
            "2 closed 1\n"
            "3 reopened 1\n"
            "4 open 1\n"
            "5 transferred_in 1\n"
            "6 transferred_out 1\n"
            "7 tickets 1\n"
            "8 resolved 1\n"
            "9 resolved_reopened 1\n"
            "10 reopen_events 1\n"
            "11 transfer_events 1\n"
            "12 first_answer_met 1\n"
            "13 first_answer_missed 1\n"
            "14 resolution_met 1\n"
            "15 resolution_missed 1\n"
            "16 tickets_by_transfers 1\n"
            "17 tickets_by_reopens 1\n"
            "18 cohort_created 2\n"
            "19 cohort_closed 2\n"
            "20 close_count 3\n"
            "21 close_seconds_sum 3\n"
            "22 close_bucket 3\n"
            "23 resolve_count 3\n"
            "24 resolve_seconds_sum 3\n"
            "25 resolve_bucket 3\n");
}

}  // namespace
}  // namespace redress::engine
