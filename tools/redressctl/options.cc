#include "tools/redressctl/options.h"

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/text/duration_text.h"

namespace redress::ctl {
namespace {

constexpr char kGroup[] = "Options of every command";

absl::Status ReadTokenFile(GlobalOptions& options) {
  std::ifstream file(options.token_file);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file: ", options.token_file, " cannot be read or is empty"));
  }
  options.token = std::string(absl::StripAsciiWhitespace(line));
  return absl::OkStatus();
}

}  // namespace

void DeclareGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--server", options.server,
                 absl::StrCat("HOST:PORT of redressd; else REDRESS_SERVER, else ", kDefaultServer))
      ->group(kGroup);
  app.add_option("--token", options.token, "Bearer token; else REDRESS_TOKEN")->group(kGroup);
  app.add_option("--token-file", options.token_file, "File whose first line is the bearer token")
      ->group(kGroup);
  app.add_flag("--tls", options.has_tls, "Use TLS with the system's certificates")->group(kGroup);
  app.add_option("--tls-ca", options.tls_ca, "Use TLS; PEM file of the authorities to trust")
      ->group(kGroup);
  app.add_option("--tls-cert", options.tls_cert, "Use TLS; PEM file of the client certificate")
      ->group(kGroup);
  app.add_option("--tls-key", options.tls_key, "PEM file of the client certificate's key")
      ->group(kGroup);
  app.add_option("--timeout", options.timeout,
                 "Time for a call, such as 5s or 1m; 30s when left out")
      ->group(kGroup);
  app.add_flag("--json", options.is_json, "Print protobuf JSON, for programs")->group(kGroup);
  app.add_flag("--no-color", options.has_no_color, "Print without colour; so does NO_COLOR")
      ->group(kGroup);
}

absl::Status CompleteOptions(const Terminal& terminal, GlobalOptions& options) {
  if (!options.token.empty() && !options.token_file.empty()) {
    return absl::InvalidArgumentError("give either --token or --token-file");
  }
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return absl::InvalidArgumentError("--tls-cert and --tls-key go together");
  }
  if (!options.timeout.empty()) {
    const auto timeout = text::ParseDuration(options.timeout);
    if (!timeout.has_value() || *timeout <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--timeout: \"", options.timeout, "\" is not a duration such as 5s or 1m"));
    }
  }
  if (!options.token_file.empty()) {
    const absl::Status read = ReadTokenFile(options);
    if (!read.ok()) return read;
  }
  if (options.token.empty()) options.token = terminal.environment("REDRESS_TOKEN").value_or("");
  if (options.server.empty()) {
    options.server = terminal.environment("REDRESS_SERVER").value_or(kDefaultServer);
  }
  if (!options.token.empty() && !options.UsesTls() && !IsLoopback(options.server)) {
    return absl::InvalidArgumentError(absl::StrCat("the token would travel to ", options.server,
                                                   " in the clear; use --tls or --tls-ca"));
  }
  return absl::OkStatus();
}

absl::Duration TimeoutOf(const GlobalOptions& options) {
  if (options.timeout.empty()) return kDefaultTimeout;
  return text::ParseDuration(options.timeout).value_or(kDefaultTimeout);
}

bool IsLoopback(const std::string& server) {
  for (const char* start : {"127.", "localhost:", "[::1]", "unix:", "ipv4:127.", "ipv6:[::1]"}) {
    if (absl::StartsWith(server, start)) return true;
  }
  return server == "localhost";
}

}  // namespace redress::ctl
