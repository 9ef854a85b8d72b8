// TLS from files, read again when they change.
//
// To replace a certificate: write the new files beside the old ones, then rename both into place.
// What does not fit together in between is never used; the pair before it serves on. (gRPC's own
// file watcher refuses every handshake between the two renames, so it is not used.)
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace redress::services {

inline constexpr int kTlsFileBytesMax = 1 << 20;

struct TlsFiles {
  std::string certificate;  // PEM, the server's own first, then the chain
  std::string key;          // PEM
  // PEM. When given, only clients with a certificate from it can connect.
  std::string client_ca = "";
  // Between looks at the files, which a new connection causes.
  absl::Duration reload_interval = absl::Seconds(10);
};

// Without files: plain text. Fails when a file cannot be read, when one is no PEM, or when key and
// certificate do not match, so that a server does not start only to refuse every handshake.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const std::optional<TlsFiles>& files);

}  // namespace redress::services
