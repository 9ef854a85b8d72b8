#include "storage/chain.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/sha256.h"
#include "storage/index.h"

namespace redress::storage {
namespace {

constexpr absl::string_view kLeaf("\x00", 1);
constexpr absl::string_view kNode("\x01", 1);
constexpr absl::string_view kCommit("\x02", 1);

// The root over a level's hashes, which stand side by side.
std::string RootOver(std::string level) {
  CHECK(!level.empty());
  constexpr size_t kPair = 2 * base::kSha256Size;
  thread_local base::Sha256Hasher hasher;
  while (level.size() > base::kSha256Size) {
    size_t size = 0;
    for (size_t at = 0; at + kPair <= level.size(); at += kPair, size += base::kSha256Size) {
      hasher.Update(kNode);
      hasher.Update(absl::string_view(level).substr(at, kPair));
      hasher.FinishTo(&level[size]);
    }
    if (level.size() % kPair != 0) {
      level.replace(size, base::kSha256Size, level, level.size() - base::kSha256Size);
      size += base::kSha256Size;
    }
    level.resize(size);
  }
  return level;
}

}  // namespace

std::string EightBytes(uint64_t value) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value & 0xFF);
  return bytes;
}

std::string LeafHash(absl::string_view event_bytes) {
  thread_local base::Sha256Hasher hasher;
  hasher.Update(kLeaf);
  hasher.Update(event_bytes);
  return hasher.Finish();
}

std::string MerkleRoot(const std::vector<std::string>& leaves) {
  return RootOver(absl::StrJoin(leaves, ""));
}

std::string MerkleRootOf(const v1::Commit& commit) {
  thread_local base::Sha256Hasher hasher;
  std::string leaves(static_cast<size_t>(commit.events_size()) * base::kSha256Size, '\0');
  char* end = leaves.data();
  for (const std::string& event : commit.events()) {
    hasher.Update(kLeaf);
    hasher.Update(event);
    hasher.FinishTo(end);
    end += base::kSha256Size;
  }
  return RootOver(std::move(leaves));
}

std::string CommitHash(const v1::Commit& commit) {
  return base::Sha256(absl::StrCat(kCommit, EightBytes(commit.number()),
                                   EightBytes(static_cast<uint64_t>(ToMicros(commit.time()))),
                                   commit.previous_hash(), commit.merkle_root()));
}

std::string GenesisHash() { return std::string(base::kSha256Size, '\0'); }

}  // namespace redress::storage
