// refusal.cc: the one table from reason to gRPC code.
#include "services/refusal.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/measure/report_refusal.h"
#include "services/report_failure.h"

namespace redress::services {
namespace {

TEST(ToFailure, NamesTheFieldOfAReportThatIsRefusedOnce) {
  const Failure failure = ToFailure(engine::Refuse("as_of_day", "must be over"));
  EXPECT_EQ(failure.reason, "FIELD_INVALID");
  EXPECT_EQ(failure.message, "as_of_day must be over");
  ASSERT_EQ(failure.field_violations.size(), 1u);
  EXPECT_EQ(failure.field_violations[0].field, "as_of_day");
  EXPECT_EQ(failure.field_violations[0].description, "must be over");
}

TEST(ToFailure, SaysOfFiguresThatContradictEachOtherWhatDoes) {
  const Failure failure =
      ToFailure(engine::ReportFailure{engine::ReportFailure::Kind::kCheckFailed, "m: -1", ""});
  EXPECT_EQ(failure.reason, "REPORT_UNRECONCILED");
  EXPECT_EQ(failure.message, "m: -1");
}

TEST(CodeOf, IsTheOneThatTheSchemaSays) {
  struct Row {
    v1::ErrorReason reason;
    const char* code;
  };
  constexpr Row kRows[] = {
      {v1::ERROR_REASON_FIELD_INVALID, "INVALID_ARGUMENT"},
      {v1::ERROR_REASON_TICKET_NOT_FOUND, "NOT_FOUND"},
      {v1::ERROR_REASON_WRONG_STATE, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_ETAG_MISMATCH, "ABORTED"},
      {v1::ERROR_REASON_NOT_HOLDER, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_LEASE_LOST, "ABORTED"},
      {v1::ERROR_REASON_DEPARTMENT_NOT_YOURS, "PERMISSION_DENIED"},
      {v1::ERROR_REASON_REQUEST_ID_REUSED, "ALREADY_EXISTS"},
      {v1::ERROR_REASON_RETURN_LIMIT, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_REOPEN_WINDOW_PASSED, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_IMPORT_ORDER, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_IMPORT_UNKNOWN_TICKET, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_IMPORT_SETTLED, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_PLAYBOOK_MISSING, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_PLAYBOOK_INVALID, "INVALID_ARGUMENT"},
      {v1::ERROR_REASON_DEADLINE_STALE, "ABORTED"},
      {v1::ERROR_REASON_QUEUE_FULL, "RESOURCE_EXHAUSTED"},
      {v1::ERROR_REASON_SERVER_DRAINING, "UNAVAILABLE"},
      {v1::ERROR_REASON_DISK_FULL, "RESOURCE_EXHAUSTED"},
      {v1::ERROR_REASON_STORAGE_UNAVAILABLE, "UNAVAILABLE"},
      {v1::ERROR_REASON_STORAGE_DAMAGED, "DATA_LOSS"},
      {v1::ERROR_REASON_TOKEN_MISSING, "UNAUTHENTICATED"},
      {v1::ERROR_REASON_TOKEN_INVALID, "UNAUTHENTICATED"},
      {v1::ERROR_REASON_NOT_PERMITTED, "PERMISSION_DENIED"},
      {v1::ERROR_REASON_CALL_CANCELLED, "CANCELLED"},
      {v1::ERROR_REASON_SERVER_BUSY, "RESOURCE_EXHAUSTED"},
      {v1::ERROR_REASON_REQUEST_MALFORMED, "INVALID_ARGUMENT"},
      {v1::ERROR_REASON_TEXT_NOT_UTF8, "INVALID_ARGUMENT"},
      {v1::ERROR_REASON_READER_TOO_SLOW, "RESOURCE_EXHAUSTED"},
      {v1::ERROR_REASON_INTERNAL, "INTERNAL"},
      {v1::ERROR_REASON_SERVICE_UNKNOWN, "NOT_FOUND"},
      {v1::ERROR_REASON_DEADLINE_PASSED, "DEADLINE_EXCEEDED"},
      {v1::ERROR_REASON_REPORT_UNRECONCILED, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_PLAYBOOK_NOT_FOUND, "NOT_FOUND"},
      {v1::ERROR_REASON_TICKET_FULL, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_BACKUPS_NOT_CONFIGURED, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_BACKUP_UNDER_WAY, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_BACKUP_FAILED, "INTERNAL"},
      {v1::ERROR_REASON_ANCHOR_KEY_MISSING, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_SHADOW_RUNNING, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_SHADOW_NOT_FOUND, "NOT_FOUND"},
      {v1::ERROR_REASON_SAMPLE_DRAWN, "FAILED_PRECONDITION"},
      {v1::ERROR_REASON_SAMPLE_NOT_FOUND, "NOT_FOUND"},
      {v1::ERROR_REASON_INSPECTION_NOT_FOUND, "NOT_FOUND"},
      {v1::ERROR_REASON_NOT_INDEPENDENT, "PERMISSION_DENIED"},
      {v1::ERROR_REASON_INSPECTION_DONE, "FAILED_PRECONDITION"},
  };
  EXPECT_EQ(std::size(kRows), static_cast<size_t>(v1::ErrorReason_descriptor()->value_count() - 1));
  for (const Row& row : kRows)
    EXPECT_EQ(absl::StatusCodeToString(CodeOf(row.reason)), row.code)
        << v1::ErrorReason_Name(row.reason);
}

TEST(MakeFailure, TellsWhenToTryAgainWhereThatHelps) {
  for (int i = 1; i < v1::ErrorReason_ARRAYSIZE; ++i) {
    if (!v1::ErrorReason_IsValid(i)) continue;
    const auto reason = static_cast<v1::ErrorReason>(i);
    const bool helps = reason == v1::ERROR_REASON_QUEUE_FULL ||
                       reason == v1::ERROR_REASON_STORAGE_UNAVAILABLE ||
                       reason == v1::ERROR_REASON_SERVER_DRAINING ||
                       reason == v1::ERROR_REASON_DISK_FULL ||
                       reason == v1::ERROR_REASON_BACKUP_UNDER_WAY;
    EXPECT_EQ(MakeFailure(reason, "m").retry_delay.has_value(), helps)
        << v1::ErrorReason_Name(reason);
  }
}

TEST(ToFailure, CarriesReasonMetadataAndViolations) {
  const Failure failure = ToFailure(engine::InvalidFields({{"a", "is required"}, {"b", "is b"}}));
  EXPECT_EQ(failure.reason, "FIELD_INVALID");
  EXPECT_EQ(failure.message, "a is required; b is b");
  ASSERT_EQ(failure.field_violations.size(), 2u);
  EXPECT_EQ(failure.field_violations[1].field, "b");
  EXPECT_EQ(failure.field_violations[1].description, "is b");
  const Failure missing = ToFailure(engine::TicketNotFound("7"));
  ASSERT_EQ(missing.metadata.size(), 1u);
  EXPECT_EQ(missing.metadata[0].second, "7");
}

TEST(StorageFailure, HidesWhatTheWorldSaidAndKeepsWhatToDo) {
  EXPECT_EQ(StorageFailure(absl::DataLossError("secret")).reason, "STORAGE_DAMAGED");
  EXPECT_EQ(StorageFailure(absl::ResourceExhaustedError("secret")).reason, "DISK_FULL");
  for (const absl::Status& status : {absl::UnavailableError("secret"), absl::AbortedError("secret"),
                                     absl::InternalError("secret")}) {
    EXPECT_EQ(StorageFailure(status).reason, "STORAGE_UNAVAILABLE");
    EXPECT_EQ(StorageFailure(status).message.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace redress::services
