#include "services/health.h"

#include <gtest/gtest.h>

#include <string>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/support/echo_edge.h"

namespace redress::test {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using HealthStub = grpc::health::v1::Health;

constexpr char kService[] = "redress.test.EchoService";

std::string Check(EchoEdge& edge, const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  const grpc::Status status =
      HealthStub::NewStub(edge.Channel())->Check(Context().get(), request, &response);
  if (!status.ok()) return Describe(status);
  return HealthCheckResponse::ServingStatus_Name(response.status());
}

TEST(Health, KnowsEachServiceAndTheWhole) {
  EchoEdge edge;
  EXPECT_EQ(Check(edge, ""), "SERVING");
  EXPECT_EQ(Check(edge, kService), "SERVING");
  edge.server().health().Set(kService, false);
  EXPECT_EQ(Check(edge, kService), "NOT_SERVING");
  EXPECT_EQ(Check(edge, ""), "SERVING");
  EXPECT_EQ(Check(edge, "other"),
            "NOT_FOUND SERVICE_UNKNOWN this server has no service of that name");
}

TEST(Health, NeedsNoToken) {
  EchoEdge edge({.tokens = "cn:nobody acme nobody agent -\n"});
  EXPECT_EQ(Check(edge, ""), "SERVING");
}

class HealthWatch {
 public:
  HealthWatch(EchoEdge& edge, const std::string& service)
      : context_(Context()), stub_(HealthStub::NewStub(edge.Channel())) {
    HealthCheckRequest request;
    request.set_service(service);
    reader_ = stub_->Watch(context_.get(), request);
  }
  // The next status, or how the watch ended.
  std::string Next() {
    HealthCheckResponse response;
    if (!reader_->Read(&response)) return Describe(reader_->Finish());
    return HealthCheckResponse::ServingStatus_Name(response.status());
  }

 private:
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<HealthStub::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
};

TEST(Health, TellsWatchersWhatChangesAndEndsThemWhenItCloses) {
  EchoEdge edge;
  HealthWatch watch(edge, kService);
  EXPECT_EQ(watch.Next(), "SERVING");
  edge.server().health().Set(kService, false);
  edge.server().health().Set(kService, false);
  EXPECT_EQ(watch.Next(), "NOT_SERVING");
  edge.server().health().Set(kService, true);
  EXPECT_EQ(watch.Next(), "SERVING");
  edge.server().BeginDrain();
  EXPECT_EQ(watch.Next(), "NOT_SERVING");
  edge.server().Shutdown(absl::Seconds(20));
  EXPECT_EQ(watch.Next(),
            "UNAVAILABLE SERVER_DRAINING the server is closing; call again, another will answer");
}

TEST(Health, LetsAWatchOfAnUnknownServiceWait) {
  EchoEdge edge;
  HealthWatch watch(edge, "other");
  EXPECT_EQ(watch.Next(), "SERVICE_UNKNOWN");
}

TEST(Health, BoundsItsWatchers) {
  EchoEdgeOptions options;
  options.server.health_watchers_max = 2;
  EchoEdge edge(std::move(options));
  HealthWatch first(edge, ""), second(edge, "");
  EXPECT_EQ(first.Next(), "SERVING");
  EXPECT_EQ(second.Next(), "SERVING");
  EXPECT_EQ(HealthWatch(edge, "").Next(),
            "RESOURCE_EXHAUSTED SERVER_BUSY too many calls at the same time");
}

}  // namespace
}  // namespace redress::test
