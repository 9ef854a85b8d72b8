#include "bench/report_call.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/echo_handlers.h"
#include "bench/figure.h"
#include "redress/v1/audit_service.grpc.pb.h"

namespace redress::bench {
namespace {

constexpr int kRepeats = 21;

}  // namespace

TimedReport TimeReport(const std::string& directory, absl::Span<const v1::Dimension> by) {
  auto server = BenchServer::Start(directory);
  CHECK_OK(server.status());
  const auto stub = v1::AuditService::NewStub(Connect((*server)->port()));
  v1::GetReportRequest request;
  for (const v1::Dimension dimension : by) request.add_by(dimension);
  TimedReport timed;
  std::vector<double> times;
  for (int i = 0; i < kRepeats; ++i) {
    grpc::ClientContext context;
    v1::GetReportResponse response;
    const absl::Time start = absl::Now();
    const grpc::Status status = stub->GetReport(&context, request, &response);
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
    timed.report = std::move(*response.mutable_report());
  }
  timed.milliseconds = Median(std::move(times));
  return timed;
}

}  // namespace redress::bench
