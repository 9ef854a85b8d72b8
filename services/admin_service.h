// What an operator does to the server as a whole.
#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "redress/v1/admin_service.pb.h"
#include "services/backend.h"
#include "services/method_set.h"
#include "storage/rocksdb_kv.h"

namespace redress::services {

class AdminService {
 public:
  // Backups go to `backups`; none are made when it is empty. `kv`: the store of the backend, null
  // when that is not on a disk. REQUIRES: all outlive the service.
  AdminService(Backend& backend, const storage::RocksDbKv* kv, std::string backups);
  const MethodSet& methods() const { return methods_; }

 private:
  void CreateBackup(const Caller& caller, v1::CreateBackupRequest request,
                    Stream<v1::CreateBackupResponse> stream);
  void ListBackups(const Caller& caller, v1::ListBackupsRequest request,
                   Reply<v1::ListBackupsResponse> reply);

  // On a worker's thread.
  void Copy(const std::string& tenant, int keep, Stream<v1::CreateBackupResponse> stream);
  // True: this caller may make one now, and gives the turn back.
  bool TakeTurn();
  void GiveTurnBack();

  Backend& backend_;
  const storage::RocksDbKv* const kv_;
  const std::string backups_;
  MethodSet methods_;
  absl::Mutex mutex_;
  bool is_taken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redress::services
