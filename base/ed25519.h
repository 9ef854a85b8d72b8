// Ed25519 signatures (RFC 8032) over OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace redress::base {

// Bytes of a public key and of a signature.
inline constexpr int kPublicKeySize = 32;
inline constexpr int kSignatureSize = 64;

class SigningKey {
 public:
  // A new one, from the system's randomness.
  static SigningKey Generate();
  // Reads "-----BEGIN PRIVATE KEY-----", not encrypted. INVALID_ARGUMENT: it is not such a key.
  static absl::StatusOr<SigningKey> FromPem(absl::string_view pem);

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  // Thread-safe.
  std::string Sign(absl::string_view message) const;
  // Raw bytes.
  std::string public_key() const;
  std::string PrivatePem() const;
  std::string PublicPem() const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit SigningKey(evp_pkey_st* key) : key_(key) {}

  std::unique_ptr<evp_pkey_st, Free> key_;
};

// The raw public key in "-----BEGIN PUBLIC KEY-----". INVALID_ARGUMENT: it is not an Ed25519 key.
absl::StatusOr<std::string> PublicKeyFromPem(absl::string_view pem);

// Whether the holder of the key signed these bytes. False also for a key or signature of another
// size.
bool IsSignedBy(absl::string_view public_key, absl::string_view message,
                absl::string_view signature);

}  // namespace redress::base
