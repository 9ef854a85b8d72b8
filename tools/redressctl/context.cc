#include "tools/redressctl/context.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "tools/redressctl/error_text.h"

namespace redress::ctl {

std::string ToJson(const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (status.ok()) return json;
  // An error's detail of a type that this build does not know.
  return absl::StrCat("{\"text\":\"", absl::CHexEscape(message.ShortDebugString()), "\"}");
}

bool Context::HasColor() const {
  if (!terminal.is_out_tty || options.has_no_color || options.is_json) return false;
  if (!terminal.environment("NO_COLOR").value_or("").empty()) return false;
  return terminal.environment("TERM").value_or("") != "dumb";
}

void Context::PrintJson(const google::protobuf::Message& message) {
  terminal.out << ToJson(message) << "\n";
}

void Context::Say(absl::string_view line) { terminal.err << std::string(line) << "\n"; }

int Context::Fail(const grpc::Status& status) { return Fail(DetailsOf(status)); }

int Context::Fail(const google::rpc::Status& status) {
  terminal.out.flush();
  if (options.is_json) {
    terminal.err << ToJson(status) << "\n";
  } else {
    terminal.err << ErrorText(status);
  }
  return ExitCodeOf(status.code());
}

int Context::Fail(absl::string_view message) {
  terminal.out.flush();
  terminal.err << "error: " << std::string(message) << "\n";
  return kExitFailure;
}

int Context::FailUsage(absl::string_view message) {
  terminal.err << "usage: " << std::string(message) << "\n";
  return kExitUsage;
}

}  // namespace redress::ctl
