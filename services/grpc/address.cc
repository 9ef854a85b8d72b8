#include "services/grpc/address.h"

#include <arpa/inet.h>

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace redress::services {
namespace {

SocketAddress Ipv4(in_addr address) {
  SocketAddress made;
  auto* ipv4 = reinterpret_cast<sockaddr_in*>(&made.storage);
  ipv4->sin_family = AF_INET;
  ipv4->sin_addr = address;
  made.size = sizeof(sockaddr_in);
  return made;
}

SocketAddress Ipv6(const in6_addr& address) {
  SocketAddress made;
  auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  ipv6->sin6_family = AF_INET6;
  ipv6->sin6_addr = address;
  made.size = sizeof(sockaddr_in6);
  return made;
}

absl::Status Malformed(absl::string_view address) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", address,
                   "\" is no address to listen on; expected host:port with a host such as "
                   "127.0.0.1, [::1], localhost or *, and a port from 0 to 65535"));
}

bool IsLoopback(const SocketAddress& address) {
  if (address.family() == AF_INET) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    return ntohl(ipv4->sin_addr.s_addr) >> 24 == 127;
  }
  const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

absl::StatusOr<std::vector<SocketAddress>> ParseHost(absl::string_view host) {
  if (host == "*") {
    SocketAddress any = Ipv6(in6addr_any);
    any.is_dual = true;
    return std::vector<SocketAddress>{any};
  }
  if (host == "localhost") {
    return std::vector<SocketAddress>{Ipv4({.s_addr = htonl(INADDR_LOOPBACK)}),
                                      Ipv6(in6addr_loopback)};
  }
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    in6_addr ipv6;
    const std::string inner(host.substr(1, host.size() - 2));
    if (inet_pton(AF_INET6, inner.c_str(), &ipv6) == 1) {
      SocketAddress made = Ipv6(ipv6);
      made.is_dual = IN6_IS_ADDR_UNSPECIFIED(&ipv6);
      return std::vector<SocketAddress>{made};
    }
  }
  in_addr ipv4;
  if (inet_pton(AF_INET, std::string(host).c_str(), &ipv4) == 1) {
    return std::vector<SocketAddress>{Ipv4(ipv4)};
  }
  return absl::InvalidArgumentError("no host");
}

}  // namespace

int SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
}

void SocketAddress::set_port(int port) {
  const in_port_t wire = htons(static_cast<uint16_t>(port));
  if (family() == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&storage)->sin_port = wire;
    return;
  }
  reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = wire;
}

absl::StatusOr<std::vector<SocketAddress>> ParseListenAddress(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return Malformed(address);
  const absl::string_view digits = address.substr(colon + 1);
  int port = 0;
  const bool is_number = digits.size() <= 5 && absl::SimpleAtoi(digits, &port) &&
                         digits.find_first_not_of("0123456789") == absl::string_view::npos;
  if (!is_number || port > 65535) return Malformed(address);
  absl::StatusOr<std::vector<SocketAddress>> sockets = ParseHost(address.substr(0, colon));
  if (!sockets.ok()) return Malformed(address);
  for (SocketAddress& socket : *sockets) socket.set_port(port);
  return sockets;
}

std::optional<std::string> CheckListenAddress(absl::string_view address, bool has_credentials) {
  const absl::StatusOr<std::vector<SocketAddress>> sockets = ParseListenAddress(address);
  if (!sockets.ok()) return std::string(sockets.status().message());
  if (has_credentials) return std::nullopt;
  for (const SocketAddress& socket : *sockets) {
    if (IsLoopback(socket)) continue;
    return absl::StrCat(
        "refusing to listen on ", address,
        ": without a token file everyone who can connect would be trusted. Configure "
        "tokens, or listen on a loopback address such as 127.0.0.1");
  }
  return std::nullopt;
}

std::string PeerOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(&address);
    return std::string(reinterpret_cast<const char*>(&ipv4->sin_addr), sizeof(ipv4->sin_addr));
  }
  if (address.ss_family != AF_INET6) return "";
  const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(&address);
  const char* bytes = reinterpret_cast<const char*>(&ipv6->sin6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&ipv6->sin6_addr)) return std::string(bytes + 12, 4);
  return std::string(bytes, 8);
}

}  // namespace redress::services
