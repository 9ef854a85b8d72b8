// What a year's closure report costs, with many tickets behind it and with few.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "bench/client.h"
#include "bench/echo_handlers.h"
#include "bench/figure.h"
#include "bench/workload.h"
#include "redress/v1/audit_service.grpc.pb.h"

namespace redress::bench {
namespace {

constexpr int kRepeats = 21;
// A cell grows with its distinct days and durations until it has them all; that is all that more tickets may cost.
constexpr double kGrowthMax = 2;

// Milliseconds of a report over the year, by every dimension but the day.
double MedianReport(const std::string& directory) {
  auto server = BenchServer::Start(directory);
  CHECK_OK(server.status());
  const auto stub = v1::AuditService::NewStub(Connect((*server)->port()));
  v1::GetReportRequest request;
  for (const v1::Dimension dimension :
       {v1::DIMENSION_DEPARTMENT, v1::DIMENSION_LEVEL, v1::DIMENSION_CATEGORY,
        v1::DIMENSION_CHANNEL, v1::DIMENSION_SEGMENT})
    request.add_by(dimension);
  std::vector<double> times;
  for (int i = 0; i < kRepeats; ++i) {
    grpc::ClientContext context;
    v1::GetReportResponse response;
    const absl::Time start = absl::Now();
    const grpc::Status status = stub->GetReport(&context, request, &response);
    times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    if (!status.ok()) base::CheckFailed(__FILE__, __LINE__, status.error_message());
  }
  return Median(std::move(times));
}

}  // namespace

bool RunReport(const Workspace& workspace) {
  const double few = MedianReport(workspace.small);
  const double many = MedianReport(workspace.large);
  Remark("report: a year, 10,000 tickets", few, "ms");
  const bool is_quick =
      Report("report: a year, 1,000,000 tickets", many, "ms", Aim::kAtMost, 50);
  const bool is_flat = Report("report: 1,000,000 over 10,000 tickets", many / few, "",
                              Aim::kAtMost, kGrowthMax);
  return is_quick && is_flat;
}

}  // namespace redress::bench
