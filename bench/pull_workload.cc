// What a pull costs from a long queue and from a short one.
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/echo_handlers.h"
#include "bench/figure.h"
#include "bench/sample.h"
#include "bench/workload.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "redress/v1/queue_service.grpc.pb.h"

namespace redress::bench {
namespace {

constexpr int kRounds = 10;
constexpr int kPullsPerRound = 50;

class Desk {
 public:
  explicit Desk(int port)
      : intake_(v1::IntakeService::NewStub(Connect(port))),
        queue_(v1::QueueService::NewStub(Connect(port))) {}

  // Pulls one ticket, then puts a fresh one into the queue, so that it keeps its length.
  // Microseconds of the pull.
  double Pull(absl::string_view department) {
    v1::PullTicketsRequest pull;
    pull.set_request_id(absl::StrCat("pull-", run_, "-", ++number_));
    pull.set_department(std::string(department));
    v1::PullTicketsResponse pulled;
    const absl::Time start = absl::Now();
    {
      grpc::ClientContext context;
      Expect(queue_->PullTickets(&context, pull, &pulled));
    }
    const absl::Duration took = absl::Now() - start;
    CHECK_EQ(pulled.tickets_size(), 1);
    v1::SubmitIssueResponse submitted;
    grpc::ClientContext context;
    Expect(intake_->SubmitIssue(&context, SampleIssue(run_, ++number_, department), &submitted));
    return absl::ToDoubleMicroseconds(took);
  }

 private:
  static void Expect(const grpc::Status& status) {
    if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
  }

  // A kept database may be used again.
  const std::string run_ = absl::StrCat("desk-", absl::ToUnixMicros(absl::Now()));
  uint64_t number_ = 0;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::QueueService::Stub> queue_;
};

}  // namespace

bool RunPull(const Workspace& workspace) {
  auto server = BenchServer::Start(workspace.large);
  CHECK_OK(server.status());
  Desk desk((*server)->port());
  for (int i = 0; i < kPullsPerRound; ++i) {
    desk.Pull(kSmallQueue);
    desk.Pull(kLargeQueue);
  }
  std::vector<double> small, large, ratios;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> round_small, round_large;
    for (int i = 0; i < kPullsPerRound; ++i) {
      round_small.push_back(desk.Pull(kSmallQueue));
      round_large.push_back(desk.Pull(kLargeQueue));
    }
    small.push_back(Median(std::move(round_small)));
    large.push_back(Median(std::move(round_large)));
    ratios.push_back(large.back() / small.back());
  }
  Remark("pull: from a queue of 1,000", Median(small), "us");
  Remark("pull: from a queue of 1,000,000", Median(large), "us");
  return Report("pull: long queue over short queue", Median(ratios), "", Aim::kAtMost, 1.3);
}

}  // namespace redress::bench
