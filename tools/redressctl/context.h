// What a command works with while it runs.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "google/rpc/status.pb.h"
#include "tools/redressctl/options.h"
#include "tools/redressctl/session.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {

// Protobuf JSON on one line, as programs read it back.
std::string ToJson(const google::protobuf::Message& message);

class Context {
 public:
  // REQUIRES: all outlive it.
  Context(Terminal& terminal_in, const GlobalOptions& options_in, Session& session_in)
      : terminal(terminal_in), options(options_in), session(session_in) {}

  Terminal& terminal;
  const GlobalOptions& options;
  Session& session;

  bool HasColor() const;

  // Writes one line of JSON to the data stream.
  void PrintJson(const google::protobuf::Message& message);

  // Writes a line for people to the message stream.
  void Say(absl::string_view line);

  // Tell what went wrong and give the exit code for it.
  int Fail(const grpc::Status& status);
  int Fail(const google::rpc::Status& status);
  int Fail(absl::string_view message);
  int FailUsage(absl::string_view message);
};

}  // namespace redress::ctl
