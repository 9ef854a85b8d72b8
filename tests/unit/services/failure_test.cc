#include "services/failure.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "redress/v1/error.pb.h"
#include "services/utf8.h"

namespace redress::services {
namespace {

// Details printed with their own types, so that a difference is a readable diff.
std::string Print(const google::rpc::Status& status) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetExpandAny(true);
  std::string text;
  printer.PrintToString(status, &text);
  return text;
}

TEST(ToRpcStatus, AlwaysCarriesTheReason) {
  EXPECT_EQ(Print(ToRpcStatus({.code = absl::StatusCode::kAborted,
                               .reason = "ETAG_MISMATCH",
                               .message = "the ticket has changed"})),
            "code: 10 message: \"the ticket has changed\" details { "
            "[type.googleapis.com/google.rpc.ErrorInfo] { reason: \"ETAG_MISMATCH\" domain: "
            "\"redress\" } } ");
}

TEST(ToRpcStatus, CarriesViolationsDelayAndMetadataWhereGiven) {
  EXPECT_EQ(Print(ToRpcStatus({.code = absl::StatusCode::kInvalidArgument,
                               .reason = "FIELD_REQUIRED",
                               .message = "m",
                               .field_violations = {{"issue.text", "is required"}},
                               .retry_delay = absl::Milliseconds(1500),
                               .metadata = {{"field", "issue.text"}}})),
            "code: 3 message: \"m\" details { [type.googleapis.com/google.rpc.ErrorInfo] { reason: "
            "\"FIELD_REQUIRED\" domain: \"redress\" metadata { key: \"field\" value: "
            "\"issue.text\" } } } "
            "details { [type.googleapis.com/google.rpc.BadRequest] { field_violations { field: "
            "\"issue.text\" description: \"is required\" } } } details { "
            "[type.googleapis.com/google.rpc.RetryInfo] { retry_delay { seconds: 1 nanos: "
            "500000000 } } } ");
}

TEST(ToRpcStatus, StaysWithinWhatClientsAcceptAndSaysWhatWasCut) {
  Failure failure{.code = absl::StatusCode::kInvalidArgument, .reason = std::string(1000, 'R')};
  failure.message = std::string(100'000, 'm');
  for (int i = 0; i < 10'000; ++i)
    failure.field_violations.push_back({"field", std::string(300, 'd')});
  for (int i = 0; i < 1'000; ++i) failure.metadata.push_back({std::to_string(i), "value"});
  const google::rpc::Status status = ToRpcStatus(failure);
  EXPECT_LE(status.ByteSizeLong(), kFailureMessageBytesMax + kFailureDetailBytesMax);
  EXPECT_TRUE(absl::EndsWith(status.message(), "m..."));
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(status.details(1).UnpackTo(&bad_request));
  const auto& last = *bad_request.field_violations().rbegin();
  EXPECT_EQ(last.description(),
            "and " + std::to_string(10'000 - bad_request.field_violations_size() + 1) + " more");
}

TEST(ToRpcStatus, NeverCarriesTextThatIsNotUtf8) {
  const google::rpc::Status status = ToRpcStatus(
      {.code = absl::StatusCode::kInvalidArgument, .reason = "R", .message = "a\xff\xfe"});
  EXPECT_EQ(status.message(), "a\\xff\\xfe");
}

TEST(CutText, CutsBetweenCharacters) {
  EXPECT_EQ(CutText("short", 10), "short");
  const std::string text = "\xE9\x87\x8D\xE5\xA4\x8D\xE6\x89\xA3\xE6\xAC\xBE";
  for (int bytes = 4; bytes < 12; ++bytes) {
    EXPECT_TRUE(IsUtf8(CutText(text, bytes))) << bytes;
    EXPECT_LE(CutText(text, bytes).size(), static_cast<size_t>(bytes));
  }
}

TEST(Reasons, OfTheEdgeStandInTheApisEnum) {
  for (const char* reason :
       {kReasonTokenMissing, kReasonTokenInvalid, kReasonNotPermitted, kReasonDeadlinePassed,
        kReasonCallCancelled, kReasonServerBusy, kReasonServerDraining, kReasonRequestMalformed,
        kReasonTextNotUtf8, kReasonReaderTooSlow, kReasonInternal}) {
    v1::ErrorReason parsed;
    EXPECT_TRUE(v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", reason), &parsed)) << reason;
  }
}

}  // namespace
}  // namespace redress::services
