#include "services/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status.h"

namespace redress::services {
namespace {

constexpr absl::string_view kCertificatePrefix = "cn:";
// How often a token file is looked at.
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr int64_t kNotRead = -1;  // as the size of a version

bool IsName(absl::string_view name) {
  if (name.empty() || name.size() > kTokenNameBytesMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("._-:@/", c);
  });
}

bool IsHexDigest(absl::string_view text) {
  return text.size() == 2 * sizeof(TokenDigest) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
}

uint64_t FirstBytes(const TokenDigest& digest) {
  uint64_t first;
  std::memcpy(&first, digest.data(), sizeof(first));
  return first;
}

// Both return what is wrong, or nothing.
std::optional<std::string> ReadRoles(absl::string_view field, Actor& actor) {
  for (absl::string_view name : absl::StrSplit(field, ',')) {
    const std::optional<Role> role = FindRole(name);
    if (!role.has_value()) return absl::StrCat("unknown role \"", absl::CHexEscape(name), "\"");
    if (actor.roles.Has(*role)) return absl::StrCat("role \"", name, "\" stands twice");
    actor.roles.Add(*role);
  }
  return std::nullopt;
}

std::optional<std::string> ReadDepartments(absl::string_view field, Actor& actor) {
  if (field == "-") return std::nullopt;
  if (field == "*") {
    actor.has_all_departments = true;
    return std::nullopt;
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (absl::string_view name : absl::StrSplit(field, ',')) {
    if (!IsName(name)) return absl::StrCat("bad department \"", absl::CHexEscape(name), "\"");
    if (!seen.insert(name).second) return absl::StrCat("department \"", name, "\" stands twice");
    actor.departments.emplace_back(name);
  }
  if (actor.departments.size() > kTokenDepartmentsMax) return "too many departments";
  return std::nullopt;
}

std::optional<std::string> ReadActor(const std::vector<absl::string_view>& fields, Actor& actor) {
  if (!IsName(fields[1])) return "bad tenant";
  if (!IsName(fields[2])) return "bad actor";
  actor.tenant = std::string(fields[1]);
  actor.id = std::string(fields[2]);
  if (auto error = ReadRoles(fields[3], actor)) return error;
  return ReadDepartments(fields[4], actor);
}

}  // namespace

absl::string_view RoleName(Role role) {
  switch (role) {
    case Role::kAgent:
      return "agent";
    case Role::kOwner:
      return "owner";
    case Role::kManager:
      return "manager";
    case Role::kCustomer:
      return "customer";
    case Role::kAdmin:
      return "admin";
    case Role::kInspector:
      return "inspector";
  }
  CHECK(false);
  return "";
}

std::optional<Role> FindRole(absl::string_view name) {
  for (Role role : kAllRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

TokenDigest DigestOf(absl::string_view token) {
  TokenDigest digest;
  unsigned int size = 0;
  CHECK_EQ(EVP_Digest(token.data(), token.size(), digest.data(), &size, EVP_sha256(), nullptr), 1);
  CHECK_EQ(size, digest.size());
  return digest;
}

absl::StatusOr<TokenTable> TokenTable::Parse(absl::string_view text) {
  TokenTable table;
  std::vector<std::string> errors;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    std::optional<std::string> error = table.AddLine(line);
    if (!error.has_value() && table.size() > kTokensMax) error = "too many tokens";
    if (error.has_value()) errors.push_back(absl::StrCat("line ", line_number, ": ", *error));
    if (errors.size() >= kTokenErrorsMax) break;
  }
  if (!errors.empty()) return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  return table;
}

std::optional<std::string> TokenTable::AddLine(absl::string_view line) {
  const std::vector<absl::string_view> fields =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (fields.size() != 5) {
    return absl::StrCat("expected 5 fields (credential tenant actor roles departments), got ",
                        fields.size());
  }
  Actor actor;
  if (auto error = ReadActor(fields, actor)) return error;

  if (absl::StartsWith(fields[0], kCertificatePrefix)) {
    const absl::string_view name = fields[0].substr(kCertificatePrefix.size());
    if (!IsName(name)) return "bad common name";
    if (!by_common_name_.emplace(std::string(name), std::move(actor)).second) {
      return "the common name stands twice";
    }
    return std::nullopt;
  }
  if (!IsHexDigest(fields[0])) return "expected 64 hex digits (the SHA-256 of a token) or cn:NAME";
  Entry entry{.digest = {}, .actor = std::move(actor)};
  const std::string bytes = absl::HexStringToBytes(fields[0]);
  std::copy(bytes.begin(), bytes.end(), entry.digest.begin());
  const uint64_t first = FirstBytes(entry.digest);
  if (!by_digest_.emplace(first, std::move(entry)).second) return "the token stands twice";
  return std::nullopt;
}

absl::StatusOr<TokenTable> TokenTable::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the token file ", path));
  std::string text(kTokenFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad()) return absl::UnavailableError(absl::StrCat("cannot read the token file ", path));
  if (text.size() > kTokenFileBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("the token file ", path, " is too large"));
  }
  absl::StatusOr<TokenTable> table = Parse(text);
  if (table.ok()) return table;
  return absl::InvalidArgumentError(absl::StrCat(path, ":\n", table.status().message()));
}

