// SHA-256: what playbooks, events, commits and personal records are hashed with.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct evp_md_ctx_st;

namespace redress::base {

// Bytes of a hash.
inline constexpr int kSha256Size = 32;

// The hash of `bytes`, as 32 raw bytes; absl::BytesToHexString makes it readable.
std::string Sha256(absl::string_view bytes);

// The same over bytes that come in parts. One thread at a time.
class Sha256Hasher {
 public:
  Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  ~Sha256Hasher();

  // Takes the next part.
  void Update(absl::string_view bytes);

  // The hash of all parts, as 32 raw bytes. The hasher then starts over, as if new.
  std::string Finish();
  // The same, written to the kSha256Size bytes at `hash`.
  void FinishTo(char* hash);

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace redress::base
