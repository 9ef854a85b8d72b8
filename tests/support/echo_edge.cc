#include "tests/support/echo_edge.h"

#include <grpcpp/create_channel.h>

#include <chrono>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "google/rpc/error_details.pb.h"

namespace redress::test {

using services::Actor;
using services::Role;

EchoEdge::EchoEdge(EchoEdgeOptions options) {
  if (options.tokens.empty()) {
    options.gate.local_actor = Actor{.tenant = "acme", .id = "local", .roles = {Role::kAgent}};
  } else {
    absl::StatusOr<services::TokenTable> table = services::TokenTable::Parse(options.tokens);
    CHECK_OK(table.status());
    tokens_ = std::make_unique<services::TokenFile>(*std::move(table));
    options.gate.tokens = tokens_.get();
  }
  gate_ = std::make_unique<services::Gate>(&permissions_, std::move(options.gate));
  auto server = services::Server::Start(options.server, {&handlers_.methods()}, gate_.get());
  CHECK_OK(server.status());
  server_ = *std::move(server);
  server_->health().SetAll(true);
}

std::shared_ptr<grpc::Channel> EchoEdge::Channel() const { return ConnectTo(server_->port()); }

std::shared_ptr<grpc::Channel> ConnectTo(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<grpc::ClientContext> Context(const std::string& token) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_wait_for_ready(true);
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  return context;
}

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  CHECK(details.ParseFromString(status.error_details()));
  return details;
}

std::string Describe(const grpc::Status& status) {
  if (status.ok()) return "OK";
  std::string reason = "-";
  const google::rpc::Status details = DetailsOf(status);
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) reason = info.reason();
  }
  return absl::StrCat(absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())),
                      " ", reason, " ", status.error_message());
}

namespace {

// A figure in /proc/PID/status.
int64_t ProcessFigure(int pid, const std::string& name) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  std::string line;
  while (std::getline(file, line)) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t figure = 0;
    if (words.size() >= 2 && words[0] == name && absl::SimpleAtoi(words[1], &figure)) return figure;
  }
  CHECK(false);
  return 0;
}

}  // namespace

int64_t PeakMemoryOf(int pid) { return ProcessFigure(pid, "VmHWM:") * 1024; }
int64_t ThreadsOf(int pid) { return ProcessFigure(pid, "Threads:"); }

}  // namespace redress::test
