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

std::string CommitHash(const v1::Commit& commit) {
  return base::Sha256(absl::StrCat(kCommit, EightBytes(commit.number()),
                                   EightBytes(static_cast<uint64_t>(ToMicros(commit.time()))),
                                   commit.previous_hash(), commit.merkle_root()));
}

std::string GenesisHash() { return std::string(base::kSha256Size, '\0'); }

}  // namespace redress::storage
