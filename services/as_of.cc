#include "services/as_of.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "engine/measure/day.h"
#include "engine/measure/report_refusal.h"
#include "engine/time/instant.h"
#include "services/rewind.h"

namespace redress::services {
namespace {

using engine::Refuse;
using engine::ReportFailure;
using Result = std::variant<Horizon, ReportFailure>;

absl::StatusOr<Result> AtCommit(const storage::LedgerReader& reader, absl::string_view tenant,
                                uint64_t number) {
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  if (number > head.commit())
    return Result(Refuse("as_of_commit", absl::StrCat("must not be behind the newest commit, "
                                                      "which is ",
                                                      head.commit())));
  ASSIGN_OR_RETURN(const v1::Commit commit, reader.ReadCommit(tenant, number));
  return Result(Horizon{number, engine::DayOf(commit.time())});
}

}  // namespace

absl::StatusOr<Result> FindHorizon(const storage::LedgerReader& reader, absl::string_view tenant,
                                   const AsOf& as_of, absl::Time now) {
  const int given = !as_of.day.empty() + (as_of.time != nullptr) + (as_of.commit != 0);
  if (given > 1)
    return Result(
        Refuse("as_of_commit", "only one of as_of_day, as_of_time and as_of_commit can be given"));
  if (as_of.commit != 0) return AtCommit(reader, tenant, as_of.commit);

  const char* const field = as_of.time != nullptr ? "as_of_time" : "as_of_day";
  absl::Time last;
  if (as_of.time != nullptr) {
    if (!engine::IsValid(*as_of.time)) return Result(Refuse(field, "must be an instant"));
    last = engine::ToTime(*as_of.time);
  } else {
    const std::optional<int32_t> day = engine::ParseDay(as_of.day);
    if (!day) return Result(Refuse(field, "must be a day such as 2026-11-01"));
    last = absl::FromUnixSeconds((*day + int64_t{1}) * engine::kSecondsPerDay) -
           absl::Microseconds(1);
  }
  if (last > now - kAsOfMargin)
    return Result(Refuse(field, "must be over, or more could still be recorded up to it"));
  ASSIGN_OR_RETURN(const uint64_t commit, FindCommitAt(reader, tenant, last));
  return Result(Horizon{commit, engine::DayOf(engine::ToTimestamp(last))});
}

}  // namespace redress::services
