#include "services/refusal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "storage/kv.h"

namespace redress::services {
namespace {

constexpr absl::Duration kRetryDelay = absl::Milliseconds(200);
constexpr absl::Duration kDiskRetryDelay = absl::Seconds(10);
constexpr absl::Duration kDrainRetryDelay = absl::Seconds(1);
constexpr absl::Duration kBackupRetryDelay = absl::Seconds(10);

struct Row {
  v1::ErrorReason reason;
  absl::StatusCode code;
};

constexpr Row kCodes[] = {
    {v1::ERROR_REASON_FIELD_INVALID, absl::StatusCode::kInvalidArgument},
    {v1::ERROR_REASON_TICKET_NOT_FOUND, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_WRONG_STATE, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_ETAG_MISMATCH, absl::StatusCode::kAborted},
    {v1::ERROR_REASON_NOT_HOLDER, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_LEASE_LOST, absl::StatusCode::kAborted},
    {v1::ERROR_REASON_DEPARTMENT_NOT_YOURS, absl::StatusCode::kPermissionDenied},
    {v1::ERROR_REASON_REQUEST_ID_REUSED, absl::StatusCode::kAlreadyExists},
    {v1::ERROR_REASON_RETURN_LIMIT, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_REOPEN_WINDOW_PASSED, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_IMPORT_ORDER, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_IMPORT_UNKNOWN_TICKET, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_IMPORT_SETTLED, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_PLAYBOOK_MISSING, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_PLAYBOOK_INVALID, absl::StatusCode::kInvalidArgument},
    {v1::ERROR_REASON_DEADLINE_STALE, absl::StatusCode::kAborted},
    {v1::ERROR_REASON_QUEUE_FULL, absl::StatusCode::kResourceExhausted},
    {v1::ERROR_REASON_SERVER_DRAINING, absl::StatusCode::kUnavailable},
    {v1::ERROR_REASON_DISK_FULL, absl::StatusCode::kResourceExhausted},
    {v1::ERROR_REASON_STORAGE_UNAVAILABLE, absl::StatusCode::kUnavailable},
    {v1::ERROR_REASON_STORAGE_DAMAGED, absl::StatusCode::kDataLoss},
    {v1::ERROR_REASON_TOKEN_MISSING, absl::StatusCode::kUnauthenticated},
    {v1::ERROR_REASON_TOKEN_INVALID, absl::StatusCode::kUnauthenticated},
    {v1::ERROR_REASON_NOT_PERMITTED, absl::StatusCode::kPermissionDenied},
    {v1::ERROR_REASON_CALL_CANCELLED, absl::StatusCode::kCancelled},
    {v1::ERROR_REASON_SERVER_BUSY, absl::StatusCode::kResourceExhausted},
    {v1::ERROR_REASON_REQUEST_MALFORMED, absl::StatusCode::kInvalidArgument},
    {v1::ERROR_REASON_TEXT_NOT_UTF8, absl::StatusCode::kInvalidArgument},
    {v1::ERROR_REASON_READER_TOO_SLOW, absl::StatusCode::kResourceExhausted},
    {v1::ERROR_REASON_SERVICE_UNKNOWN, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_DEADLINE_PASSED, absl::StatusCode::kDeadlineExceeded},
    {v1::ERROR_REASON_REPORT_UNRECONCILED, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_PLAYBOOK_NOT_FOUND, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_TICKET_FULL, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_BACKUPS_NOT_CONFIGURED, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_BACKUP_UNDER_WAY, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_BACKUP_FAILED, absl::StatusCode::kInternal},
    {v1::ERROR_REASON_ANCHOR_KEY_MISSING, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_SHADOW_RUNNING, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_SHADOW_NOT_FOUND, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_SAMPLE_DRAWN, absl::StatusCode::kFailedPrecondition},
    {v1::ERROR_REASON_SAMPLE_NOT_FOUND, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_INSPECTION_NOT_FOUND, absl::StatusCode::kNotFound},
    {v1::ERROR_REASON_NOT_INDEPENDENT, absl::StatusCode::kPermissionDenied},
    {v1::ERROR_REASON_INSPECTION_DONE, absl::StatusCode::kFailedPrecondition},
};

}  // namespace

absl::StatusCode CodeOf(v1::ErrorReason reason) {
  for (const Row& row : kCodes)
    if (row.reason == reason) return row.code;
  return absl::StatusCode::kInternal;
}

Failure MakeFailure(v1::ErrorReason reason, absl::string_view message) {
  Failure failure;
  failure.code = CodeOf(reason);
  failure.reason = engine::ShortName(reason);
  failure.message = std::string(message);
  if (reason == v1::ERROR_REASON_QUEUE_FULL || reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE)
    failure.retry_delay = kRetryDelay;
  if (reason == v1::ERROR_REASON_SERVER_DRAINING) failure.retry_delay = kDrainRetryDelay;
  if (reason == v1::ERROR_REASON_DISK_FULL) failure.retry_delay = kDiskRetryDelay;
  if (reason == v1::ERROR_REASON_BACKUP_UNDER_WAY) failure.retry_delay = kBackupRetryDelay;
  return failure;
}

Failure ToFailure(const engine::Rejection& rejection) {
  Failure failure = MakeFailure(rejection.reason, rejection.message);
  failure.metadata = rejection.metadata;
  for (const engine::FieldViolation& violation : rejection.violations)
    failure.field_violations.push_back({violation.field, violation.rule});
  return failure;
}

Failure InvalidRequest(const std::vector<engine::FieldViolation>& violations) {
  return ToFailure(engine::InvalidFields(violations));
}

Failure StorageFailure(const absl::Status& status) {
  if (absl::IsCancelled(status))
    return MakeFailure(v1::ERROR_REASON_CALL_CANCELLED, "The call is over.");
  spdlog::error("storage: {}", status.ToString());
  if (status.code() == absl::StatusCode::kDataLoss)
    return MakeFailure(v1::ERROR_REASON_STORAGE_DAMAGED,
                       "A stored record is damaged. Tell the operator to run verify.");
  if (status.code() == absl::StatusCode::kResourceExhausted)
    return MakeFailure(v1::ERROR_REASON_DISK_FULL,
                       "The server's disk is full. Nothing was written; try again later.");
  return MakeFailure(v1::ERROR_REASON_STORAGE_UNAVAILABLE,
                     "The outcome is unknown. Send the same request again with the same request "
                     "id; it will not be done twice.");
}

}  // namespace redress::services
