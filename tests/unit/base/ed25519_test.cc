#include "base/ed25519.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace redress::base {
namespace {

// RFC 8032, section 7.1, test 1: an empty message.
constexpr char kSeed[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
constexpr char kPublic[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
constexpr char kSignature[] =
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
    "6bd25bf5f0595bbe24655141438e7a100b";
// What PKCS #8 puts before the seed (RFC 8410, section 7).
constexpr char kPrefix[] = "302e020100300506032b657004220420";

std::string PemOf(const char* hex_seed) {
  const std::string der = absl::HexStringToBytes(absl::StrCat(kPrefix, hex_seed));
  return absl::StrCat("-----BEGIN PRIVATE KEY-----\n", absl::Base64Escape(der),
                      "\n-----END PRIVATE KEY-----\n");
}

TEST(Ed25519, KnowsTheStandardsVector) {
  const auto key = SigningKey::FromPem(PemOf(kSeed));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(absl::BytesToHexString(key->public_key()), kPublic);
  EXPECT_EQ(absl::BytesToHexString(key->Sign("")), kSignature);
  EXPECT_TRUE(IsSignedBy(absl::HexStringToBytes(kPublic), "", absl::HexStringToBytes(kSignature)));
}

TEST(Ed25519, OnlyTheVeryMessageAndKeyFit) {
  const SigningKey key = SigningKey::Generate();
  const SigningKey other = SigningKey::Generate();
  const std::string signature = key.Sign("twelve tickets");
  EXPECT_TRUE(IsSignedBy(key.public_key(), "twelve tickets", signature));
  EXPECT_FALSE(IsSignedBy(key.public_key(), "twelve ticket5", signature));
  EXPECT_FALSE(IsSignedBy(other.public_key(), "twelve tickets", signature));
  EXPECT_FALSE(IsSignedBy(key.public_key(), "twelve tickets", signature.substr(1)));
  EXPECT_FALSE(IsSignedBy("short", "twelve tickets", signature));
}

TEST(Ed25519, KeysSurviveTheirFiles) {
  const SigningKey key = SigningKey::Generate();
  const auto again = SigningKey::FromPem(key.PrivatePem());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_EQ(PublicKeyFromPem(key.PublicPem()).value_or(""), key.public_key());
}

TEST(Ed25519, RefusesWhatIsNoSuchKey) {
  EXPECT_FALSE(SigningKey::FromPem("").ok());
  EXPECT_FALSE(SigningKey::FromPem(SigningKey::Generate().PublicPem()).ok());
  EXPECT_FALSE(PublicKeyFromPem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").ok());
}

}  // namespace
}  // namespace redress::base
