// The one place where the server learns the time and draws random bytes.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace redress::services {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// Random bytes for salts. Thread-safe.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::string Bytes(size_t count) = 0;
};

// The operating system's, through OpenSSL.
class SystemEntropy final : public Entropy {
 public:
  std::string Bytes(size_t count) override;
};

}  // namespace redress::services
