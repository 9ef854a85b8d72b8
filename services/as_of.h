// Which commits a report as of an earlier state holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/measure/report_plan.h"
#include "storage/ledger.h"

namespace redress::services {

// How long an instant must be past before a report can be as of it: a commit that is being written
// carries the time at which it began.
inline constexpr absl::Duration kAsOfMargin = absl::Seconds(10);

// As in GetReportRequest; at most one of them is given.
struct AsOf {
  std::string day;
  const google::protobuf::Timestamp* time = nullptr;
  uint64_t commit = 0;

  bool is_given() const { return !day.empty() || time != nullptr || commit != 0; }
};

// The parts of a request that say so.
template <class Request>
AsOf AsOfOf(const Request& request) {
  return {request.as_of_day(), request.has_as_of_time() ? &request.as_of_time() : nullptr,
          request.as_of_commit()};
}

struct Horizon {
  uint64_t commit = 0;
  // The day of the last instant that it holds.
  int32_t day = 0;
};

// Up to where the ledger is meant, or the field that is wrong. What is answered once never changes:
// a day or an instant that is not over yet is refused. REQUIRES: as_of.is_given().
absl::StatusOr<std::variant<Horizon, engine::ReportFailure>> FindHorizon(
    const storage::LedgerReader& reader, absl::string_view tenant, const AsOf& as_of,
    absl::Time now);

}  // namespace redress::services
