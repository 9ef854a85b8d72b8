#include "base/ed25519.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.h"

namespace redress::base {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Bio Over(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool IsEd25519(const EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
}

std::string RawPublicKey(const EVP_PKEY* key) {
  std::string raw(kPublicKeySize, '\0');
  size_t size = raw.size();
  CHECK_EQ(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size),
           1);
  CHECK_EQ(size, raw.size());
  return raw;
}

}  // namespace

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

SigningKey SigningKey::Generate() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  CHECK(key != nullptr);
  return SigningKey(key);
}

absl::StatusOr<SigningKey> SigningKey::FromPem(absl::string_view pem) {
  // An empty pass phrase, so that an encrypted key is an error and never a question on the
  // terminal.
  SigningKey key(PEM_read_bio_PrivateKey(Over(pem).get(), nullptr, nullptr, const_cast<char*>("")));
  ERR_clear_error();
  if (!IsEd25519(key.key_.get()))
    return absl::InvalidArgumentError("it holds no Ed25519 private key in PEM, not encrypted");
  return key;
}

std::string SigningKey::Sign(absl::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  CHECK_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()), 1);
  std::string signature(kSignatureSize, '\0');
  size_t size = signature.size();
  CHECK_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                          Bytes(message), message.size()),
           1);
  return signature;
}

std::string SigningKey::public_key() const { return RawPublicKey(key_.get()); }

std::string SigningKey::PrivatePem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  CHECK_EQ(PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr),
           1);
  return TextOf(bio.get());
}

std::string SigningKey::PublicPem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  CHECK_EQ(PEM_write_bio_PUBKEY(bio.get(), key_.get()), 1);
  return TextOf(bio.get());
}

absl::StatusOr<std::string> PublicKeyFromPem(absl::string_view pem) {
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PUBKEY(Over(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!IsEd25519(key.get()))
    return absl::InvalidArgumentError("it holds no Ed25519 public key in PEM");
  return RawPublicKey(key.get());
}

bool IsSignedBy(absl::string_view public_key, absl::string_view message,
                absl::string_view signature) {
  if (public_key.size() != kPublicKeySize || signature.size() != kSignatureSize) return false;
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key),
                                              public_key.size());
  const Context context(EVP_MD_CTX_new());
  const bool is_valid =
      key != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) == 1;
  EVP_PKEY_free(key);
  ERR_clear_error();
  return is_valid;
}

}  // namespace redress::base
