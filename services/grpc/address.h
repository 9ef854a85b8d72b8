// Addresses to listen on: "127.0.0.1:7443", "[::1]:7443", "localhost:0", "*:7443". Names are not
// looked up.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace redress::services {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  bool is_dual = false;  // an IPv6 socket that takes in IPv4 too

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int port() const;
  void set_port(int port);
};

// The sockets to open for one address: two for "localhost", one for all others.
absl::StatusOr<std::vector<SocketAddress>> ParseListenAddress(absl::string_view address);

// Without credentials everyone who can connect is trusted, so the server then listens on loopback
// only. Credentials are a token file, which also binds client certificates to actors; TLS by itself
// tells the server nothing about who calls. The text of the error when `address` may not be
// listened on; nothing when it may.
std::optional<std::string> CheckListenAddress(absl::string_view address, bool has_credentials);

// What counts as one peer: an IPv4 address (also one mapped into IPv6), or an IPv6 /64, which is
// what one subscriber has.
std::string PeerOf(const sockaddr_storage& address);

}  // namespace redress::services
