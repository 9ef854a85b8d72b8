// How a server listens and what it bears.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/grpc/accept_loop.h"
#include "services/grpc/credentials.h"

namespace redress::services {

struct ServerOptions {
  std::string address = "127.0.0.1:7443";  // see ParseListenAddress
  std::optional<TlsFiles> tls = std::nullopt;
  AcceptLimits accept = {};

  int message_bytes_max = 4 << 20;    // of one request
  int metadata_bytes_max = 16 << 10;  // of the headers of one call
  int streams_per_connection_max = 256;
  int health_watchers_max = 1024;
  int64_t buffer_bytes_max = int64_t{512} << 20;  // of gRPC's own buffers, in all
  int reflection_threads_max = 8;                 // each open reflection stream holds one

  // Until TLS and the HTTP/2 preface are through.
  absl::Duration handshake_time_max = absl::Seconds(10);
  absl::Duration keepalive_time = absl::Seconds(60);     // without traffic, until a ping
  absl::Duration keepalive_timeout = absl::Seconds(20);  // without its answer, until the end
  absl::Duration client_ping_interval_min = absl::Seconds(10);
  absl::Duration connection_idle_max = absl::Minutes(15);
  // So that clients spread over servers again.
  absl::Duration connection_age_max = absl::Minutes(30);
  absl::Duration connection_age_grace = absl::Minutes(5);  // for the calls still on it
};

}  // namespace redress::services
