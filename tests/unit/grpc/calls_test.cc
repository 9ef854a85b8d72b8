// Unary calls over the wire.

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "tests/support/echo_edge.h"

namespace redress::test {
namespace {

// SHA-256 of "abc" and of "customer".
constexpr char kTokens[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad acme anna agent billing\n"
    "b6c45863875e34487ca3c155ed145efe12a74581e27befec5aa661b8ee8ca6dd acme carl customer -\n";

struct Outcome {
  grpc::Status status;
  EchoResponse response;
  std::string text() const { return status.ok() ? response.text() : Describe(status); }
};

Outcome Call(EchoEdge& edge, const EchoRequest& request, const std::string& token = "") {
  Outcome outcome;
  outcome.status = edge.Stub()->Echo(Context(token).get(), request, &outcome.response);
  return outcome;
}

EchoRequest Request(const std::string& text,
                    EchoRequest::Mode mode = EchoRequest::MODE_UNSPECIFIED) {
  EchoRequest request;
  request.set_text(text);
  request.set_mode(mode);
  return request;
}

// Sends these bytes as the request of Echo, whatever they are.
grpc::Status SendBytes(EchoEdge& edge, const std::string& bytes) {
  grpc::GenericStub stub(edge.Channel());
  const auto context = Context();
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(context.get(), "/redress.test.EchoService/Echo", grpc::StubOptions(), &request,
                 &response, [&](grpc::Status status) { done.set_value(status); });
  return done.get_future().get();
}

TEST(UnaryCall, AnswersFromTheHandlerAndFromAnotherThread) {
  EchoEdge edge;
  EXPECT_EQ(Call(edge, Request("at once")).text(), "at once");
  EXPECT_EQ(Call(edge, Request("later", EchoRequest::MODE_LATER)).text(), "later");
  EXPECT_EQ(Call(edge, Request("")).response.actor(), "acme/local");
}

TEST(UnaryCall, KnowsItsCallerByTheBearerToken) {
  EchoEdge edge({.tokens = kTokens});
  EXPECT_EQ(Call(edge, Request("x"), "abc").response.actor(), "acme/anna");
  EXPECT_EQ(Call(edge, Request("x")).text(),
            "UNAUTHENTICATED TOKEN_MISSING send the header \"authorization: Bearer <token>\"");
  EXPECT_EQ(Call(edge, Request("x"), "abd").text(),
            "UNAUTHENTICATED TOKEN_INVALID the credential is not valid here");
  EXPECT_EQ(edge.handlers().handled(), 1);
}

TEST(UnaryCall, RefusesTwoAuthorizationHeaders) {
  EchoEdge edge({.tokens = kTokens});
  const auto context = Context("abc");
  context->AddMetadata("authorization", "Bearer abc");
  EchoResponse response;
  EXPECT_EQ(Describe(edge.Stub()->Echo(context.get(), Request("x"), &response)),
            "UNAUTHENTICATED TOKEN_INVALID the credential is not valid here");
}

TEST(UnaryCall, DeniesAWrongRoleInTheSameWordsWhetherOrNotTheObjectExists) {
  EchoEdge edge({.tokens = kTokens});
  EchoRequest known, unknown;
  known.set_object("known");
  unknown.set_object("unknown");
  const Outcome of_known = Call(edge, known, "customer");
  const Outcome of_unknown = Call(edge, unknown, "customer");
  EXPECT_EQ(of_known.text(),
            "PERMISSION_DENIED NOT_PERMITTED none of the caller's roles may call "
            "redress.test.EchoService.Echo");
  EXPECT_EQ(of_unknown.status.error_details(), of_known.status.error_details());
  EXPECT_EQ(edge.handlers().handled(), 0);
  EXPECT_EQ(Call(edge, unknown, "abc").text(), "NOT_FOUND OBJECT_NOT_FOUND ");
}

TEST(UnaryCall, RefusesAPastDeadlineWithoutCallingTheHandler) {
  EchoEdgeOptions options;
  options.gate.now = [] { return absl::Now() + absl::Hours(1); };  // the call was so long under way
  EchoEdge edge(std::move(options));
  EXPECT_EQ(
      Call(edge, Request("x")).text(),
      "DEADLINE_EXCEEDED DEADLINE_PASSED the deadline had passed before the call was taken up; "
      "nothing was done");
  EXPECT_EQ(edge.handlers().handled(), 0);
}

TEST(UnaryCall, CarriesDetailsAndTheRetryDelay) {
  EchoEdge edge;
  const auto context = Context();
  EchoResponse response;
  const grpc::Status status =
      edge.Stub()->Echo(context.get(), Request("x", EchoRequest::MODE_FAIL), &response);
  EXPECT_EQ(Describe(status), "RESOURCE_EXHAUSTED QUEUE_FULL the queue is full");
  const google::rpc::Status details = DetailsOf(status);
  ASSERT_EQ(details.details_size(), 3);
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "notes[0].text");
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.details(2).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 2);
  const auto pushback = context->GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
  ASSERT_NE(pushback, context->GetServerTrailingMetadata().end());
  EXPECT_EQ(std::string(pushback->second.data(), pushback->second.size()), "2500");
}

TEST(UnaryCall, NamesTheFieldWhoseTextIsNotUtf8) {
  EchoEdge edge;
  EXPECT_EQ(Describe(SendBytes(edge, "\x22\x03\x0A\x01\xFF")),
            "INVALID_ARGUMENT TEXT_NOT_UTF8 the text of notes[0].text is not UTF-8");
  EXPECT_EQ(Describe(SendBytes(edge, "\x0A\x05z")),
            "INVALID_ARGUMENT REQUEST_MALFORMED the request is not a message of type "
            "redress.test.EchoRequest");
  EXPECT_EQ(edge.handlers().handled(), 0);
  EXPECT_EQ(Describe(SendBytes(edge, "\x0A\x02ok")), "OK");
}

TEST(UnaryCall, FailsWhenTheHandlerForgetsIt) {
  EchoEdge edge;
  EXPECT_EQ(Call(edge, Request("x", EchoRequest::MODE_DROP)).text(),
            "INTERNAL INTERNAL the server dropped this call without an answer");
}

TEST(UnaryCall, EndsWhenTheCallerLeavesAndLeavesALateAnswerWithoutEffect) {
  EchoEdge edge;
  const auto context = Context();
  std::thread caller([&] {
    EchoResponse response;
    const grpc::Status status =
        edge.Stub()->Echo(context.get(), Request("x", EchoRequest::MODE_HOLD), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  });
  edge.handlers().AwaitHeld(1);
  EXPECT_EQ(edge.gate().in_flight(), 1);
  context->TryCancel();
  edge.handlers().AwaitOver(1);
  caller.join();
  edge.handlers().Release();
  EXPECT_EQ(edge.gate().parked(), 0);
  EXPECT_EQ(Call(edge, Request("still here")).text(), "still here");
}

TEST(UnaryCall, EndsWhenItsDeadlinePassesWhileItWaits) {
  EchoEdge edge;
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  EchoResponse response;
  const grpc::Status status =
      edge.Stub()->Echo(&context, Request("x", EchoRequest::MODE_HOLD), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  edge.handlers().AwaitOver(1);
  edge.handlers().Release();
}

TEST(UnaryCall, IsRefusedWithADelayWhenTooManyAreInFlight) {
  EchoEdgeOptions options;
  options.gate.in_flight_max = 6;  // two of which one client may have
  EchoEdge edge(std::move(options));
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back(
        [&] { EXPECT_EQ(Call(edge, Request("held", EchoRequest::MODE_HOLD)).text(), "held"); });
  }
  edge.handlers().AwaitHeld(2);
  EXPECT_EQ(Call(edge, Request("x")).text(),
            "RESOURCE_EXHAUSTED SERVER_BUSY too many calls at the same time");
  edge.handlers().Release();
  for (std::thread& caller : callers) caller.join();
}

// The answer and the caller's leaving meet in every order; the server must survive and forget each
// call.
TEST(UnaryCall, SurvivesRacesBetweenAnsweringAndLeaving) {
  EchoEdge edge;
  const auto stub = edge.Stub();
  for (int round = 0; round < 200; ++round) {
    const auto context = Context();
    std::promise<void> done;
    EchoResponse response;
    const EchoRequest request = Request("x", EchoRequest::MODE_HOLD);
    stub->async()->Echo(context.get(), &request, &response,
                        [&](const grpc::Status&) { done.set_value(); });
    edge.handlers().AwaitHeld(1);
    std::thread answer([&] { edge.handlers().Release(); });
    context->TryCancel();
    answer.join();
    done.get_future().get();
  }
  edge.server().Shutdown(absl::Seconds(10));
  EXPECT_EQ(edge.gate().in_flight(), 0);
  EXPECT_EQ(edge.gate().parked(), 0);
}

}  // namespace
}  // namespace redress::test
