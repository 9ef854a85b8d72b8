#include "tools/redressctl/error_text.h"

#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "tools/redressctl/terminal.h"
#include "tools/text/display_width.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

struct CodeRow {
  grpc::StatusCode code;
  const char* name;
  int exit_code;
  const char* next;  // what to do; empty: nothing helps
};

constexpr CodeRow kCodes[] = {
    {grpc::StatusCode::CANCELLED, "CANCELLED", kExitFailure, ""},
    {grpc::StatusCode::UNKNOWN, "UNKNOWN", kExitFailure, ""},
    {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT", kExitFailure,
     "correct the fields and send it again"},
    {grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", kExitRetryLater,
     "the outcome is unknown: send it again with the same --request-id, or give more --timeout"},
    {grpc::StatusCode::NOT_FOUND, "NOT_FOUND", kExitFailure,
     "check the id, and that the token is the right one"},
    {grpc::StatusCode::ALREADY_EXISTS, "ALREADY_EXISTS", kExitFailure, "take another --request-id"},
    {grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED", kExitPermission,
     "use the token of an actor who may do this"},
    {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED", kExitRetryLater,
     "try again later"},
    {grpc::StatusCode::FAILED_PRECONDITION, "FAILED_PRECONDITION", kExitFailure, ""},
    {grpc::StatusCode::ABORTED, "ABORTED", kExitRetryLater,
     "read the ticket again and decide again"},
    {grpc::StatusCode::OUT_OF_RANGE, "OUT_OF_RANGE", kExitFailure, ""},
    {grpc::StatusCode::UNIMPLEMENTED, "UNIMPLEMENTED", kExitFailure,
     "the server is older than this redressctl; update it"},
    {grpc::StatusCode::INTERNAL, "INTERNAL", kExitFailure, "look into the server's log"},
    {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE", kExitUnavailable,
     "is redressd running there? check --server and --tls, or start one with deploy/run"},
    {grpc::StatusCode::DATA_LOSS, "DATA_LOSS", kExitFailure, "run: redressctl verify"},
    {grpc::StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED", kExitPermission,
     "give a valid token by --token-file or REDRESS_TOKEN"},
};

// What to do where the reason says more than the code.
constexpr struct {
  const char* reason;
  const char* next;
} kReasons[] = {
    {"WRONG_STATE", "look at the ticket first: redressctl ticket get TICKET"},
    {"NOT_HOLDER", "pull it first: redressctl queue pull DEPARTMENT"},
    {"LEASE_LOST", "pull it again: redressctl queue pull DEPARTMENT"},
    {"PLAYBOOK_MISSING", "publish one: redressctl playbook publish FILE --reason WHY"},
    {"PLAYBOOK_INVALID", "see its faults: redressctl playbook check FILE"},
    {"RETURN_LIMIT", "transfer or resolve it"},
    {"REOPEN_WINDOW_PASSED", "submit a new issue that names it with --follows"},
    {"REPORT_UNRECONCILED", "run: redressctl verify"},
    {"PLAYBOOK_NOT_FOUND", "see the live one: redressctl playbook get"},
    {"SHADOW_NOT_FOUND", "start one: redressctl playbook shadow start FILE --reason WHY"},
    {"SHADOW_RUNNING", "end it first: redressctl playbook shadow stop"},
    {"DEPARTMENT_NOT_YOURS", "ask for a department of yours, or use another token"},
    {"TICKET_FULL", "resolve it, and submit a new issue that names it with --follows"},
    {"IMPORT_ORDER", "import the facts of each case by rising time"},
    {"IMPORT_SETTLED", "go on with it live: redressctl ticket get TICKET"},
    {"IMPORT_UNKNOWN_TICKET", "import the whole log again; what is known is not taken twice"},
    {"SAMPLE_DRAWN", "see the samples: redressctl inspect list"},
    {"SAMPLE_NOT_FOUND", "see the samples: redressctl inspect list"},
    {"INSPECTION_NOT_FOUND", "see its inspections: redressctl ticket get TICKET"},
    {"INSPECTION_DONE", "see its inspections: redressctl ticket get TICKET"},
    {"NOT_INDEPENDENT", "let somebody else do it, who had no part in it"},
    {"BACKUPS_NOT_CONFIGURED", "start redressd with --backups DIRECTORY"},
    {"BACKUP_UNDER_WAY", "wait until it is listed: redressctl backup list"},
    {"ANCHOR_KEY_MISSING", "redressctl audit keygen FILE, then start redressd --anchor-key FILE"},
    {"SERVER_DRAINING", "send it again, or to another server"},
    {"DISK_FULL", "free some space on the server's disk"},
    {"STORAGE_UNAVAILABLE", "send it again with the same --request-id"},
};