const Actor* TokenTable::FindToken(absl::string_view token) const {
  const TokenDigest digest = DigestOf(token);
  const auto found = by_digest_.find(FirstBytes(digest));
  if (found == by_digest_.end()) return nullptr;
  const Entry& entry = found->second;
  if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) != 0) return nullptr;
  return &entry.actor;
}

const Actor* TokenTable::FindCertificate(absl::string_view common_name) const {
  const auto found = by_common_name_.find(common_name);
  return found == by_common_name_.end() ? nullptr : &found->second;
}

TokenFile::TokenFile(std::string path, Version version, TokenTable table)
    : path_(std::move(path)),
      table_(std::make_shared<const TokenTable>(std::move(table))),
      version_(version) {}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(const std::string& path) {
  // Looked at before it is read: a change in between is then seen as one the next time.
  const Version version = VersionOf(path).value_or(Version{});
  ASSIGN_OR_RETURN(TokenTable table, TokenTable::Load(path));
  return absl::WrapUnique(new TokenFile(path, version, std::move(table)));
}

std::shared_ptr<const TokenTable> TokenFile::Current(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  // A clock that was set back must not put it off for long.
  next_look_ = std::min(next_look_, now + kLookEvery);
  if (path_.empty() || now < next_look_) return table_;
  next_look_ = now + kLookEvery;
  Reload();
  return table_;
}

std::optional<TokenFile::Version> TokenFile::VersionOf(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return Version{.modified_ns = found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec,
                 .size_bytes = found.st_size,
                 .inode = found.st_ino};
}

void TokenFile::Reload() {
  const std::optional<Version> version = VersionOf(path_);
  if (!version.has_value() || *version == version_) return;
  absl::StatusOr<TokenTable> table = TokenTable::Load(path_);
  const bool is_read = table.ok() || absl::IsInvalidArgument(table.status());
  // What could not be read is tried again at every look, and reported once.
  const bool is_told = !is_read && version_.size_bytes == kNotRead;
  version_ = *version;
  if (!is_read) version_.size_bytes = kNotRead;
  if (is_told) return;
  if (!table.ok()) {
    spdlog::error("the token file changed but is not used: {}",
                  std::string(table.status().message()));
    return;
  }
  table_ = std::make_shared<const TokenTable>(*std::move(table));
  spdlog::info("the token file was read again: {} credentials", table_->size());
}

absl::StatusOr<NewToken> CreateToken(const Actor& actor) {
  uint8_t random[kTokenBytes];
  if (RAND_bytes(random, sizeof(random)) != 1) {
    return absl::InternalError("the system's random source failed");
  }
  NewToken token;
  token.secret = absl::StrCat(kTokenPrefix, absl::WebSafeBase64Escape(absl::string_view(
                                                reinterpret_cast<char*>(random), sizeof(random))));
  OPENSSL_cleanse(random, sizeof(random));

  const TokenDigest digest = DigestOf(token.secret);
  std::vector<absl::string_view> roles;
  for (Role role : kAllRoles) {
    if (actor.roles.Has(role)) roles.push_back(RoleName(role));
  }
  const std::string departments = actor.has_all_departments ? "*"
                                  : actor.departments.empty()
                                      ? "-"
                                      : absl::StrJoin(actor.departments, ",");
  token.line = absl::StrCat(absl::BytesToHexString(absl::string_view(
                                reinterpret_cast<const char*>(digest.data()), digest.size())),
                            "\t", actor.tenant, "\t", actor.id, "\t", absl::StrJoin(roles, ","),
                            "\t", departments);

  // The parser is the judge of names, so what is written here can always be read.
  ASSIGN_OR_RETURN(const TokenTable table, TokenTable::Parse(token.line));
  const Actor* read_back = table.FindToken(token.secret);
  if (read_back == nullptr || *read_back != actor) {
    return absl::InvalidArgumentError("the actor cannot be written as a line of a token file");
  }
  return token;
}

}  // namespace redress::services
