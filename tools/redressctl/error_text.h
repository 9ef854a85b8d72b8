// What went wrong in a call, for people and for the exit code.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace redress::ctl {

// The details that the server packed into the status; without any, code and message alone.
google::rpc::Status DetailsOf(const grpc::Status& status);

// kExitUnavailable, kExitRetryLater, kExitPermission or kExitFailure; kExitOk for OK.
int ExitCodeOf(int grpc_code);

// "WRONG_STATE", or the name of the code when the server gave no reason.
std::string ReasonOf(const google::rpc::Status& status);

// How long to wait before trying again; zero when the server did not say.
absl::Duration RetryDelayOf(const google::rpc::Status& status);

// Several lines: reason and message, fields, retry delay, what to do next. Ends with a newline.
std::string ErrorText(const google::rpc::Status& status);

// One line: reason, message, the first field.
std::string ShortErrorText(const google::rpc::Status& status);

}  // namespace redress::ctl
