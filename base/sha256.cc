#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace redress::base {
namespace {

// Fetched once: looking an algorithm up by name costs more than hashing an event.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  thread_local Sha256Hasher hasher;  // making one costs as much as hashing a short text
  hasher.Update(bytes);
  return hasher.Finish();
}

void Sha256Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  CHECK(context_ != nullptr);
  CHECK_EQ(EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr), 1);
}

Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::Update(absl::string_view bytes) {
  CHECK_EQ(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()), 1);
}

std::string Sha256Hasher::Finish() {
  std::string hash(kSha256Size, '\0');
  FinishTo(hash.data());
  return hash;
}

void Sha256Hasher::FinishTo(char* hash) {
  unsigned int size = 0;
  CHECK_EQ(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(hash), &size), 1);
  CHECK_EQ(size, kSha256Size);
  CHECK_EQ(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr), 1);
}

}  // namespace redress::base
