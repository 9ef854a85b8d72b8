// The server's command line.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <CLI/CLI.hpp>

#include "absl/time/time.h"
#include "base/log.h"
#include "services/grpc/daemon.h"

namespace {

constexpr absl::Duration kGrace = absl::Seconds(10);

// From sysexits(3).
constexpr int kExitUsage = 64;
constexpr int kExitCannotStart = 69;
constexpr int kExitStoppedWriting = 74;

}  // namespace

int main(int argc, char** argv) {
  redress::services::DaemonOptions options;
  options.server.address = "127.0.0.1:7411";
  redress::services::TlsFiles tls;
  std::string log_level = "info";

  CLI::App app("redressd: takes in issues, routes them, and does not let go until they are answered");
  app.set_version_flag("--version", REDRESS_RELEASE);
  app.add_option("--data", options.data_directory, "Directory of the database; made if missing")
      ->required();
  app.add_option("--listen", options.server.address,
                 "Address to listen on, such as 127.0.0.1:7411 or *:7411; port 0 picks one")
      ->capture_default_str();
  app.add_option("--tokens", options.token_file,
                 "File of credentials; without it only this machine may call");
  app.add_option("--tenant", options.local_tenant, "Tenant of callers without credentials")
      ->capture_default_str();
  app.add_option("--playbook", options.playbook_file,
                 "Playbook to publish for that tenant if it has none");
  app.add_option("--tls-cert", tls.certificate, "PEM file of the server's certificate chain");
  app.add_option("--tls-key", tls.key, "PEM file of the certificate's key");
  app.add_option("--tls-client-ca", tls.client_ca,
                 "PEM file of the authority that client certificates must come from");
  app.add_option("--log-level", log_level, "trace, debug, info, warn, error or off")
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  if (!redress::base::SetUpLog(log_level)) {
    std::fprintf(stderr, "redressd: --log-level has no level \"%s\"\n", log_level.c_str());
    return kExitUsage;
  }
  if (tls.certificate.empty() != tls.key.empty() ||
      (tls.certificate.empty() && !tls.client_ca.empty())) {
    std::fprintf(stderr, "redressd: --tls-cert and --tls-key go together; --tls-client-ca needs both\n");
    return kExitUsage;
  }
  if (!tls.certificate.empty()) options.server.tls = tls;

  // Every thread inherits the mask, so that only sigwait below sees these.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  std::atomic<bool> stopped_writing = false;
  options.on_stopped = [&stopped_writing](const std::string&) {
    stopped_writing = true;
    kill(getpid(), SIGTERM);
  };
  auto daemon = redress::services::Daemon::Start(options);
  if (!daemon.ok()) {
    std::fprintf(stderr, "redressd: %s\n", std::string(daemon.status().message()).c_str());
    return kExitCannotStart;
  }
  if (options.token_file.empty())
    spdlog::warn("no credentials are configured: only callers on this machine are served");
  spdlog::info("serving on port {}", (*daemon)->port());

  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("draining");
  (*daemon)->Shutdown(kGrace);
  spdlog::info("stopped");
  return stopped_writing ? kExitStoppedWriting : 0;
}
