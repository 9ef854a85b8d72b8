// How long a server takes for a closure report.
#pragma once

#include <string>

#include "absl/types/span.h"
#include "redress/v1/report.pb.h"

namespace redress::bench {

struct TimedReport {
  // Over the wire; the median of several calls.
  double milliseconds = 0;
  redress::v1::Report report;
};

// Over all time, by these dimensions, from a server on this database.
TimedReport TimeReport(const std::string& directory, absl::Span<const redress::v1::Dimension> by);

}  // namespace redress::bench
