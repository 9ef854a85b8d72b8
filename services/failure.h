// Why a call failed, in the form that every protocol at the edge can carry.
//
// A failure is what the caller is told. REQUIRES: nothing in it may tell a caller about objects
// that it may not see, and nothing in it may hold a customer's words.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace redress::services {

inline constexpr char kErrorDomain[] = "redress";

// What fits beside gRPC's own trailers in the 8 KiB of metadata that clients accept unless told
// otherwise. Longer messages and longer lists of violations are cut, and say so.
inline constexpr int kFailureMessageBytesMax = 512;
inline constexpr int kFailureDetailBytesMax = 3072;
inline constexpr int kReasonBytesMax = 63;

// Reasons that the edge itself gives, as redress.v1.ErrorReason names them.
inline constexpr char kReasonTokenMissing[] = "TOKEN_MISSING";
inline constexpr char kReasonTokenInvalid[] = "TOKEN_INVALID";
inline constexpr char kReasonNotPermitted[] = "NOT_PERMITTED";
inline constexpr char kReasonDeadlinePassed[] = "DEADLINE_PASSED";
inline constexpr char kReasonCallCancelled[] = "CALL_CANCELLED";
inline constexpr char kReasonServerBusy[] = "SERVER_BUSY";
inline constexpr char kReasonServerDraining[] = "SERVER_DRAINING";
inline constexpr char kReasonRequestMalformed[] = "REQUEST_MALFORMED";
inline constexpr char kReasonTextNotUtf8[] = "TEXT_NOT_UTF8";
inline constexpr char kReasonReaderTooSlow[] = "READER_TOO_SLOW";
inline constexpr char kReasonInternal[] = "INTERNAL";

struct FieldViolation {
  std::string field;        // a path such as "notes[1].text"
  std::string description;  // the rule that it broke
};

struct Failure {
  absl::StatusCode code = absl::StatusCode::kInternal;  // never kOk
  std::string reason = {};                              // UPPER_SNAKE_CASE
  std::string message = {};                             // English, one sentence
  std::vector<FieldViolation> field_violations = {};
  std::optional<absl::Duration> retry_delay = std::nullopt;
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

// The shape on the wire: ErrorInfo always, BadRequest and RetryInfo where there is something to
// say, cut to the limits above. REQUIRES: failure.code is not kOk.
google::rpc::Status ToRpcStatus(const Failure& failure);

// Cuts to at most `bytes_max` bytes between characters, and makes text that is not UTF-8 printable.
std::string CutText(absl::string_view text, int bytes_max);

}  // namespace redress::services
