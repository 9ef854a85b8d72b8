// The hashes that tie a tenant's ledger together.
//
//   leaf    SHA-256(00, stored bytes of the event)
//   node    SHA-256(01, left, right); an odd last node moves up as it is
//   commit  SHA-256(02, number, time, previous hash, Merkle root), numbers as 8 bytes,
//           most significant first, time in microseconds since 1970
//
// The first byte keeps the kinds apart, so that no leaf can pass for a node (RFC 9162, section
// 2.1.1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "redress/v1/event.pb.h"

namespace redress::storage {

// The number as the hashes take it: most significant byte first.
std::string EightBytes(uint64_t value);

std::string LeafHash(absl::string_view event_bytes);
// REQUIRES: at least one leaf.
std::string MerkleRoot(const std::vector<std::string>& leaves);
// The root over the leaves of all events of a commit. REQUIRES: it has some.
std::string MerkleRootOf(const v1::Commit& commit);
std::string CommitHash(const v1::Commit& commit);
// What the first commit names as the hash before it.
std::string GenesisHash();

}  // namespace redress::storage
