// A TCP client that speaks no more than it is told, for attacks below HTTP/2.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "services/grpc/descriptor.h"

namespace redress::test {

// Connects to this port of 127.0.0.1, or from another address of the loopback network.
services::Descriptor ConnectRaw(int port, const std::string& from = "127.0.0.1");

// Waits until the server has spoken or closed. A gRPC server speaks first, so true means that it
// took the connection.
bool IsTaken(const services::Descriptor& connection);

// Waits until the server has closed; false: it did not in time.
bool IsClosedWithin(const services::Descriptor& connection, absl::Duration time);

}  // namespace redress::test
