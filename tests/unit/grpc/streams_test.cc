// Streams over the wire.

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/echo_edge.h"

namespace redress::test {
namespace {

RepeatRequest Repeat(int count, int padding_bytes = 0) {
  RepeatRequest request;
  request.set_text("x");
  request.set_count(count);
  request.set_padding_bytes(padding_bytes);
  return request;
}

TEST(ServerStream, SendsEverythingInOrderThenEnds) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto reader = stub->Repeat(context.get(), Repeat(1000, 1000));
  RepeatResponse response;
  int64_t expected = 0;
  while (reader->Read(&response)) EXPECT_EQ(response.sequence(), expected++);
  EXPECT_EQ(Describe(reader->Finish()), "OK");
  EXPECT_EQ(expected, 1000);
}

TEST(ServerStream, EndsWhenTheCallerLeaves) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto reader = stub->Repeat(context.get(), Repeat(0, 100));
  RepeatResponse response;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(reader->Read(&response));
  context->TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  edge.server().Shutdown(absl::Seconds(20));
  EXPECT_EQ(edge.gate().in_flight(), 0);
}

TEST(ServerStream, TurnsAwayAReaderThatDoesNotReadAndKeepsLittleForIt) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  RepeatRequest request = Repeat(0, 100'000);
  request.set_is_impatient(true);
  const auto reader = stub->Repeat(context.get(), request);
  edge.handlers().AwaitTurnedAway();
  // Our queue, and what HTTP/2 lets under way: windows, which grow with the measured speed.
  EXPECT_LT(edge.handlers().sent_before_turned_away(), 200);
  RepeatResponse response;
  int read = 0;
  while (reader->Read(&response)) ++read;
  EXPECT_LE(read, edge.handlers().sent_before_turned_away());
  EXPECT_EQ(
      Describe(reader->Finish()),
      "RESOURCE_EXHAUSTED READER_TOO_SLOW the caller reads too slowly: more than 64 answers or "
      "1048576 bytes were waiting");
}

TEST(ServerStream, WaitsForASlowReaderWhenItsProducerCan) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto reader = stub->Repeat(context.get(), Repeat(300, 100'000));
  // 30 MB are on offer; another call works while nobody reads them.
  EchoRequest echo;
  EchoResponse echoed;
  EXPECT_EQ(Describe(edge.Stub()->Echo(Context().get(), echo, &echoed)), "OK");
  RepeatResponse response;
  int read = 0;
  while (reader->Read(&response)) ++read;
  EXPECT_EQ(Describe(reader->Finish()), "OK");
  EXPECT_EQ(read, 300);
}

std::string Chat(EchoEdge& edge, const std::vector<std::string>& texts) {
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto stream = stub->Chat(context.get());
  std::thread writer([&] {
    for (const std::string& text : texts) {
      ChatRequest request;
      request.set_text(text);
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
  });
  std::vector<std::string> answers;
  ChatResponse response;
  while (stream->Read(&response)) answers.push_back(response.text());
  writer.join();
  return absl::StrCat(absl::StrJoin(answers, " "), " | ", Describe(stream->Finish()));
}

TEST(BothStream, AnswersEachMessageAndEndsWithTheLast) {
  EchoEdge edge;
  EXPECT_EQ(Chat(edge, {"a", "b", "c"}), "a b c | OK");
  EXPECT_EQ(Chat(edge, {}), " | OK");
  std::vector<std::string> many;
  for (int i = 0; i < 500; ++i) many.push_back(absl::StrCat(i));
  EXPECT_EQ(Chat(edge, many), absl::StrCat(absl::StrJoin(many, " "), " | OK"));
}

// gRPC keeps a first answer that it is told to send with the next one, and never says it is done.
TEST(BothStream, SendsAFirstAnswerBehindWhichAnotherWaits) {
  constexpr int kRounds = 300, kMessages = 4;
  EchoEdge edge;
  const auto stub = edge.Stub();
  for (int round = 0; round < kRounds; ++round) {
    const auto context = Context();
    const auto stream = stub->Chat(context.get());
    ChatRequest request;
    request.set_text("hold");
    for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(stream->Write(request));
    stream->WritesDone();
    edge.handlers().AwaitHeld(kMessages);
    edge.handlers().ReleaseAtOnce();
    ChatResponse response;
    int answers = 0;
    while (stream->Read(&response)) ++answers;
    ASSERT_EQ(Describe(stream->Finish()), "OK") << "round " << round;
    EXPECT_EQ(answers, kMessages);
  }
}

TEST(BothStream, EndsWithTheFirstFailure) {
  EchoEdge edge;
  EXPECT_EQ(Chat(edge, {"fail", "b"}), " | FAILED_PRECONDITION TOLD_TO_FAIL ");
}

// Sends three times as many held messages as the server may take in at once, answers them batch by
// batch, and returns the most that it ever held.
int PeakOfHeld(int batch, const std::string& bulk) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto stream = stub->Chat(context.get());
  std::thread writer([&] {
    ChatRequest hold;
    hold.set_text("hold");
    hold.set_bulk(bulk);
    for (int i = 0; i < 3 * batch; ++i) EXPECT_TRUE(stream->Write(hold));
    stream->WritesDone();
  });
  ChatResponse response;
  for (int answers = 0; answers < 3 * batch; answers += batch) {
    edge.handlers().AwaitHeld(batch);
    edge.handlers().Release();
    for (int i = 0; i < batch; ++i) EXPECT_TRUE(stream->Read(&response));
  }
  writer.join();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(Describe(stream->Finish()), "OK");
  return edge.handlers().held_peak();
}

TEST(BothStream, TakesInNoMoreMessagesThanItMayLeaveUnanswered) {
  EXPECT_EQ(PeakOfHeld(services::kStreamUnansweredMax, ""), services::kStreamUnansweredMax);
}

TEST(BothStream, TakesInNoMoreBytesThanItMayLeaveUnanswered) {
  // Eight messages of a little over 1 MiB go over the limit of 8 MiB.
  EXPECT_EQ(PeakOfHeld(8, std::string(services::kStreamUnansweredBytesMax / 8, 'x')), 8);
}

TEST(BothStream, EndsWhenTheCallerLeavesWithMessagesUnanswered) {
  EchoEdge edge;
  const auto context = Context();
  const auto stub = edge.Stub();
  const auto stream = stub->Chat(context.get());
  ChatRequest hold;
  hold.set_text("hold");
  ASSERT_TRUE(stream->Write(hold));
  edge.handlers().AwaitHeld(1);
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  edge.server().Shutdown(absl::Seconds(20));
  EXPECT_EQ(edge.gate().in_flight(), 0);
  edge.handlers().Release();
}

}  // namespace
}  // namespace redress::test
