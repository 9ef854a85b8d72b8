// Attacks on a whole server, and its end.

#include "services/grpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/support/child_server.h"
#include "tests/support/echo_edge.h"

namespace redress::test {
namespace {

using testing::HasSubstr;

std::string Call(EchoService::Stub& stub, const EchoRequest& request,
                 std::unique_ptr<grpc::ClientContext> context = Context()) {
  EchoResponse response;
  const grpc::Status status = stub.Echo(context.get(), request, &response);
  return status.ok() ? "OK" : Describe(status);
}

TEST(Server, RefusesACompressedBombWithoutInflatingIt) {
  ChildServer server(256, 16);
  const auto stub = EchoService::NewStub(ConnectTo(server.port()));
  ASSERT_EQ(Call(*stub, EchoRequest()), "OK");
  const int64_t before = PeakMemoryOf(server.pid());
  EchoRequest bomb;
  bomb.mutable_bulk()->resize(100 << 20);
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    auto context = Context();
    context->set_compression_algorithm(algorithm);
    EXPECT_THAT(Call(*stub, bomb, std::move(context)), HasSubstr("UNIMPLEMENTED"));
  }
  EXPECT_LT(PeakMemoryOf(server.pid()) - before, 16 << 20);
  EXPECT_EQ(Call(*stub, EchoRequest()), "OK");
}

TEST(Server, RefusesAMessageOverTheLimitAndTakesTheNext) {
  EchoEdge edge;
  const auto stub = edge.Stub();
  EchoRequest request;
  request.mutable_bulk()->resize(5 << 20);
  EXPECT_THAT(Call(*stub, request), HasSubstr("RESOURCE_EXHAUSTED"));
  request.mutable_bulk()->resize(3 << 20);
  EXPECT_EQ(Call(*stub, request), "OK");
}

TEST(Server, RefusesMetadataOverTheLimit) {
  EchoEdge edge;
  auto context = Context();
  context->AddMetadata("x-large", std::string(40'000, 'x'));
  EXPECT_THAT(Call(*edge.Stub(), EchoRequest(), std::move(context)),
              HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_EQ(edge.handlers().handled(), 0);
  context = Context();
  context->AddMetadata("x-large", std::string(4'000, 'x'));
  EXPECT_EQ(Call(*edge.Stub(), EchoRequest(), std::move(context)), "OK");
}

TEST(Server, DoesNotListenForEveryoneWithoutTokens) {
  EchoEdge edge;
  services::ServerOptions options = {.address = "*:0"};
  const auto server = services::Server::Start(options, {}, &edge.gate());
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("refusing to listen on *:0"));
}

// A reflection request for the list of services is field 7 with any text; the answer holds their
// names.
std::string ListServices(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  const auto context = Context();
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto call = stub.PrepareCall(
      context.get(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  const auto next = [&] { return queue.Next(&tag, &ok) && ok; };
  call->StartCall(nullptr);
  if (!next()) return "no call";
  const grpc::Slice slice(std::string("\x3A\x01*"));
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  if (!next()) return "no write";
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  if (!next()) return "no answer";
  grpc::Slice answer;
  if (!response.DumpToSingleSlice(&answer).ok()) return "no bytes";
  grpc::Status status;
  call->Finish(&status, nullptr);
  next();
  return std::string(answer.begin(), answer.end());
}

TEST(Server, ListsItsServicesByReflection) {
  EchoEdge edge;
  const std::string answer = ListServices(edge.Channel());
  EXPECT_THAT(answer, HasSubstr("redress.test.EchoService"));
  EXPECT_THAT(answer, HasSubstr("grpc.health.v1.Health"));
}

TEST(Server, EndsInBoundedTimeWithStreamsThatNeverEnd) {
  EchoEdge edge;
  const auto stub = edge.Stub();
  // One reads, one never does, one talks, one waits, one is parked for good.
  RepeatRequest endless;
  endless.set_padding_bytes(50'000);
  const auto reads = Context(), never_reads = Context(), talks = Context();
  const auto reading = stub->Repeat(reads.get(), endless);
  const auto not_reading = stub->Repeat(never_reads.get(), endless);
  const auto talking = stub->Chat(talks.get());
  ChatRequest hold;
  hold.set_text("hold");
  ASSERT_TRUE(talking->Write(hold));
  std::thread reader([&] {
    RepeatResponse response;
    while (reading->Read(&response)) {
    }
    EXPECT_EQ(Describe(reading->Finish()),
              "UNAVAILABLE SERVER_DRAINING the server is closing; call again, another will answer");
  });
  std::thread parked([&] {
    EchoRequest request;
    request.set_mode(EchoRequest::MODE_HOLD);
    EXPECT_EQ(Call(*edge.Stub(), request),
              "UNAVAILABLE SERVER_DRAINING the server is closing; call again, another will answer");
  });
  edge.handlers().AwaitHeld(2);

  const absl::Time start = absl::Now();
  edge.server().Shutdown(absl::Seconds(1));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));

  parked.join();
  reader.join();
  ChatResponse said;
  EXPECT_FALSE(talking->Read(&said));
  EXPECT_EQ(talking->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  never_reads->TryCancel();
  EXPECT_FALSE(not_reading->Finish().ok());
  edge.handlers().Release();
  EXPECT_EQ(edge.gate().in_flight(), 0);
}

TEST(Server, LetsACallInFlightFinishWhileItCloses) {
  EchoEdge edge;
  const auto stub = edge.Stub();
  const auto watching = Context();
  const auto watch = stub->Repeat(watching.get(), RepeatRequest());
  RepeatResponse response;
  ASSERT_TRUE(watch->Read(&response));
  std::thread caller([&] {
    EchoRequest request;
    request.set_mode(EchoRequest::MODE_WORK);
    EXPECT_EQ(Call(*edge.Stub(), request), "OK");
  });
  edge.handlers().AwaitHeld(1);
  std::thread closing([&] { edge.server().Shutdown(absl::Seconds(30)); });
  while (watch->Read(&response)) {
  }
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE) << "the drain has begun";
  edge.handlers().Release();
  caller.join();
  closing.join();
}

TEST(Server, CancelsACallThatOutlivesTheGrace) {
  EchoEdge edge;
  std::thread caller([&] {
    EchoRequest request;
    request.set_mode(EchoRequest::MODE_WORK);
    EXPECT_NE(Call(*edge.Stub(), request), "OK");
  });
  edge.handlers().AwaitHeld(1);
  const absl::Time start = absl::Now();
  edge.server().Shutdown(absl::Milliseconds(300));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  caller.join();
  edge.handlers().Release();
}

TEST(Server, MayBeShutDownTwice) {
  EchoEdge edge;
  edge.server().Shutdown(absl::Seconds(1));
  edge.server().Shutdown(absl::Seconds(1));
}

// Each open reflection stream holds a thread, so their number is bounded and other calls go on.
TEST(Server, BoundsReflectionStreams) {
  ChildServer server(256, 16);
  const auto channel = ConnectTo(server.port());
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  constexpr int kStreams = 64;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::GenericClientAsyncReaderWriter>> calls;
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(Context());
    calls.push_back(
        stub.PrepareCall(contexts.back().get(),
                         "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue));
    calls.back()->StartCall(&contexts.back());
  }
  EXPECT_EQ(Call(*EchoService::NewStub(channel), EchoRequest()), "OK");
  EXPECT_LT(ThreadsOf(server.pid()), 40);
  for (const auto& context : contexts) context->TryCancel();
  void* tag = nullptr;
  bool ok = false;
  for (int i = 0; i < kStreams; ++i) ASSERT_TRUE(queue.Next(&tag, &ok));
  std::vector<grpc::Status> statuses(kStreams);
  for (int i = 0; i < kStreams; ++i) calls[i]->Finish(&statuses[i], &statuses[i]);
  for (int i = 0; i < kStreams; ++i) ASSERT_TRUE(queue.Next(&tag, &ok));
}

}  // namespace
}  // namespace redress::test
