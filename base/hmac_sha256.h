// HMAC-SHA256 (RFC 2104, FIPS 198-1): a hash that only holders of its key can compute; with a key
// that is published, everybody.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace redress::base {

// The code of `message` under `key`, as 32 raw bytes. `printf MESSAGE | openssl dgst -sha256 -mac
// HMAC -macopt hexkey:KEY` prints the same in hex.
std::string HmacSha256(absl::string_view key, absl::string_view message);

}  // namespace redress::base
