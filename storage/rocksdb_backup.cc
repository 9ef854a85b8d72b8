#include "storage/rocksdb_backup.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/backup_engine.h>

#include <atomic>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "storage/format.h"

namespace redress::storage {
namespace {

namespace fs = std::filesystem;

// What RocksDB makes in a directory of backups.
constexpr absl::string_view kDirectories[] = {"meta", "private", "shared", "shared_checksum"};

rocksdb::BackupEngineOptions EngineOptions(const std::string& directory) {
  return rocksdb::BackupEngineOptions(directory);
}

absl::Status ToStatus(const std::string& what, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = absl::StrCat(what, ": ", status.ToString());
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  if (status.IsCorruption()) return absl::DataLossError(text);
  if (status.IsNotFound()) return absl::NotFoundError(text);
  return absl::InternalError(text);
}

// Refuses a directory that holds something else.
absl::Status CheckDirectory(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return absl::OkStatus();
  fs::directory_iterator files(directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read directory ", directory, ": ", error.message()));
  }
  for (const fs::directory_entry& file : files) {
    const std::string name = file.path().filename().string();
    bool is_ours = name == "lost+found" || absl::StartsWith(name, "LOCK");
    for (const absl::string_view known : kDirectories) is_ours = is_ours || name == known;
    if (!is_ours) {
      return absl::FailedPreconditionError(
          absl::StrCat(directory, " is not a directory of backups: it holds ", name));
    }
  }
  return absl::OkStatus();
}

BackupEntry ToEntry(const rocksdb::BackupInfo& info) {
  BackupEntry entry;
  entry.number = info.backup_id;
  entry.create_time = absl::FromUnixSeconds(info.timestamp);
  entry.size_bytes = static_cast<int64_t>(info.size);
  entry.file_count = static_cast<int>(info.number_files);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(info.app_metadata, absl::MaxSplits(' ', 1));
  if (!absl::SimpleAtoi(parts.first, &entry.format_version)) entry.format_version = 0;
  entry.release = std::string(parts.second);
  return entry;
}

uint64_t FreeBytes(const std::string& directory) {
  std::error_code error;
  const fs::space_info space = fs::space(directory, error);
  return error ? UINT64_MAX : space.available;
}

absl::Status TooLittleRoom(const std::string& directory) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", directory, " has ", FreeBytes(directory) >> 20,
                   " MiB left, and a backup leaves ", kBackupRoomBytes >> 20));
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> OpenEngine(const std::string& directory) {
  RETURN_IF_ERROR(CheckDirectory(directory));
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make directory ", directory, ": ", error.message()));
  }
  rocksdb::BackupEngine* engine = nullptr;
  RETURN_IF_ERROR(ToStatus(absl::StrCat("cannot open the backups in ", directory),
                           rocksdb::BackupEngine::Open(EngineOptions(directory),
                                                       rocksdb::Env::Default(), &engine)));
  return std::unique_ptr<rocksdb::BackupEngine>(engine);
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> OpenReader(
    const std::string& directory) {
  rocksdb::BackupEngineReadOnly* reader = nullptr;
  RETURN_IF_ERROR(ToStatus(absl::StrCat("cannot open the backups in ", directory),
                           rocksdb::BackupEngineReadOnly::Open(
                               EngineOptions(directory), rocksdb::Env::Default(), &reader)));
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(reader);
}

}  // namespace

absl::StatusOr<BackupEntry> CreateBackup(const RocksDbKv& kv, const std::string& directory,
                                         BackupProgress tell) {
  ASSIGN_OR_RETURN(const auto engine, OpenEngine(directory));
  std::vector<rocksdb::BackupInfo> before;
  engine->GetBackupInfo(&before);
  if (before.size() >= kBackupsMax) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " holds ", before.size(), " backups, which is the most"));
  }
  if (FreeBytes(directory) < kBackupRoomBytes) return TooLittleRoom(directory);

  const auto step = static_cast<int64_t>(EngineOptions(directory).callback_trigger_interval_size);
  int64_t copied_bytes = 0;
  // RocksDB tells of progress on a thread of its own.
  std::atomic<bool> is_full = false;
  std::atomic<bool> is_given_up = false;
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;  // so that less is in the log, which no two backups share
  options.progress_callback = [&] {
    is_given_up = is_given_up || !tell(copied_bytes += step);
    is_full = is_full || FreeBytes(directory) < kBackupRoomBytes;
    if (is_full || is_given_up) engine->StopBackup();
  };
  rocksdb::BackupID number = 0;
  const rocksdb::Status status = engine->CreateNewBackupWithMetadata(
      options, &kv.database(), absl::StrCat(kFormatVersion, " ", REDRESS_RELEASE), &number);
  if (!status.ok()) {
    engine->GarbageCollect().PermitUncheckedError();
    if (is_full) return TooLittleRoom(directory);
    if (is_given_up) return absl::CancelledError("the backup was given up");
    return ToStatus(absl::StrCat("cannot make a backup in ", directory), status);
  }
  rocksdb::BackupInfo info;
  RETURN_IF_ERROR(ToStatus(absl::StrCat("cannot read the new backup in ", directory),
                           engine->GetBackupInfo(number, &info)));
  return ToEntry(info);
}

absl::Status DeleteOldBackups(const std::string& directory, int keep) {
  ASSIGN_OR_RETURN(const auto engine, OpenEngine(directory));
  return ToStatus(absl::StrCat("cannot delete old backups in ", directory),
                  engine->PurgeOldBackups(static_cast<uint32_t>(keep)));
}

absl::StatusOr<std::vector<BackupEntry>> ListBackups(const std::string& directory) {
  std::vector<BackupEntry> entries;
  RETURN_IF_ERROR(CheckDirectory(directory));
  std::error_code error;
  if (!fs::exists(fs::path(directory) / "meta", error)) return entries;
  ASSIGN_OR_RETURN(const auto reader, OpenReader(directory));
  std::vector<rocksdb::BackupInfo> infos;
  reader->GetBackupInfo(&infos);
  for (const rocksdb::BackupInfo& info : infos) entries.push_back(ToEntry(info));
  return entries;
}

absl::Status CopyBackup(const std::string& directory, uint32_t number, const std::string& target) {
  ASSIGN_OR_RETURN(const auto reader, OpenReader(directory));
  rocksdb::BackupInfo info;
  const std::string name = absl::StrCat("backup ", number, " in ", directory);
  RETURN_IF_ERROR(ToStatus(name, reader->GetBackupInfo(number, &info)));
  std::error_code error;
  fs::create_directories(target, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make directory ", target, ": ", error.message()));
  }
  if (FreeBytes(target) < info.size + kBackupRoomBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the disk of ", target, " has ", FreeBytes(target) >> 20, " MiB left, and ",
        (info.size + kBackupRoomBytes) >> 20, " MiB are needed"));
  }
  return ToStatus(absl::StrCat("cannot copy ", name),
                  reader->RestoreDBFromBackup(number, target, target));
}

}  // namespace redress::storage
