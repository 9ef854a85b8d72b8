// TLS from files, read again when they change.
//
// To replace a certificate: write the new files beside the old ones, then rename the key and right after it the
// certificate. A pair that does not match is not used; the old one serves until the next look.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace redress::services {

struct TlsFiles {
  std::string certificate;     // PEM, the server's own first, then the chain
  std::string key;             // PEM
  std::string client_ca = "";  // PEM. When given, only clients with a certificate from it can connect
  absl::Duration reload_interval = absl::Seconds(10);
};

// Without files: plain text. Fails when a file cannot be read, when one is no PEM, or when key and certificate do not
// match, so that a server does not start only to refuse every handshake.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const std::optional<TlsFiles>& files);

}  // namespace redress::services
