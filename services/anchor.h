// Signed statements of how far a ledger goes.
//
// The signature is Ed25519 over these bytes, numbers as 8 bytes, most significant first:
//
//   "redress anchor 1", size of the tenant's name, the tenant's name, commit, the commit's hash,
//   events, time in microseconds since 1970
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/ed25519.h"
#include "redress/v1/stored.pb.h"
#include "redress/v1/trail_service.pb.h"

namespace redress::services {

v1::Anchor SignAnchor(const base::SigningKey& key, absl::string_view tenant,
                      const v1::LedgerHead& head, absl::Time now);

// What is wrong with the anchor, if the holder of `public_key` did not sign it as it is.
std::optional<std::string> FindAnchorFault(const v1::Anchor& anchor, absl::string_view public_key);

}  // namespace redress::services
