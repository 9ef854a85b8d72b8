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

// RFC 4231, test cases 1, 2 and 6, whose key is longer than a block.
TEST(HmacSha256, KnowsTheStandardsVectors) {
  EXPECT_EQ(absl::BytesToHexString(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(absl::BytesToHexString(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(absl::BytesToHexString(
                HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
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
