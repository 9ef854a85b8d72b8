// How fast issues come in, each way beside an empty echo of the same request on the same server.
#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/echo_handlers.h"
#include "bench/figure.h"
#include "bench/rounds.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "redress/v1/intake_service.grpc.pb.h"

namespace redress::bench {
namespace {

constexpr int kInFlight = 128;
constexpr int kBatchesInFlight = 4;
constexpr int kBatchIssues = 500;
// A caller that has more to send lets so many messages leave together.
constexpr int kWrittenTogether = 32;
constexpr int kRounds = 5;
constexpr absl::Duration kWarmUp = absl::Seconds(1);
constexpr absl::Duration kRound = absl::Seconds(2);

// A server with an empty database, and the yardstick on it.
class Intake {
 public:
  Intake(const Workspace& workspace, absl::string_view name) : run_(name) {
    auto server = BenchServer::Start(absl::StrCat(workspace.scratch, "/", name));
    CHECK_OK(server.status());
    server_ = *std::move(server);
    echo_ = std::make_unique<UnaryLoad<v1::SubmitIssueRequest, EchoResponse>>(
        port(), "/redress.bench.EchoService/Echo", kInFlight);
  }

  int port() const { return server_->port(); }
  v1::SubmitIssueRequest NextIssue() { return SampleIssue(run_, ++number_, kAnyDepartment); }
  double Echoes(absl::Duration span) {
    return echo_->Run(span, [this] { return NextIssue(); }, [](const EchoResponse&) { return 1; });
  }

  // Prints how many issues came in for each echo. `issues` runs for a span and returns how many
  // came in a second.
  bool Compare(absl::string_view name, double bound,
               const std::function<double(absl::Duration)>& issues) {
    const auto echoes = [this](absl::Duration span) { return Echoes(span); };
    echoes(kWarmUp);
    issues(kWarmUp);
    Rounds echo, issue;
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
      echo.Add([&] { return echoes(kRound) * absl::ToDoubleSeconds(kRound); });
      issue.Add([&] { return issues(kRound) * absl::ToDoubleSeconds(kRound); });
      ratios.push_back(issue.per_second() / echo.per_second());
    }
    echo.Print(absl::StrCat(name, ": echoes"));
    issue.Print(absl::StrCat(name, ": durable issues"));
    return Report(absl::StrCat(name, ": issues per echo"), Median(ratios), "", Aim::kAtLeast,
                  bound);
  }

 private:
  const std::string run_;
  uint64_t number_ = 0;
  std::unique_ptr<BenchServer> server_;
  std::unique_ptr<UnaryLoad<v1::SubmitIssueRequest, EchoResponse>> echo_;
};

// Whether an issue was taken in. What a caller is told to send again later does not count; nothing
// else may be refused.
bool IsAccepted(const v1::SubmitResult& result) {
  if (result.response().ticket().id() != 0) return true;
  if (result.error().code() != grpc::StatusCode::RESOURCE_EXHAUSTED)
    base::CheckFailed(__FILE__, __LINE__, result.error().message());
  return false;
}

// One stream for `span`; answers in a second.
double StreamFor(Intake& intake, v1::IntakeService::Stub& stub, absl::Duration span) {
  grpc::ClientContext context;
  const auto stream = stub.StreamIssues(&context);
  const absl::Time end = absl::Now() + span;
  std::thread writer([&] {
    v1::StreamIssuesRequest request;
    grpc::WriteOptions options;
    int written = 0;
    do {
      *request.mutable_request() = intake.NextIssue();
      options = grpc::WriteOptions();
      if (++written % kWrittenTogether != 0) options.set_buffer_hint();
    } while (stream->Write(request, options) && absl::Now() < end);
    stream->WritesDone();
  });
  double answers = 0;
  v1::StreamIssuesResponse response;
  while (stream->Read(&response)) {
    if (IsAccepted(response.result()) && absl::Now() < end) ++answers;
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
  return answers / absl::ToDoubleSeconds(span);
}

}  // namespace

bool RunSubmit(const Workspace& workspace) {
  Intake intake(workspace, "submit");
  UnaryLoad<v1::SubmitIssueRequest, v1::SubmitIssueResponse> submits(
      intake.port(), "/redress.v1.IntakeService/SubmitIssue", kInFlight);
  return intake.Compare("submit", 0.5, [&](absl::Duration span) {
    return submits.Run(
        span, [&] { return intake.NextIssue(); },
        [](const v1::SubmitIssueResponse& response) {
          CHECK(response.ticket().id() != 0);
          return 1;
        });
  });
}

bool RunBatch(const Workspace& workspace) {
  Intake intake(workspace, "batch");
  UnaryLoad<v1::BatchSubmitIssuesRequest, v1::BatchSubmitIssuesResponse> batches(
      intake.port(), "/redress.v1.IntakeService/BatchSubmitIssues", kBatchesInFlight);
  const auto make = [&] {
    v1::BatchSubmitIssuesRequest request;
    for (int i = 0; i < kBatchIssues; ++i) *request.add_requests() = intake.NextIssue();
    return request;
  };
  UnaryLoad<v1::BatchSubmitIssuesRequest, EchoResponse> carries(
      intake.port(), "/redress.bench.EchoService/EchoBatch", kBatchesInFlight);
  const auto carry = [&](absl::Duration span) {
    return carries.Run(span, make, [](const EchoResponse&) { return kBatchIssues; });
  };
  carry(kWarmUp);
  Rounds carried;
  for (int round = 0; round < kRounds; ++round)
    carried.Add([&] { return carry(kRound) * absl::ToDoubleSeconds(kRound); });
  carried.Print("batch: issues only carried");
  const auto take = [](const v1::BatchSubmitIssuesResponse& response) {
    CHECK_EQ(response.results_size(), kBatchIssues);
    return std::count_if(response.results().begin(), response.results().end(), IsAccepted);
  };
  return intake.Compare("batch", 1.5, [&](absl::Duration span) {
    return batches.Run(span, make, take);
  });
}

bool RunStream(const Workspace& workspace) {
  Intake intake(workspace, "stream");
  const auto stub = v1::IntakeService::NewStub(Connect(intake.port()));
  return intake.Compare("stream", 1.5, [&](absl::Duration span) {
    return StreamFor(intake, *stub, span);
  });
}

}  // namespace redress::bench
