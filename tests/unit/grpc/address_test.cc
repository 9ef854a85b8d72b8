#include "services/grpc/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>

namespace redress::services {
namespace {

TEST(CheckListenAddress, KeepsAServerWithoutCredentialsOnLoopback) {
  for (const char* address : {"127.0.0.1:7443", "127.1.2.3:0", "[::1]:7443", "localhost:7443"}) {
    EXPECT_EQ(CheckListenAddress(address, false), std::nullopt) << address;
  }
  for (const char* address : {"0.0.0.0:7443", "*:7443", "[::]:7443", "192.0.2.1:7443",
                              "[2001:db8::1]:7443", "[::ffff:127.0.0.1]:7443", "128.0.0.1:1"}) {
    EXPECT_NE(CheckListenAddress(address, false), std::nullopt) << address;
    EXPECT_EQ(CheckListenAddress(address, true), std::nullopt) << address;
  }
  EXPECT_EQ(
      *CheckListenAddress("0.0.0.0:7443", false),
      "refusing to listen on 0.0.0.0:7443: without a token file everyone who can connect would "
      "be trusted. Configure tokens, or listen on a loopback address such as 127.0.0.1");
}

TEST(CheckListenAddress, RefusesWhatIsNoAddress) {
  for (const char* address :
       {"", ":", "7443", "127.0.0.1", "127.0.0.1:", ":7443", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "127.0.0.1: 1", "127.0.0.1:1x", "::1:7443", "[::1:7443", "[]:1",
        "[127.0.0.1]:1", "example.com:7443", "127.1:7443", "0x7f.0.0.1:1",
        "127.0.0.1:99999999999"}) {
    EXPECT_NE(CheckListenAddress(address, true), std::nullopt) << address;
  }
}

std::string Peer(const char* ipv6) {
  sockaddr_storage storage = {};
  auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
  address->sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, ipv6, &address->sin6_addr), 1);
  return PeerOf(storage);
}

TEST(PeerOf, CountsAnIpv6NetworkAsOneAndMappedIpv4ByAddress) {
  EXPECT_EQ(Peer("2001:db8:1:2::1"), Peer("2001:db8:1:2:ffff::9"));
  EXPECT_NE(Peer("2001:db8:1:2::1"), Peer("2001:db8:1:3::1"));
  EXPECT_NE(Peer("::ffff:192.0.2.1"), Peer("::ffff:192.0.2.2"));
  EXPECT_EQ(Peer("::ffff:192.0.2.1").size(), 4u);
}

}  // namespace
}  // namespace redress::services
