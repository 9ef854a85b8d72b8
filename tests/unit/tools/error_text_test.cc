#include "tools/redressctl/error_text.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/unit/tools/fake_server.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {
namespace {

TEST(ErrorText, ShowsReasonFieldsDelayAndNextStep) {
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID",
                                          "a field is wrong", "issue.channel"))),
            "error: FIELD_INVALID (INVALID_ARGUMENT): a field is wrong\n"
            "  issue.channel: must not be empty\n"
            "  next: correct the fields and send it again\n");
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL",
                                          "too much waits", "", 2))),
            "error: QUEUE_FULL (RESOURCE_EXHAUSTED): too much waits\n"
            "  try again after 2s\n"
            "  next: try again later\n");
}

TEST(ErrorText, PrefersWhatTheReasonAdvises) {
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::FAILED_PRECONDITION, "PLAYBOOK_MISSING",
                                          "there is no playbook"))),
            "error: PLAYBOOK_MISSING (FAILED_PRECONDITION): there is no playbook\n"
            "  next: publish one: redressctl playbook publish FILE --reason WHY\n");
}

TEST(ErrorText, AdvisesByTheReasonWhereTheStateIsNotTheTickets) {
  const std::map<std::string, std::string> rows = {
      {"WRONG_STATE", "look at the ticket first: redressctl ticket get TICKET"},
      {"BACKUPS_NOT_CONFIGURED", "start redressd with --backups DIRECTORY"},
      {"BACKUP_UNDER_WAY", "wait until it is listed: redressctl backup list"},
      {"ANCHOR_KEY_MISSING", "redressctl audit keygen FILE, then start redressd --anchor-key FILE"},
      {"IMPORT_ORDER", "import the facts of each case by rising time"},
      {"IMPORT_SETTLED", "go on with it live: redressctl ticket get TICKET"}};
  for (const auto& [reason, next] : rows)
    EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::FAILED_PRECONDITION, reason, "No."))),
              "error: " + reason + " (FAILED_PRECONDITION): No.\n  next: " + next + "\n");
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::FAILED_PRECONDITION, "NEW", "No."))),
            "error: NEW (FAILED_PRECONDITION): No.\n");
  EXPECT_EQ(
      ErrorText(DetailsOf(MakeError(grpc::StatusCode::UNAVAILABLE, "SERVER_DRAINING", "No."))),
      "error: SERVER_DRAINING (UNAVAILABLE): No.\n  next: send it again, or to another server\n");
}

TEST(ErrorText, TellsHowToStartOrEndAShadow) {
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::NOT_FOUND, "SHADOW_NOT_FOUND",
                                          "No candidate decides in shadow."))),
            "error: SHADOW_NOT_FOUND (NOT_FOUND): No candidate decides in shadow.\n"
            "  next: start one: redressctl playbook shadow start FILE --reason WHY\n");
  EXPECT_EQ(ErrorText(DetailsOf(MakeError(grpc::StatusCode::FAILED_PRECONDITION, "SHADOW_RUNNING",
                                          "One decides already."))),
            "error: SHADOW_RUNNING (FAILED_PRECONDITION): One decides already.\n"
            "  next: end it first: redressctl playbook shadow stop\n");
}

TEST(ErrorText, GetsByWithoutDetails) {
  EXPECT_EQ(ErrorText(DetailsOf(grpc::Status(grpc::StatusCode::INTERNAL, "oops"))),
            "error: INTERNAL: oops\n  next: look into the server's log\n");
  const grpc::Status damaged(grpc::StatusCode::INTERNAL, "oops", "\xFF\xFF not a message");
  EXPECT_EQ(ReasonOf(DetailsOf(damaged)), "INTERNAL");
}

TEST(ShortErrorText, IsOnOneLine) {
  EXPECT_EQ(ShortErrorText(DetailsOf(MakeError(grpc::StatusCode::INVALID_ARGUMENT, "FIELD_INVALID",
                                               "wrong\nfield", "issue.kind"))),
            "FIELD_INVALID: wrong field (issue.kind: must not be empty)");
}

TEST(ExitCodeOf, TellsKindsOfFailuresApart) {
  const auto code = [](grpc::StatusCode status) { return ExitCodeOf(static_cast<int>(status)); };
  EXPECT_EQ(code(grpc::StatusCode::OK), kExitOk);
  EXPECT_EQ(code(grpc::StatusCode::INVALID_ARGUMENT), kExitFailure);
  EXPECT_EQ(code(grpc::StatusCode::UNAVAILABLE), kExitUnavailable);
  EXPECT_EQ(code(grpc::StatusCode::RESOURCE_EXHAUSTED), kExitRetryLater);
  EXPECT_EQ(code(grpc::StatusCode::ABORTED), kExitRetryLater);
  EXPECT_EQ(code(grpc::StatusCode::DEADLINE_EXCEEDED), kExitRetryLater);
  EXPECT_EQ(code(grpc::StatusCode::PERMISSION_DENIED), kExitPermission);
  EXPECT_EQ(code(grpc::StatusCode::UNAUTHENTICATED), kExitPermission);
  EXPECT_EQ(ExitCodeOf(99), kExitFailure);
}

}  // namespace
}  // namespace redress::ctl
