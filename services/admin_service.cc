#include "services/admin_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "engine/time/instant.h"
#include "storage/rocksdb_backup.h"

namespace redress::services {
namespace {

v1::Backup ToProto(const storage::BackupEntry& entry) {
  v1::Backup backup;
  backup.set_number(entry.number);
  *backup.mutable_create_time() = engine::ToTimestamp(entry.create_time);
  backup.set_size_bytes(entry.size_bytes);
  backup.set_file_count(entry.file_count);
  backup.set_format_version(entry.format_version);
  backup.set_release(entry.release);
  return backup;
}

// The operator is told what the system said.
Failure ToFailure(const absl::Status& status) {
  spdlog::error("backup: {}", status.ToString());
  const bool is_full = absl::IsResourceExhausted(status);
  return MakeFailure(is_full ? v1::ERROR_REASON_DISK_FULL : v1::ERROR_REASON_BACKUP_FAILED,
                     status.message());
}

Failure NotConfigured() {
  return MakeFailure(v1::ERROR_REASON_BACKUPS_NOT_CONFIGURED,
                     "The server was started without --backups DIRECTORY.");
}

}  // namespace

AdminService::AdminService(Backend& backend, const storage::RocksDbKv* kv, std::string backups)
    : backend_(backend),
      kv_(kv),
      backups_(std::move(backups)),
      methods_(*v1::CreateBackupRequest::descriptor()->file()->FindServiceByName("AdminService")) {
  methods_.ServerStream("CreateBackup", this, &AdminService::CreateBackup);
  methods_.Unary("ListBackups", this, &AdminService::ListBackups);
}

void AdminService::CreateBackup(const Caller& caller, v1::CreateBackupRequest request,
                                Stream<v1::CreateBackupResponse> stream) {
  if (request.keep() < 0 || request.keep() > storage::kBackupsMax)
    return stream.Fail(services::ToFailure(
        engine::InvalidField("keep", absl::StrCat("must be 0 to ", storage::kBackupsMax))));
  if (backups_.empty() || kv_ == nullptr) return stream.Fail(NotConfigured());
  if (!TakeTurn())
    return stream.Fail(MakeFailure(v1::ERROR_REASON_BACKUP_UNDER_WAY,
                                   "Another backup is being made. Try again when it is done."));
  const bool is_posted = backend_.long_workers.Post(
      caller.actor.tenant, caller.actor.id,
      [this, tenant = caller.actor.tenant, keep = request.keep(), stream] {
        Copy(tenant, keep, stream);
        GiveTurnBack();
      });
  if (is_posted) return;
  GiveTurnBack();
  stream.Fail(MakeFailure(v1::ERROR_REASON_QUEUE_FULL,
                          "Too much long work waits already. Try again after the retry delay."));
}

void AdminService::Copy(const std::string& tenant, int keep,
                        Stream<v1::CreateBackupResponse> stream) {
  v1::CreateBackupResponse response;
  {
    const LedgerView view(backend_.kv);
    const auto head = view.reader().ReadHead(tenant);
    if (!head.ok()) return stream.Fail(StorageFailure(head.status()));
    response.set_commit(head->commit());
  }
  int64_t expected_bytes = 1;
  for (const storage::Gauge& gauge : kv_->Stats())
    if (gauge.name == "disk_bytes" || gauge.name == "memtable_bytes")
      expected_bytes += static_cast<int64_t>(gauge.value);
  const absl::StatusOr<storage::BackupEntry> made =
      storage::CreateBackup(*kv_, backups_, [&](int64_t copied_bytes) {
        v1::CreateBackupResponse progress;
        progress.set_copied_bytes(copied_bytes);
        progress.set_percent(
            static_cast<int>(std::min<int64_t>(99, copied_bytes * 100 / expected_bytes)));
        if (stream.HasRoom()) stream.Send(progress);
        return !stream.is_over();
      });
  if (!made.ok()) return stream.Fail(ToFailure(made.status()));
  if (keep > 0) {
    const absl::Status deleted = storage::DeleteOldBackups(backups_, keep);
    if (!deleted.ok()) return stream.Fail(ToFailure(deleted));
  }
  spdlog::info("backup {} of {} bytes is made", made->number, made->size_bytes);
  *response.mutable_backup() = ToProto(*made);
  response.set_copied_bytes(made->size_bytes);
  response.set_percent(100);
  response.set_done(true);
  stream.Send(response);
  stream.Close();
}

void AdminService::ListBackups(const Caller& caller, v1::ListBackupsRequest,
                               Reply<v1::ListBackupsResponse> reply) {
  if (backups_.empty() || kv_ == nullptr) return reply.Fail(NotConfigured());
  Work(backend_, caller, reply, [this, reply] {
    const auto backups = storage::ListBackups(backups_);
    if (!backups.ok()) return reply.Fail(ToFailure(backups.status()));
    v1::ListBackupsResponse response;
    for (const storage::BackupEntry& backup : *backups) *response.add_backups() = ToProto(backup);
    reply.Finish(response);
  });
}

bool AdminService::TakeTurn() {
  absl::MutexLock lock(&mutex_);
  return !std::exchange(is_taken_, true);
}

void AdminService::GiveTurnBack() {
  absl::MutexLock lock(&mutex_);
  is_taken_ = false;
}

}  // namespace redress::services
