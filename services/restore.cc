#include "services/restore.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/rewind.h"
#include "services/verify.h"
#include "storage/format.h"
#include "storage/ledger.h"
#include "storage/rocksdb_backup.h"
#include "storage/rocksdb_kv.h"

namespace redress::services {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<storage::BackupEntry> FindBackup(const RestorePlan& plan) {
  ASSIGN_OR_RETURN(const std::vector<storage::BackupEntry> backups,
                   storage::ListBackups(plan.backups));
  if (backups.empty())
    return absl::FailedPreconditionError(absl::StrCat(plan.backups, " holds no backup"));
  if (plan.number == 0) return backups.back();
  for (const storage::BackupEntry& backup : backups)
    if (backup.number == plan.number) return backup;
  return absl::NotFoundError(absl::StrCat(plan.backups, " holds no backup ", plan.number,
                                          "; they go from ", backups.front().number, " to ",
                                          backups.back().number));
}

absl::Status CheckFormat(const storage::BackupEntry& backup) {
  if (backup.format_version == 0)
    return absl::FailedPreconditionError(
        absl::StrCat("backup ", backup.number, " was not made by Redress"));
  if (backup.format_version <= storage::kFormatVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "backup ", backup.number, " has format ", backup.format_version,
      ", and this release reads formats up to ", storage::kFormatVersion, ": use release ",
      backup.release, " or a newer one"));
}

absl::Status CheckTarget(const std::string& target) {
  std::error_code error;
  if (!fs::exists(target, error)) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat(target, " exists already; a backup is restored into a new directory"));
}

// The database while it is being made whole.
class Restoration {
 public:
  Restoration(const RestorePlan& plan, const RestoreProgress& tell, storage::Kv& kv)
      : plan_(plan), tell_(tell), kv_(kv) {}

  absl::Status GoBack();
  absl::StatusOr<std::vector<RestoredTenant>> Verify();

 private:
  absl::StatusOr<std::vector<std::string>> ListTenants() const;
  absl::StatusOr<RestoredTenant> VerifyTenant(const std::string& tenant);

  const RestorePlan& plan_;
  const RestoreProgress& tell_;
  storage::Kv& kv_;
};

absl::StatusOr<std::vector<std::string>> Restoration::ListTenants() const {
  const auto snapshot = kv_.TakeSnapshot();
  return storage::LedgerReader(*snapshot).ListTenants();
}

absl::Status Restoration::GoBack() {
  if (!plan_.commit && !plan_.time) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> tenants, ListTenants());
  bool is_found = false;
  for (const std::string& tenant : tenants) {
    if (plan_.commit && tenant != plan_.tenant) continue;
    is_found = true;
    uint64_t commit = plan_.commit.value_or(0);
    if (plan_.time) {
      const auto snapshot = kv_.TakeSnapshot();
      ASSIGN_OR_RETURN(commit,
                       FindCommitAt(storage::LedgerReader(*snapshot), tenant, *plan_.time));
    }
    tell_(absl::StrCat("taking tenant ", tenant, " back to commit ", commit));
    RETURN_IF_ERROR(Rewind(kv_, tenant, commit));
  }
  if (is_found || plan_.time) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("the backup holds no tenant ", plan_.tenant));
}

absl::StatusOr<std::vector<RestoredTenant>> Restoration::Verify() {
  std::vector<RestoredTenant> restored;
  ASSIGN_OR_RETURN(const std::vector<std::string> tenants, ListTenants());
  for (const std::string& tenant : tenants) {
    tell_(absl::StrCat("verifying tenant ", tenant));
    ASSIGN_OR_RETURN(RestoredTenant finding, VerifyTenant(tenant));
    restored.push_back(std::move(finding));
  }
  return restored;
}

absl::StatusOr<RestoredTenant> Restoration::VerifyTenant(const std::string& tenant) {
  const auto snapshot = kv_.TakeSnapshot();
  const storage::LedgerReader reader(*snapshot);
  const v1::VerifyLedgerResponse finding =
      VerifyLedgerOf(reader, tenant, [](const v1::VerifyLedgerResponse&) { return true; });
  if (!finding.clean())
    return absl::DataLossError(
        absl::StrCat("tenant ", tenant, " does not verify: ", finding.first_difference()));
  ASSIGN_OR_RETURN(const v1::LedgerHead head, reader.ReadHead(tenant));
  return RestoredTenant{tenant, head.commit(), absl::FromUnixMicros(head.time_us()), head.events(),
                        head.last_ticket_id()};
}

absl::StatusOr<RestoreFinding> RestoreInto(const RestorePlan& plan, uint32_t number,
                                           const std::string& directory,
                                           const RestoreProgress& tell) {
  tell(absl::StrCat("copying backup ", number));
  RETURN_IF_ERROR(storage::CopyBackup(plan.backups, number, directory));
  ASSIGN_OR_RETURN(const std::unique_ptr<storage::RocksDbKv> kv,
                   storage::RocksDbKv::Open(directory, {}));
  RETURN_IF_ERROR(storage::EnsureFormatVersion(*kv));
  Restoration restoration(plan, tell, *kv);
  RETURN_IF_ERROR(restoration.GoBack());
  ASSIGN_OR_RETURN(std::vector<RestoredTenant> tenants, restoration.Verify());
  return RestoreFinding{number, std::move(tenants)};
}

}  // namespace

absl::StatusOr<RestoreFinding> Restore(const RestorePlan& given, const RestoreProgress& tell) {
  RestorePlan plan = given;
  // What is made beside the target must not come to lie in it.
  while (plan.target.size() > 1 && plan.target.back() == '/') plan.target.pop_back();
  RETURN_IF_ERROR(CheckTarget(plan.target));
  ASSIGN_OR_RETURN(const storage::BackupEntry backup, FindBackup(plan));
  RETURN_IF_ERROR(CheckFormat(backup));

  const std::string directory = absl::StrCat(plan.target, ".restoring");
  std::error_code error;
  fs::remove_all(directory, error);  // of a run that was cut short
  absl::StatusOr<RestoreFinding> finding = RestoreInto(plan, backup.number, directory, tell);
  if (finding.ok()) {
    fs::rename(directory, plan.target, error);
    if (error)
      finding = absl::FailedPreconditionError(
          absl::StrCat("cannot make ", plan.target, ": ", error.message()));
  }
  if (!finding.ok()) fs::remove_all(directory, error);
  return finding;
}

}  // namespace redress::services
