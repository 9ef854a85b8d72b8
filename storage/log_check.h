// The check of RocksDB's write-ahead logs before they are replayed.
//
// RocksDB takes a record with a damaged header for the torn end of its log and drops all that
// follows without a word. We know better: each commit is one record, synced before the next begins.
// So a record that begins behind a damaged one proves that the damaged one was acknowledged, and
// that it was not cut short by a crash.
//
// A log is a row of blocks of 32 KiB, and a record is cut into fragments that stay within a block:
//   4 bytes  CRC-32C of the type and the payload, masked, least significant first
//   2 bytes  size of the payload, least significant first
//   1 byte   type: 1 whole, 2 first, 3 middle, 4 last
//   the payload. Fewer than 7 bytes at the end of a block are left empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace redress::storage {

// Where the log is damaged although it goes on behind that, in bytes from its start; nothing if it
// is whole, or cut short at its end.
std::optional<uint64_t> FindDamage(absl::string_view log);

// DATA_LOSS that names the first damaged log in the directory. OK also for a directory without
// logs.
absl::Status CheckLogs(const std::string& directory);

}  // namespace redress::storage
