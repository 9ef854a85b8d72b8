#include "base/hmac_sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "base/sha256.h"

namespace redress::base {

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  std::string code(kSha256Size, '\0');
  unsigned int size = 0;
  const void* done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(code.data()), &size);
  CHECK(done != nullptr && size == code.size());
  return code;
}

}  // namespace redress::base
