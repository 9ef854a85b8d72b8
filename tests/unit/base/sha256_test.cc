#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/escaping.h"

namespace redress::base {
namespace {

// The first two test vectors of FIPS 180-2, appendix B, and the empty message.
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kTwoBlocks[] = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr char kTwoBlocksText[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

TEST(Sha256, KnowsTheStandardsVectors) {
  EXPECT_EQ(absl::BytesToHexString(Sha256("")), kEmpty);
  EXPECT_EQ(absl::BytesToHexString(Sha256("abc")), kAbc);
  EXPECT_EQ(absl::BytesToHexString(Sha256(kTwoBlocksText)), kTwoBlocks);
}

TEST(Sha256Hasher, HashesPartsAsOneText) {
  Sha256Hasher hasher;
  for (const char letter : std::string(kTwoBlocksText)) hasher.Update(std::string(1, letter));
  EXPECT_EQ(absl::BytesToHexString(hasher.Finish()), kTwoBlocks);
}

TEST(Sha256Hasher, StartsOverAfterFinish) {
  Sha256Hasher hasher;
  hasher.Update("something else");
  (void)hasher.Finish();
  EXPECT_EQ(absl::BytesToHexString(hasher.Finish()), kEmpty);
  hasher.Update("abc");
  Sha256Hasher moved = std::move(hasher);
  EXPECT_EQ(absl::BytesToHexString(moved.Finish()), kAbc);
}

}  // namespace
}  // namespace redress::base
