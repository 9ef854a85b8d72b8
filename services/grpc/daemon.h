// The whole server in one object: storage, executor, drivers, handlers and the edge, with their
// threads.
//
// Closing is in the reverse order of dependence: no new calls, calls finish, waiting commands are
// done, the database is closed. Everything acknowledged is durable long before.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/clock.h"
#include "services/grpc/server_options.h"
#include "services/method_set.h"
#include "services/permission.h"
#include "storage/kv.h"

namespace redress::services {

struct DaemonOptions {
  // Of the database; made when it is missing.
  std::string data_directory;
  ServerOptions server;
  // Who may call; empty: anybody on this machine, as `local_tenant`.
  std::string token_file;
  std::string local_tenant = "default";
  // Where backups go; empty: none are made. See storage/rocksdb_backup.h.
  std::string backup_directory;
  // Published for `local_tenant` at the start if it has no playbook. Empty: none.
  std::string playbook_file;
  // PEM file of the Ed25519 key that anchors are signed with. Empty: anchors are refused.
  std::string anchor_key_file;
  // Null: the system's.
  const Clock* clock = nullptr;
  // Stands before the store for everything but backups. Empty: nothing does. A test brings a slow
  // disk.
  std::function<std::unique_ptr<storage::Kv>(storage::Kv&)> wrap_store;
  // Served beside the API through the same gate, and who may call them. Not owned; must outlive the
  // daemon. Yardsticks and tests bring their own methods here.
  std::vector<const MethodSet*> more_services;
  std::vector<Permission> more_permissions;
  // Called once when the server can write no more, from one of its threads. Null: the process is
  // told to end.
  std::function<void(const std::string& reason)> on_stopped;
};

class Daemon {
 public:
  // Serves when this returns. The error says what to do.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const DaemonOptions& options);
  virtual ~Daemon() = default;

  virtual int port() const = 0;
  // Lets calls finish for `grace`, then closes everything. Called once.
  virtual void Shutdown(absl::Duration grace) = 0;
};

}  // namespace redress::services
