#include "services/failure.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "google/rpc/error_details.pb.h"
#include "services/utf8.h"

namespace redress::services {
namespace {

void AddViolations(const Failure& failure, google::rpc::Status& status) {
  google::rpc::BadRequest bad_request;
  int bytes = 0;
  for (const FieldViolation& violation : failure.field_violations) {
    auto* added = bad_request.add_field_violations();
    added->set_field(CutText(violation.field, kFailureMessageBytesMax));
    added->set_description(CutText(violation.description, kFailureMessageBytesMax));
    bytes += static_cast<int>(added->ByteSizeLong());
    if (bytes <= kFailureDetailBytesMax / 2) continue;
    const size_t left = failure.field_violations.size() - bad_request.field_violations_size();
    if (left == 0) break;
    auto* rest = bad_request.add_field_violations();
    rest->set_field("*");
    rest->set_description(absl::StrCat("and ", left, " more"));
    break;
  }
  status.add_details()->PackFrom(bad_request);
}

void AddErrorInfo(const Failure& failure, google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(CutText(failure.reason, kReasonBytesMax));
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : failure.metadata) {
    if (info.ByteSizeLong() + key.size() + value.size() > kFailureDetailBytesMax / 4) break;
    (*info.mutable_metadata())[key] = CutText(value, kFailureMessageBytesMax);
  }
  status.add_details()->PackFrom(info);
}

void AddRetryInfo(absl::Duration delay, google::rpc::Status& status) {
  google::rpc::RetryInfo retry;
  delay = std::max(delay, absl::ZeroDuration());
  retry.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &delay));
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(delay)));
  status.add_details()->PackFrom(retry);
}

}  // namespace

std::string CutText(absl::string_view text, int bytes_max) {
  const std::string valid = IsUtf8(text) ? std::string(text) : absl::CHexEscape(text);
  if (valid.size() <= static_cast<size_t>(bytes_max)) return valid;
  size_t end = static_cast<size_t>(bytes_max) - 3;
  while (end > 0 && (static_cast<unsigned char>(valid[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(valid.substr(0, end), "...");
}

google::rpc::Status ToRpcStatus(const Failure& failure) {
  CHECK(failure.code != absl::StatusCode::kOk);
  google::rpc::Status status;
  status.set_code(static_cast<int>(failure.code));
  status.set_message(CutText(failure.message, kFailureMessageBytesMax));
  AddErrorInfo(failure, status);
  if (!failure.field_violations.empty()) AddViolations(failure, status);
  if (failure.retry_delay.has_value()) AddRetryInfo(*failure.retry_delay, status);
  return status;
}

}  // namespace redress::services
