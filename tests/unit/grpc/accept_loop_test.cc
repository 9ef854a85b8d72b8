#include "services/grpc/accept_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/child_server.h"
#include "tests/support/echo_edge.h"
#include "tests/support/raw_client.h"

namespace redress::test {
namespace {

using services::Descriptor;

EchoEdgeOptions With(services::AcceptLimits limits) {
  EchoEdgeOptions options;
  options.server.accept = limits;
  return options;
}

std::string CallEcho(int port) {
  EchoRequest request;
  request.set_text("answered");
  EchoResponse response;
  const grpc::Status status =
      EchoService::NewStub(ConnectTo(port))->Echo(Context().get(), request, &response);
  return status.ok() ? response.text() : Describe(status);
}

std::vector<Descriptor> Flood(int port, int count) {
  std::vector<Descriptor> connections;
  for (int i = 0; i < count; ++i) connections.push_back(ConnectRaw(port));
  return connections;
}

int CountTaken(const std::vector<Descriptor>& connections) {
  int taken = 0;
  for (const Descriptor& connection : connections) taken += IsTaken(connection) ? 1 : 0;
  return taken;
}

// Tries again until a new connection is taken; the server needs a moment to notice that others have
// ended.
bool IsTakenInTheEnd(int port) {
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (absl::Now() < end) {
    if (IsTaken(ConnectRaw(port))) return true;
  }
  return false;
}

TEST(AcceptLoop, PicksAPortAndReportsIt) {
  EchoEdge edge;
  EXPECT_GT(edge.server().port(), 0);
  EXPECT_EQ(CallEcho(edge.server().port()), "answered");
}

TEST(AcceptLoop, RefusesAPortThatIsTaken) {
  EchoEdge edge;
  const std::string address = absl::StrCat("127.0.0.1:", edge.server().port());
  services::ServerOptions options = {.address = address};
  const auto second = services::Server::Start(options, {}, &edge.gate());
  EXPECT_EQ(second.status().ToString(),
            absl::StrCat("ALREADY_EXISTS: cannot listen on ", address, ": Address already in use"));
  options.address = absl::StrCat("127.0.0.1:", edge.server().port());
  EXPECT_EQ(CallEcho(edge.server().port()), "answered");
}

TEST(AcceptLoop, GivesThePortFreeWhenItsServerHasEnded) {
  std::string address;
  {
    EchoEdge edge;
    address = absl::StrCat("127.0.0.1:", edge.server().port());
    EXPECT_EQ(CallEcho(edge.server().port()), "answered");
  }
  EchoEdgeOptions options;
  options.server.address = address;
  EchoEdge again(std::move(options));
  EXPECT_EQ(CallEcho(again.server().port()), "answered");
}

TEST(AcceptLoop, BoundsTheConnectionsOfOnePeerOnly) {
  EchoEdge edge(With({.connections_per_peer_max = 4}));
  const int port = edge.server().port();
  std::vector<Descriptor> connections = Flood(port, 10);
  EXPECT_EQ(CountTaken(connections), 4);
  EXPECT_EQ(edge.server().accept_counts().refused_peer, 6);
  EXPECT_TRUE(IsTaken(ConnectRaw(port, "127.0.0.2"))) << "another peer";
  connections.clear();
  EXPECT_TRUE(IsTakenInTheEnd(port)) << "ended connections must count no more";
}

TEST(AcceptLoop, BoundsTheConnectionsInAll) {
  EchoEdge edge(With({.connections_max = 6, .connections_per_peer_max = 4}));
  const int port = edge.server().port();
  std::vector<Descriptor> connections;
  for (int i = 0; i < 10; ++i)
    connections.push_back(ConnectRaw(port, absl::StrCat("127.0.0.", 10 + i)));
  EXPECT_EQ(CountTaken(connections), 6);
  EXPECT_EQ(edge.server().accept_counts().refused_all, 4);
  connections.clear();
  EXPECT_TRUE(IsTakenInTheEnd(port));
}

TEST(AcceptLoop, StopsAtOnce) {
  EchoEdge edge;
  const int port = edge.server().port();
  EXPECT_EQ(CallEcho(port), "answered");
  edge.server().Shutdown(absl::Seconds(5));
  EXPECT_FALSE(ConnectRaw(port).is_open());
}

TEST(AcceptLoop, ClosesAConnectionThatNeverSpeaks) {
  EchoEdgeOptions options;
  options.server.handshake_time_max = absl::Milliseconds(200);
  EchoEdge edge(std::move(options));
  const Descriptor silent = ConnectRaw(edge.server().port());
  EXPECT_TRUE(IsClosedWithin(silent, absl::Seconds(20)));
}

TEST(AcceptLoop, AnswersAgainAfterAFloodPastTheReserve) {
  ChildServer server(100, 40);
  std::vector<Descriptor> flood = Flood(server.port(), 200);
  const int taken = CountTaken(flood);
  EXPECT_GT(taken, 0);
  EXPECT_LE(taken, 60);
  flood.clear();
  EXPECT_EQ(CallEcho(server.port()), "answered");
  EXPECT_EQ(server.Close(), 0);
}

TEST(AcceptLoop, RefusesToStartWhereTheReserveLeavesNoRoom) {
  const auto loop = services::AcceptLoop::Listen("127.0.0.1:0", {.descriptors_reserve = 1 << 30});
  EXPECT_THAT(std::string(loop.status().message()),
              testing::HasSubstr("leaves no room for connections beside a reserve of 1073741824"));
}

// Lets a server with a few descriptors be flooded again and again.
void FloodPastEveryDescriptor(ChildServer& server) {
  for (int round = 0; round < 3; ++round) {
    std::vector<Descriptor> flood = Flood(server.port(), 200);
    EXPECT_LT(CountTaken(flood), 64);
    flood.clear();
    EXPECT_EQ(CallEcho(server.port()), "answered") << "round " << round;
  }
  EXPECT_EQ(server.Close(), 0);
}

TEST(AcceptLoop, AnswersAgainAfterEveryDescriptorWasTaken) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer itself needs descriptors to look at objects";
#endif
  ChildServer server(64, 0);
  FloodPastEveryDescriptor(server);
}

TEST(AcceptLoop, KeepsADescriptorToRefuseWithWhileOthersOpenFiles) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "the sanitizer itself needs descriptors to look at objects";
#endif
  ChildServer server(64, 0, ChildServer::Neighbour::kOpensFiles);
  FloodPastEveryDescriptor(server);
}

TEST(AcceptLoop, GoesOnAnsweringItsClientsDuringAFlood) {
  ChildServer server(100, 40);
  const auto channel = ConnectTo(server.port());
  const auto stub = EchoService::NewStub(channel);
  EchoRequest request;
  EchoResponse response;
  ASSERT_EQ(Describe(stub->Echo(Context().get(), request, &response)), "OK");
  const std::vector<Descriptor> flood = Flood(server.port(), 200);
  EXPECT_LT(CountTaken(flood), 60);
  EXPECT_EQ(Describe(stub->Echo(Context().get(), request, &response)), "OK");
}

}  // namespace
}  // namespace redress::test
