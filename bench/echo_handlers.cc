#include "bench/echo_handlers.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "bench/sample.h"

namespace redress::bench {

EchoHandlers::EchoHandlers() : methods_(*EchoResponse::descriptor()->file()->service(0)) {
  methods_.Unary("Echo", this, &EchoHandlers::Echo);
  methods_.Unary("EchoBatch", this, &EchoHandlers::EchoBatch);
}

void EchoHandlers::Echo(const services::Caller&, v1::SubmitIssueRequest,
                        services::Reply<EchoResponse> reply) {
  reply.Finish(EchoResponse());
}

void EchoHandlers::EchoBatch(const services::Caller&, v1::BatchSubmitIssuesRequest,
                             services::Reply<EchoResponse> reply) {
  reply.Finish(EchoResponse());
}

absl::StatusOr<std::unique_ptr<BenchServer>> BenchServer::Start(const std::string& directory) {
  auto server = std::make_unique<BenchServer>();
  std::filesystem::create_directories(directory);
  services::DaemonOptions options;
  options.data_directory = absl::StrCat(directory, "/data");
  options.playbook_file = absl::StrCat(directory, "/playbook.yaml");
  std::ofstream(options.playbook_file) << PlaybookSource();
  options.server.address = "127.0.0.1:0";
  options.local_tenant = kTenant;
  options.more_services = {&server->echo_.methods()};
  options.more_permissions = {
      {"redress.bench.EchoService.Echo", {{services::Role::kAdmin, services::Scope::kOwnTenant}}},
      {"redress.bench.EchoService.EchoBatch",
       {{services::Role::kAdmin, services::Scope::kOwnTenant}}}};
  ASSIGN_OR_RETURN(server->daemon_, services::Daemon::Start(options));
  return server;
}

BenchServer::~BenchServer() {
  if (daemon_ != nullptr) daemon_->Shutdown(absl::Seconds(5));
}

}  // namespace redress::bench
