#include "services/clock.h"

#include <openssl/rand.h>

#include "absl/time/clock.h"
#include "base/check.h"

namespace redress::services {

absl::Time SystemClock::Now() const { return absl::Now(); }

std::string SystemEntropy::Bytes(size_t count) {
  std::string bytes(count, '\0');
  const int drawn =
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  CHECK_EQ(drawn, 1);
  return bytes;
}

}  // namespace redress::services
