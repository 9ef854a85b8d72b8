#include "services/grpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/resource_quota.h>

#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "base/check.h"
#include "base/status.h"
#include "google/protobuf/stubs/logging.h"
#include "services/grpc/address.h"

namespace redress::services {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

std::vector<std::string> NamesOf(const std::vector<const MethodSet*>& services) {
  std::vector<std::string> names;
  for (const MethodSet* service : services) names.push_back(service->service().full_name());
  return names;
}

Actor AnyCaller() { return {.tenant = "", .id = "health", .roles = {Role::kAgent}}; }

PermissionTable HealthPermissions() {
  return PermissionTable({{"grpc.health.v1.Health.Check", {{Role::kAgent, Scope::kOwnRecord}}},
                          {"grpc.health.v1.Health.Watch", {{Role::kAgent, Scope::kOwnRecord}}}});
}

// What is set for a whole process, and can be set only once.
void SetUpProcess() {
  static const bool is_done = [] {
    // Never given back: tearing gRPC down can wait 10 s for its backup poller, when the process is
    // about to end anyway.
    grpc_init();
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // Protobuf writes a line for every text that is not UTF-8, so anyone could fill the log. The
    // caller is told instead.
    google::protobuf::SetLogHandler(nullptr);
    // Debian's Abseil looks for cycles in the order of locks at every lock, gRPC's own among them:
    // a tenth of a call.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    return true;
  }();
  CHECK(is_done);
}

void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  // gRPC inflates a message in full before it looks at its size, so a request that comes compressed
  // is refused.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetMaxReceiveMessageSize(options.message_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options.metadata_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.streams_per_connection_max);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);

  grpc::ResourceQuota quota("redress");
  quota.Resize(static_cast<size_t>(options.buffer_bytes_max));
  quota.SetMaxThreads(options.reflection_threads_max);
  builder.SetResourceQuota(quota);
}

void SetTimes(const ServerOptions& options, grpc::ServerBuilder& builder) {
  const std::pair<const char*, absl::Duration> times[] = {
      {GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, options.handshake_time_max},
      {GRPC_ARG_KEEPALIVE_TIME_MS, options.keepalive_time},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, options.keepalive_timeout},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, options.client_ping_interval_min},
      {GRPC_ARG_MAX_CONNECTION_IDLE_MS, options.connection_idle_max},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, options.connection_age_max},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, options.connection_age_grace},
  };
  for (const auto& [name, time] : times) builder.AddChannelArgument(name, Milliseconds(time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<const MethodSet*>& services,
                                                      Gate* gate) {
  const std::optional<std::string> refused =
      CheckListenAddress(options.address, gate->asks_for_credentials());
  if (refused.has_value()) return absl::InvalidArgumentError(*refused);
  std::unique_ptr<Server> server(new Server(services, options, gate));
  ASSIGN_OR_RETURN(server->accept_loop_, AcceptLoop::Listen(options.address, options.accept));
  RETURN_IF_ERROR(server->Build(options));
  return server;
}

Server::Server(const std::vector<const MethodSet*>& services, const ServerOptions& options,
               Gate* gate)
    : gate_(gate),
      health_(NamesOf(services)),
      health_permissions_(HealthPermissions()),
      health_gate_(&health_permissions_,
                   {.parked_max = options.health_watchers_max, .local_actor = AnyCaller()}) {
  for (const MethodSet* service : services) {
    services_.push_back(std::make_unique<MethodService>(*service, gate));
  }
  services_.push_back(std::make_unique<MethodService>(health_.methods(), &health_gate_));
}

absl::Status Server::Build(const ServerOptions& options) {
  ASSIGN_OR_RETURN(credentials_, MakeCredentials(options.tls));
  SetUpProcess();
  grpc::ServerBuilder builder;
  SetLimits(options, builder);
  SetTimes(options, builder);
  for (const auto& service : services_) builder.RegisterService(service.get());
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC refused to start; its log says why");

  accept_thread_ = std::thread([this] {
    accept_loop_->Run([this](int listener, Descriptor connection) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
      parameters.listener_fd = listener;
      parameters.fd = connection.Release();
      acceptor_->HandleNewConnection(&parameters);
    });
  });
  return absl::OkStatus();
}

void Server::Shutdown(absl::Duration grace) {
  absl::MutexLock lock(&shutdown_mutex_);
  if (is_shut_down_ || server_ == nullptr) return;
  is_shut_down_ = true;
  BeginDrain();
  accept_loop_->Stop();
  accept_thread_.join();
  gate_->Drain();
  health_gate_.Drain();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

}  // namespace redress::services
