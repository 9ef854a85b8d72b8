#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/time/clock.h"
#include "base/check.h"

namespace redress::test {
namespace {

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  CHECK_EQ(inet_pton(AF_INET, host.c_str(), &address.sin_addr), 1);
  return address;
}

// How many bytes came, 0 when the server has closed, nothing when it did neither in time.
ssize_t Receive(const services::Descriptor& connection, absl::Duration time) {
  pollfd waiting = {connection.number(), POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(time))) <= 0) return -1;
  char bytes[4096];
  const ssize_t received = recv(connection.number(), bytes, sizeof(bytes), 0);
  return received < 0 ? 0 : received;
}

}  // namespace

services::Descriptor ConnectRaw(int port, const std::string& from) {
  services::Descriptor connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(connection.is_open());
  const sockaddr_in source = AddressOf(from, 0);
  const sockaddr_in target = AddressOf("127.0.0.1", port);
  CHECK_EQ(bind(connection.number(), reinterpret_cast<const sockaddr*>(&source), sizeof(source)),
           0);
  if (connect(connection.number(), reinterpret_cast<const sockaddr*>(&target), sizeof(target)) !=
      0) {
    connection.Close();
  }
  return connection;
}

bool IsTaken(const services::Descriptor& connection) {
  return connection.is_open() && Receive(connection, absl::Seconds(30)) > 0;
}

bool IsClosedWithin(const services::Descriptor& connection, absl::Duration time) {
  const absl::Time end = absl::Now() + time;
  while (true) {
    const ssize_t received = Receive(connection, end - absl::Now());
    if (received <= 0) return received == 0;
  }
}

}  // namespace redress::test
