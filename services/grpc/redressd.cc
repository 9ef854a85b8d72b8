// The server's command line.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

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

struct Arguments {
  redress::services::DaemonOptions daemon;
  redress::services::TlsFiles tls;
  std::string log_level = "info";
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  redress::services::DaemonOptions& daemon = arguments.daemon;
  daemon.server.address = "127.0.0.1:7411";
  app.set_version_flag("--version", REDRESS_RELEASE);
  app.add_option("--data", daemon.data_directory, "Directory of the database; made if missing")
      ->required();
  app.add_option("--listen", daemon.server.address,
                 "Address to listen on, such as 127.0.0.1:7411 or *:7411; port 0 picks one")
      ->capture_default_str();
  app.add_option("--tokens", daemon.token_file,
                 "File of credentials; without it only this machine may call");
  app.add_option("--backups", daemon.backup_directory,
                 "Directory for backups, best on another disk; without it none are made");
  app.add_option("--tenant", daemon.local_tenant, "Tenant of callers without credentials")
      ->capture_default_str();
  app.add_option("--playbook", daemon.playbook_file,
                 "Playbook to publish for that tenant if it has none");
  app.add_option("--tls-cert", arguments.tls.certificate,
                 "PEM file of the server's certificate chain");
  app.add_option("--tls-key", arguments.tls.key, "PEM file of the certificate's key");
  app.add_option("--tls-client-ca", arguments.tls.client_ca,
                 "PEM file of the authority that client certificates must come from");
  app.add_option("--anchor-key", daemon.anchor_key_file,
                 "PEM file of the Ed25519 key for anchors; redressctl audit keygen makes one");
  app.add_option("--log-level", arguments.log_level, "trace, debug, info, warn, error or off")
      ->capture_default_str();
}

// What is wrong with the options together; nothing when they fit.
const char* FindMisfit(const Arguments& arguments) {
  const redress::services::TlsFiles& tls = arguments.tls;
  if (tls.certificate.empty() != tls.key.empty()) return "--tls-cert and --tls-key go together";
  if (tls.certificate.empty() && !tls.client_ca.empty())
    return "--tls-client-ca needs --tls-cert and --tls-key";
  return nullptr;
}

// Serves until SIGINT or SIGTERM; the exit code.
int Serve(redress::services::DaemonOptions options) {
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

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "redressd: takes in issues, routes them, and does not let go until they are answered");
  AddOptions(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  if (const char* misfit = FindMisfit(arguments)) {
    std::fprintf(stderr, "redressd: %s\n", misfit);
    return kExitUsage;
  }
  if (!redress::base::SetUpLog(arguments.log_level)) {
    std::fprintf(stderr, "redressd: --log-level has no level \"%s\"\n",
                 arguments.log_level.c_str());
    return kExitUsage;
  }
  if (!arguments.tls.certificate.empty()) arguments.daemon.server.tls = arguments.tls;
  return Serve(std::move(arguments.daemon));
}
