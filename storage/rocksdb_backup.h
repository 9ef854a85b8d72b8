// Backups of a database on RocksDB: whole copies that share the files they have in common.
//
// A directory of backups holds any number of them, numbered upwards. Each file has a checksum,
// which is compared when it is copied back. A backup holds every commit that was acknowledged
// before it was begun, in full, and a prefix of those that came meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/rocksdb_kv.h"

namespace redress::storage {

// Backups that a directory may hold; making one more fails.
inline constexpr int kBackupsMax = 10'000;
// Room that a backup leaves on its disk. When there is less it is given up.
inline constexpr uint64_t kBackupRoomBytes = uint64_t{256} << 20;

struct BackupEntry {
  uint32_t number = 0;
  absl::Time create_time;
  int64_t size_bytes = 0;  // files that it shares with others included
  int file_count = 0;
  uint32_t format_version = 0;  // 0: the backup does not say
  std::string release;
};

// Called now and then with the bytes copied so far; false gives the backup up. Must not block for
// long.
using BackupProgress = absl::FunctionRef<bool(int64_t copied_bytes)>;

// Makes a backup of `kv`, which goes on serving; at most one at a time of a directory, which is
// made if it is missing. Fails with RESOURCE_EXHAUSTED when the disk has too little room, with
// FAILED_PRECONDITION when the directory holds other things or too many backups, with CANCELLED
// when it was given up, and with what the system said when it cannot be written. A backup that
// failed leaves nothing that counts as one.
absl::StatusOr<BackupEntry> CreateBackup(const RocksDbKv& kv, const std::string& directory,
                                         BackupProgress tell);

// Deletes the oldest backups until `keep` are left. REQUIRES: keep is at least 1, and no backup is
// being made.
absl::Status DeleteOldBackups(const std::string& directory, int keep);

// The backups, oldest first; none for a directory that does not exist. FAILED_PRECONDITION: the
// directory holds other things.
absl::StatusOr<std::vector<BackupEntry>> ListBackups(const std::string& directory);

// Copies a backup's files into the directory `target`, comparing every checksum. Fails with
// NOT_FOUND when there is no such backup, with DATA_LOSS when a file of it is damaged, and with
// RESOURCE_EXHAUSTED when there is too little room. REQUIRES: nothing else uses `target`.
absl::Status CopyBackup(const std::string& directory, uint32_t number, const std::string& target);

}  // namespace redress::storage
