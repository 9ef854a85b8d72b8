// reference.cc: short references that survive being read, typed and said.
#include "engine/ticket/reference.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"

namespace redress::test {
namespace {

using engine::kTicketIdMax;
using engine::MakeReference;
using engine::ParseReference;
using engine::ParseTicketName;

constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr uint64_t kSeed = 20261102;

// The first ones, the last ones, powers of two, and many by chance.
std::vector<uint64_t> ManyIds(int by_chance) {
  std::vector<uint64_t> ids;
  for (uint64_t id = 1; id <= 1000; ++id) ids.push_back(id);
  for (uint64_t id = kTicketIdMax - 100; id <= kTicketIdMax; ++id) ids.push_back(id);
  for (int bit = 10; bit < 35; ++bit) ids.push_back(uint64_t{1} << bit);
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < by_chance; ++i) ids.push_back(1 + random() % kTicketIdMax);
  return ids;
}

TEST(Reference, StaysWhatItWas) {
  EXPECT_EQ(MakeReference(1), "DTD1-VEEB");
  EXPECT_EQ(MakeReference(2), "318A-X6G1");
  EXPECT_EQ(MakeReference(1'000'000), "5M54-3G1S");
  EXPECT_EQ(MakeReference(kTicketIdMax), "WPEX-P2C5");
}

TEST(Reference, NamesItsTicketAndNoOther) {
  SCOPED_TRACE(kSeed);
  std::set<std::string> seen;
  std::set<uint64_t> ids;
  for (const uint64_t id : ManyIds(100'000)) {
    const std::string reference = MakeReference(id);
    ASSERT_EQ(ParseReference(reference), id) << reference;
    seen.insert(reference);
    ids.insert(id);
  }
  EXPECT_EQ(seen.size(), ids.size());
}

TEST(Reference, FindsEveryWrongCharacter) {
  SCOPED_TRACE(kSeed);
  for (const uint64_t id : ManyIds(1000)) {
    const std::string reference = MakeReference(id);
    for (size_t at = 0; at < reference.size(); ++at) {
      for (const char wrong : kAlphabet) {
        if (reference[at] == '-' || reference[at] == wrong) continue;
        std::string damaged = reference;
        damaged[at] = wrong;
        ASSERT_EQ(ParseReference(damaged), std::nullopt) << reference << " as " << damaged;
      }
    }
  }
}

TEST(Reference, FindsEverySwapOfTwoCharacters) {
  SCOPED_TRACE(kSeed);
  for (const uint64_t id : ManyIds(10'000)) {
    const std::string reference = MakeReference(id);
    for (size_t left = 0; left < reference.size(); ++left) {
      for (size_t right = left + 1; right < reference.size(); ++right) {
        if (left == 4 || right == 4 || reference[left] == reference[right]) continue;
        std::string damaged = reference;
        std::swap(damaged[left], damaged[right]);
        ASSERT_EQ(ParseReference(damaged), std::nullopt) << reference << " as " << damaged;
      }
    }
  }
}

TEST(Reference, IsReadAsItLooks) {
  for (const uint64_t id : ManyIds(1000)) {
    std::string typed = absl::AsciiStrToLower(MakeReference(id));
    for (char& c : typed) {
      if (c == '0') c = 'o';
      if (c == '1') c = 'l';
    }
    ASSERT_EQ(ParseReference(typed), id) << typed;
  }
}

TEST(Reference, IsNotReadFromWhatIsNone) {
  for (const char* none : {"", "-", "DTD1", "DTD1VEEB", "DTD1-VEE", "DTD1-VEEBN", "DTD1 VEEB",
                           "DTD1-VEE!", "UTD1-VEEB", "0000-0000"})
    EXPECT_EQ(ParseReference(none), std::nullopt) << none;
}

TEST(ParseTicketName, TakesAnIdOrAReference) {
  EXPECT_EQ(ParseTicketName("1"), 1u);
  EXPECT_EQ(ParseTicketName("34359738367"), kTicketIdMax);
  EXPECT_EQ(ParseTicketName(MakeReference(77)), 77u);
  for (const char* none :
       {"", "0", "-1", "+1", " 1", "1x", "34359738368", "99999999999999999999", "ext-1"})
    EXPECT_EQ(ParseTicketName(none), std::nullopt) << none;
}

}  // namespace
}  // namespace redress::test
