// The options that every command has.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/redressctl/terminal.h"

namespace redress::ctl {

inline constexpr char kDefaultServer[] = "127.0.0.1:7411";
inline constexpr absl::Duration kDefaultTimeout = absl::Seconds(30);

struct GlobalOptions {
  std::string server;
  std::string token;
  std::string token_file;
  bool has_tls = false;
  std::string tls_ca;
  std::string tls_cert;
  std::string tls_key;
  std::string timeout;
  bool is_json = false;
  bool has_no_color = false;

  bool UsesTls() const { return has_tls || !tls_ca.empty() || !tls_cert.empty(); }
};

// REQUIRES: `options` outlives `app`.
void DeclareGlobalOptions(CLI::App& app, GlobalOptions& options);

// Fills what was not given from the environment (REDRESS_SERVER, REDRESS_TOKEN) and reads the token
// file. Fails when options do not go together or the file cannot be read.
absl::Status CompleteOptions(const Terminal& terminal, GlobalOptions& options);

// REQUIRES: CompleteOptions was OK.
absl::Duration TimeoutOf(const GlobalOptions& options);

// Whether nothing leaves the machine on the way to this server.
bool IsLoopback(const std::string& server);

}  // namespace redress::ctl
