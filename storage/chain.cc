#include "storage/chain.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/sha256.h"
#include "storage/index.h"

namespace redress::storage {
namespace {

constexpr absl::string_view kLeaf("\x00", 1);
constexpr absl::string_view kNode("\x01", 1);
constexpr absl::string_view kCommit("\x02", 1);

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

std::string MerkleRoot(std::vector<std::string> leaves) {
  CHECK(!leaves.empty());
  while (leaves.size() > 1) {
    size_t count = 0;
    for (size_t i = 0; i + 1 < leaves.size(); i += 2)
      leaves[count++] = base::Sha256(absl::StrCat(kNode, leaves[i], leaves[i + 1]));
    if (leaves.size() % 2 == 1) leaves[count++] = std::move(leaves.back());
    leaves.resize(count);
  }
  return std::move(leaves[0]);
}

std::string MerkleRootOf(const v1::Commit& commit) {
  CHECK_GT(commit.events_size(), 0);
  thread_local base::Sha256Hasher hasher;
  // The hashes of a level, side by side.
  std::string level(static_cast<size_t>(commit.events_size()) * base::kSha256Size, '\0');
  char* end = level.data();
  for (const std::string& event : commit.events()) {
    hasher.Update(kLeaf);
    hasher.Update(event);
    hasher.FinishTo(end);
    end += base::kSha256Size;
  }
  constexpr size_t kPair = 2 * base::kSha256Size;
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

std::string CommitHash(const v1::Commit& commit) {
  return base::Sha256(absl::StrCat(kCommit, EightBytes(commit.number()),
                                   EightBytes(static_cast<uint64_t>(ToMicros(commit.time()))),
                                   commit.previous_hash(), commit.merkle_root()));
}

std::string GenesisHash() { return std::string(base::kSha256Size, '\0'); }

}  // namespace redress::storage
