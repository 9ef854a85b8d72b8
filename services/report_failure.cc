#include "services/report_failure.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/refusal.h"

namespace redress::services {

Failure ToFailure(const engine::ReportFailure& failure) {
  if (failure.kind == engine::ReportFailure::Kind::kCheckFailed)
    return MakeFailure(v1::ERROR_REASON_REPORT_UNRECONCILED, failure.text);
  // The text begins with the field, which a violation names beside its rule.
  const absl::string_view rule =
      absl::StripPrefix(failure.text, absl::StrCat(failure.field, ": "));
  return ToFailure(engine::InvalidField(failure.field, rule));
}

}  // namespace redress::services
