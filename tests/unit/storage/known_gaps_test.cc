#include "storage/known_gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"

namespace redress::storage {
namespace {

TEST(KnownGaps, KnowsNothingAtFirst) {
  const KnownGaps gaps;
  EXPECT_EQ(gaps.FirstAfter("a"), "a");
  EXPECT_EQ(gaps.LastBefore("a"), "a");
}

TEST(KnownGaps, SkipsFromInsideAGapToItsEdges) {
  KnownGaps gaps;
  gaps.Add("c", "f");
  EXPECT_EQ(gaps.FirstAfter("b"), "b");
  EXPECT_EQ(gaps.FirstAfter("c"), "f");
  EXPECT_EQ(gaps.FirstAfter("d"), "f");
  EXPECT_EQ(gaps.FirstAfter("f"), "f");
  EXPECT_EQ(gaps.LastBefore("c"), "c");
  EXPECT_EQ(gaps.LastBefore("d"), "c");
  EXPECT_EQ(gaps.LastBefore("f"), "c");
  EXPECT_EQ(gaps.LastBefore("g"), "g");
}

TEST(KnownGaps, TouchingGapsAreOne) {
  KnownGaps gaps;
  gaps.Add("a", "c");
  gaps.Add("e", "g");
  gaps.Add("c", "e");
  EXPECT_EQ(gaps.FirstAfter("a"), "g");
  EXPECT_EQ(gaps.LastBefore("g"), "a");
}

TEST(KnownGaps, AFilledKeySplitsItsGap) {
  KnownGaps gaps;
  gaps.Add("a", "g");
  gaps.Fill("c");
  EXPECT_EQ(gaps.FirstAfter("a"), "c");
  EXPECT_EQ(gaps.FirstAfter("c"), "c");
  EXPECT_EQ(gaps.FirstAfter("ca"), "g");
  EXPECT_EQ(gaps.LastBefore("g"), absl::string_view("c\0", 2));
  gaps.Fill("a");
  EXPECT_EQ(gaps.FirstAfter("a"), "a");
}

TEST(KnownGaps, ForgetsAllRatherThanGrow) {
  KnownGaps gaps;
  for (size_t i = 0; i < KnownGaps::kGapsMax; ++i) {
    gaps.Add(absl::StrCat("k", 10'000 + i), absl::StrCat("k", 10'000 + i, "x"));
  }
  EXPECT_EQ(gaps.FirstAfter("k10000"), "k10000x");
  gaps.Add("z", "zz");
  EXPECT_EQ(gaps.FirstAfter("k10000"), "k10000");
  EXPECT_EQ(gaps.FirstAfter("z"), "zz");
}

// Words over 00, a, ff of up to three bytes are all the keys there are; `holes` are those that are
// known to be empty.
TEST(KnownGaps, NeverHidesAKeyThatMayBeThere) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  std::set<std::string> words = {""};
  for (int round = 0; round < 3; ++round) {
    for (const std::string& word : std::set<std::string>(words)) {
      for (const char letter : {'\x00', 'a', '\xff'}) words.insert(word + letter);
    }
  }
  const std::vector<std::string> keys(words.begin(), words.end());
  const auto any = [&] { return keys[random() % keys.size()]; };
  KnownGaps gaps;
  std::set<std::string> holes;
  for (int step = 0; step < 20'000 && !testing::Test::HasFailure(); ++step) {
    const std::string begin = any();
    const std::string end = any();
    if (random() % 4 == 0 && begin < end) {
      gaps.Add(begin, end);
      holes.insert(words.lower_bound(begin), words.lower_bound(end));
    } else {
      gaps.Fill(begin);
      holes.erase(begin);
    }
    const std::string probe = any();
    auto first = words.find(probe);
    while (first != words.end() && holes.contains(*first)) ++first;
    const std::string found(gaps.FirstAfter(probe));
    EXPECT_EQ(words.lower_bound(found), first);
    const std::string before(gaps.LastBefore(probe));
    EXPECT_LE(before, probe);
    for (auto word = words.lower_bound(before); *word < probe; ++word) {
      EXPECT_TRUE(holes.contains(*word));
    }
    auto last = words.find(probe);
    while (last != words.begin() && holes.contains(*std::prev(last))) --last;
    EXPECT_EQ(words.lower_bound(before), last);
  }
}

}  // namespace
}  // namespace redress::storage
