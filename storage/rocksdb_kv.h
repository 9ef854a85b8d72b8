// The contract of kv.h on a local directory, with RocksDB: the default of the product.
//
// A commit is one write batch, synced to the disk before it is answered. When a write fails for any
// reason but a full disk, nobody can know what is on the disk: every later commit is refused with
// the first reason until the process starts again, which replays the log. When the disk has less
// room than four write buffers, commits answer RESOURCE_EXHAUSTED until there is more.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/kv.h"

namespace rocksdb {
class DB;
class Env;
}

namespace redress::storage {

struct RocksDbOptions {
  // One write buffer; up to three are in memory, and a start after a crash replays as much.
  size_t write_buffer_bytes = 32 << 20;
  // Data, index and filter blocks, all bounded together.
  size_t block_cache_bytes = 192 << 20;
  // Not owned; must outlive the Kv. Null: the machine's own files. Tests bring faulty ones.
  rocksdb::Env* env = nullptr;
};

class RocksDbKv final : public Kv {
 public:
  // Opens the database in directory `path`, creating both if they are missing. Fails with
  // FAILED_PRECONDITION when another server has it open or it holds something else, with DATA_LOSS
  // when what it holds is damaged, and with what the system said when it cannot be used.
  static absl::StatusOr<std::unique_ptr<RocksDbKv>> Open(const std::string& path,
                                                         const RocksDbOptions& options);
  ~RocksDbKv() override;

  std::unique_ptr<Snapshot> TakeSnapshot() const override;
  std::unique_ptr<Transaction> Begin() override;
  std::vector<Gauge> Stats() const override;

  // For copies of its files, and nothing else; see rocksdb_backup.h.
  rocksdb::DB& database() const;

 private:
  struct Database;
  explicit RocksDbKv(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace redress::storage
