// How soon a server with a large database serves, and how much memory it takes.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/figure.h"
#include "bench/sample.h"
#include "bench/server_process.h"
#include "bench/workload.h"
#include "redress/v1/audit_service.grpc.pb.h"
#include "redress/v1/intake_service.grpc.pb.h"
#include "redress/v1/queue_service.grpc.pb.h"
#include "redress/v1/ticket_service.grpc.pb.h"

namespace redress::bench {
namespace {

constexpr int kOpenings = 3;
constexpr int kBatches = 40;
constexpr int kBatchIssues = 500;
constexpr int kPulls = 200;
constexpr int kPulledAtOnce = 100;
constexpr double kGibibyte = 1 << 30;

void Expect(const grpc::Status& status) {
  if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
}

// Seconds from the start of the process to its first answer about a ticket.
double OpenOnce(const Workspace& workspace, std::unique_ptr<ServerProcess>& server) {
  const absl::Time start = absl::Now();
  server = std::make_unique<ServerProcess>(workspace.large);
  const auto stub = v1::TicketService::NewStub(Connect(server->port()));
  grpc::ClientContext context;
  v1::GetTicketRequest request;
  request.set_ticket("1");
  v1::GetTicketResponse response;
  Expect(stub->GetTicket(&context, request, &response));
  CHECK_EQ(response.ticket().id(), 1);
  return absl::ToDoubleSeconds(absl::Now() - start);
}

// Fills, pulls and reports.
void Work(int port) {
  const std::string run = absl::StrCat("work-", absl::ToUnixMicros(absl::Now()));
  const auto channel = Connect(port);
  const auto intake = v1::IntakeService::NewStub(channel);
  const auto queue = v1::QueueService::NewStub(channel);
  const auto audit = v1::AuditService::NewStub(channel);
  for (int batch = 0; batch < kBatches; ++batch) {
    v1::BatchSubmitIssuesRequest request;
    for (int i = 0; i < kBatchIssues; ++i)
      *request.add_requests() =
          SampleIssue(run, static_cast<uint64_t>(batch * kBatchIssues + i), kLargeQueue);
    grpc::ClientContext context;
    v1::BatchSubmitIssuesResponse response;
    Expect(intake->BatchSubmitIssues(&context, request, &response));
  }
  for (int pull = 0; pull < kPulls; ++pull) {
    v1::PullTicketsRequest request;
    request.set_request_id(absl::StrCat(run, "-pull-", pull));
    request.set_department(kLargeQueue);
    request.set_max_tickets(kPulledAtOnce);
    grpc::ClientContext context;
    v1::PullTicketsResponse response;
    Expect(queue->PullTickets(&context, request, &response));
  }
  v1::GetReportRequest request;
  request.add_by(v1::DIMENSION_CATEGORY);
  request.add_by(v1::DIMENSION_DAY);
  grpc::ClientContext context;
  v1::GetReportResponse response;
  Expect(audit->GetReport(&context, request, &response));
}

}  // namespace

bool RunOpen(const Workspace& workspace) {
  std::unique_ptr<ServerProcess> server;
  std::vector<double> opened, recovered;
  double peak = 0;
  for (int i = 0; i < kOpenings; ++i) {
    opened.push_back(OpenOnce(workspace, server));
    Work(server->port());
    peak = std::max(peak, static_cast<double>(server->PeakBytes()));
    server.reset();  // kill -9 right after the work
    recovered.push_back(OpenOnce(workspace, server));
    peak = std::max(peak, static_cast<double>(server->PeakBytes()));
    server->Close();
  }
  const bool is_quick =
      Report("open: until the first answer", Median(opened), "s", Aim::kAtMost, 2);
  const bool is_safe =
      Report("open: the same after kill -9", Median(recovered), "s", Aim::kAtMost, 2);
  const bool is_small =
      Report("open: peak memory of the server", peak / kGibibyte, "GiB", Aim::kAtMost, 1);
  return is_quick && is_safe && is_small;
}

}  // namespace redress::bench
