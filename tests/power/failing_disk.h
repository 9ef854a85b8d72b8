// Files in memory, of which one operation fails once.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>

namespace redress::test {

enum class DiskFault {
  kInputOutput,  // nothing is done
  kNoSpace,      // nothing is done
  kShortWrite,   // half of the bytes are written; for what writes nothing, as kInputOutput
};

// Thread-safe.
class FailingDisk final : public rocksdb::FileSystemWrapper {
 public:
  // `memory`: the environment whose files these are.
  explicit FailingDisk(rocksdb::Env& memory) : FileSystemWrapper(memory.GetFileSystem()) {}
  const char* Name() const override { return "FailingDisk"; }

  // Lets operation number `at` from now on fail; 0: none.
  void FailAt(int64_t at, DiskFault fault);
  // Operations since FailAt.
  int64_t operations() const { return operations_; }
  bool has_failed() const { return operations_ >= fail_at_ && fail_at_ != 0; }

  // Counts an operation. OK, or the fault that it meets.
  rocksdb::IOStatus Meet();
  DiskFault fault() const { return fault_; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  std::atomic<int64_t> operations_ = 0;
  std::atomic<int64_t> fail_at_ = 0;
  std::atomic<DiskFault> fault_ = DiskFault::kInputOutput;
};

}  // namespace redress::test
