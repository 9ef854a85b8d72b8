// Who is calling: bearer tokens and client certificates, each bound to one actor.
//
// The file holds SHA-256 digests, never tokens, so reading it lets nobody in. A token is 32 random
// bytes, so its digest needs neither salt nor stretching. One line per credential, fields apart by
// spaces or tabs:
//
//     # credential                tenant  actor   roles        departments
//     9f86d081...(64 hex digits)  acme    anna    agent,owner  billing,returns
//     cn:desk-42.acme.example     acme    desk42  agent        *
//
// A credential is the digest of a token, or "cn:" and the common name of a client certificate. "*"
// stands for every department, "-" for none. "#" starts a comment.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace redress::services {

// Every token starts with this, so that scanners for leaked secrets can know it.
inline constexpr char kTokenPrefix[] = "rdr_";
inline constexpr int kTokenBytes = 32;
inline constexpr int kTokenFileBytesMax = 16 << 20;
inline constexpr int kTokensMax = 100'000;
inline constexpr int kTokenNameBytesMax = 128;
inline constexpr int kTokenDepartmentsMax = 256;
inline constexpr int kTokenErrorsMax = 100;

enum class Role { kAgent, kOwner, kManager, kCustomer, kAdmin, kInspector };
inline constexpr Role kAllRoles[] = {Role::kAgent,    Role::kOwner, Role::kManager,
                                     Role::kCustomer, Role::kAdmin, Role::kInspector};

absl::string_view RoleName(Role role);
std::optional<Role> FindRole(absl::string_view name);

class RoleSet {
 public:
  RoleSet() = default;
  RoleSet(std::initializer_list<Role> roles) {
    for (Role role : roles) Add(role);
  }
  void Add(Role role) { bits_ |= 1u << static_cast<unsigned>(role); }
  bool Has(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1u) != 0; }
  bool empty() const { return bits_ == 0; }
  bool operator==(const RoleSet&) const = default;

 private:
  uint32_t bits_ = 0;
};

struct Actor {
  std::string tenant;
  std::string id;  // of a customer, when the role is customer
  RoleSet roles = {};
  std::vector<std::string> departments = {};
  bool has_all_departments = false;

  bool operator==(const Actor&) const = default;
};

using TokenDigest = std::array<uint8_t, 32>;
TokenDigest DigestOf(absl::string_view token);

// What one token file says. Immutable, so any thread may read it.
class TokenTable {
 public:
  TokenTable() = default;

  // Strict: one wrong line refuses the file. The status lists every wrong line, up to
  // kTokenErrorsMax.
  static absl::StatusOr<TokenTable> Parse(absl::string_view text);
  static absl::StatusOr<TokenTable> Load(const std::string& path);

  // Null when nobody has this token. The time this takes depends on the token's digest only, and
  // the digest of a wrong guess says nothing about a right one.
  const Actor* FindToken(absl::string_view token) const;
  // By the common name of a certificate that TLS has verified.
  const Actor* FindCertificate(absl::string_view common_name) const;

  size_t size() const { return by_digest_.size() + by_common_name_.size(); }

 private:
  std::optional<std::string> AddLine(absl::string_view line);

  struct Entry {
    TokenDigest digest;
    Actor actor;
  };
  absl::flat_hash_map<uint64_t, Entry> by_digest_;  // by the digest's first 8 bytes
  absl::flat_hash_map<std::string, Actor> by_common_name_;
};

// A token file that is read again when it changes. Any thread may ask.
class TokenFile {
 public:
  // Fails when the file cannot be read or has a wrong line.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(const std::string& path);
  // A table that never changes, for tests and for tokens from elsewhere.
  explicit TokenFile(TokenTable table) : TokenFile("", Version{}, std::move(table)) {}

  // The newest good table. At most once a second this looks at the file, on the calling thread; a
  // changed file with a wrong line is reported in the log and the old table stays. Shared, since
  // calls read it while another replaces it.
  std::shared_ptr<const TokenTable> Current(absl::Time now);

 private:
  // What tells one state of the file from the next.
  struct Version {
    int64_t modified_ns = 0;
    int64_t size_bytes = 0;  // -1: of a file that could not be read, like no file's
    uint64_t inode = 0;
    bool operator==(const Version&) const = default;
  };
  TokenFile(std::string path, Version version, TokenTable table);
  static std::optional<Version> VersionOf(const std::string& path);
  void Reload() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;  // empty: nothing to look at
  absl::Mutex mutex_;
  std::shared_ptr<const TokenTable> table_ ABSL_GUARDED_BY(mutex_);
  Version version_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_look_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

struct NewToken {
  std::string secret;  // to be shown once and kept nowhere
  std::string line;    // for the token file
};

// Makes a token from the system's random source. Fails when the actor cannot be written as a line.
absl::StatusOr<NewToken> CreateToken(const Actor& actor);

}  // namespace redress::services
