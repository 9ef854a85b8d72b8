// hmac_sha256.cc, against the published vectors of RFC 4231.
#include "base/hmac_sha256.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace redress::base {
namespace {

std::string Hex(absl::string_view key, absl::string_view message) {
  return absl::BytesToHexString(HmacSha256(key, message));
}

TEST(HmacSha256, GivesTheCodesOfRfc4231) {
  EXPECT_EQ(Hex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(std::string(131, '\xaa'),
                "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace redress::base