const CodeRow* FindCode(int code) {
  for (const CodeRow& row : kCodes) {
    if (static_cast<int>(row.code) == code) return &row;
  }
  return nullptr;
}

template <typename Detail>
std::optional<Detail> FindDetail(const google::rpc::Status& status) {
  for (const auto& any : status.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

std::string NextStep(const google::rpc::Status& status) {
  const std::string reason = ReasonOf(status);
  for (const auto& row : kReasons) {
    if (reason == row.reason) return row.next;
  }
  const CodeRow* code = FindCode(status.code());
  return code == nullptr ? "" : code->next;
}

}  // namespace

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  const bool has_details =
      !status.error_details().empty() && details.ParseFromString(status.error_details());
  if (!has_details || details.code() != static_cast<int>(status.error_code())) {
    details.Clear();
    details.set_code(static_cast<int>(status.error_code()));
    details.set_message(status.error_message());
  }
  return details;
}

int ExitCodeOf(int grpc_code) {
  if (grpc_code == 0) return kExitOk;
  const CodeRow* row = FindCode(grpc_code);
  return row == nullptr ? kExitFailure : row->exit_code;
}

std::string ReasonOf(const google::rpc::Status& status) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  if (info.has_value() && !info->reason().empty()) return info->reason();
  const CodeRow* row = FindCode(status.code());
  return row == nullptr ? absl::StrCat("code ", status.code()) : row->name;
}

absl::Duration RetryDelayOf(const google::rpc::Status& status) {
  const auto retry = FindDetail<google::rpc::RetryInfo>(status);
  if (!retry.has_value()) return absl::ZeroDuration();
  return absl::Seconds(retry->retry_delay().seconds()) +
         absl::Nanoseconds(retry->retry_delay().nanos());
}

std::string ErrorText(const google::rpc::Status& status) {
  std::string out = absl::StrCat("error: ", ReasonOf(status));
  const CodeRow* code = FindCode(status.code());
  if (code != nullptr && ReasonOf(status) != code->name)
    absl::StrAppend(&out, " (", code->name, ")");
  absl::StrAppend(&out, ": ", status.message(), "\n");
  const auto bad_request = FindDetail<google::rpc::BadRequest>(status);
  if (bad_request.has_value()) {
    for (const auto& violation : bad_request->field_violations()) {
      const std::string told = absl::StrCat(violation.field(), " ", violation.description());
      if (absl::StrContains(status.message(), told)) continue;
      absl::StrAppend(&out, "  ", violation.field(), ": ", violation.description(), "\n");
    }
  }
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  if (info.has_value()) {
    const std::map<std::string, std::string> sorted(info->metadata().begin(),
                                                    info->metadata().end());
    for (const auto& [name, value] : sorted) absl::StrAppend(&out, "  ", name, " = ", value, "\n");
  }
  const absl::Duration delay = RetryDelayOf(status);
  if (delay > absl::ZeroDuration()) {
    absl::StrAppend(&out, "  try again after ", absl::FormatDuration(delay), "\n");
  }
  const std::string next = NextStep(status);
  if (!next.empty()) absl::StrAppend(&out, "  next: ", next, "\n");
  return out;
}

std::string ShortErrorText(const google::rpc::Status& status) {
  std::string out = absl::StrCat(ReasonOf(status), ": ", status.message());
  const auto bad_request = FindDetail<google::rpc::BadRequest>(status);
  if (bad_request.has_value() && bad_request->field_violations_size() > 0) {
    const auto& violation = bad_request->field_violations(0);
    if (absl::StrContains(status.message(), violation.field())) return text::Printable(out);
    absl::StrAppend(&out, " (", violation.field(), ": ", violation.description(), ")");
  }
  return text::Printable(out);
}

}  // namespace redress::ctl
