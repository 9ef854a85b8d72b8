// The machine's files, with a record of every write, sync, creation, renaming and deletion, from
// which the disk after a power cut at any instant can be made.
//
// After a cut a file holds what was synced, and of what came later nothing, all, or a part cut off
// anywhere. A name that was created, renamed or deleted since its directory was synced last may be
// as it was before or after, in the order in which it happened. SIGKILL shows none of this, since
// the system keeps what a dead process had written.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace redress::test {

// The files of a directory by name.
using DiskImage = std::map<std::string, std::string>;

// Thread-safe. REQUIRES: outlived by nothing that was opened through it.
class RecordedDisk final : public rocksdb::FileSystemWrapper {
 public:
  RecordedDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "RecordedDisk"; }

  // How much has happened.
  size_t size() const;
  // The disk after a cut when so much had happened. `random` decides what was lost.
  DiskImage CutAt(size_t size, std::mt19937_64& random) const;

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

  enum class What { kCreate, kAppend, kTruncate, kSync, kRename, kDelete, kSyncDirectory };
  struct Event {
    What what = What::kAppend;
    uint64_t file = 0;         // of what is done to a file; files are never numbered again
    std::string name = {};     // without its directory
    std::string content = {};  // appended, or the new name
    uint64_t length = 0;       // truncated to
  };
  void Record(Event event);

 private:
  mutable absl::Mutex mutex_;
  std::vector<Event> events_ ABSL_GUARDED_BY(mutex_);
  uint64_t files_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redress::test
