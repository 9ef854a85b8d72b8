#include "tests/power/failing_disk.h"

#include <utility>

namespace redress::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Returns the fault from the enclosing operation, if it meets one.
#define RETURN_IF_MET(disk)                            \
  do {                                                 \
    if (IOStatus met = (disk).Meet(); !met.ok()) return met; \
  } while (false)

class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, FailingDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  IODebugContext* debug) override {
    const IOStatus met = disk_.Meet();
    if (met.ok()) return target()->Append(bytes, options, debug);
    if (disk_.fault() == DiskFault::kShortWrite)
      target()->Append({bytes.data(), bytes.size() / 2}, options, debug).PermitUncheckedError();
    return met;
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    RETURN_IF_MET(disk_);
    return target()->Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    RETURN_IF_MET(disk_);
    return target()->Fsync(options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    RETURN_IF_MET(disk_);
    return target()->Close(options, debug);
  }

 private:
  FailingDisk& disk_;
};

class FailingReader final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FailingReader(std::unique_ptr<rocksdb::FSSequentialFile> file, FailingDisk& disk)
      : FSSequentialFileOwnerWrapper(std::move(file)), disk_(disk) {}
  IOStatus Read(size_t count, const IOOptions& options, rocksdb::Slice* result, char* scratch,
                IODebugContext* debug) override {
    RETURN_IF_MET(disk_);
    return target()->Read(count, options, result, scratch, debug);
  }

 private:
  FailingDisk& disk_;
};

class FailingTable final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FailingTable(std::unique_ptr<rocksdb::FSRandomAccessFile> file, FailingDisk& disk)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}
  IOStatus Read(uint64_t offset, size_t count, const IOOptions& options, rocksdb::Slice* result,
                char* scratch, IODebugContext* debug) const override {
    RETURN_IF_MET(disk_);
    return target()->Read(offset, count, options, result, scratch, debug);
  }

 private:
  FailingDisk& disk_;
};

class FailingDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FailingDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, FailingDisk& disk)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    RETURN_IF_MET(disk_);
    return FSDirectoryWrapper::Fsync(options, debug);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& how) override {
    RETURN_IF_MET(disk_);
    return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how);
  }

 private:
  FailingDisk& disk_;
};

}  // namespace

void FailingDisk::FailAt(int64_t at, DiskFault fault) {
  fault_ = fault;
  fail_at_ = at;
  operations_ = 0;
}

IOStatus FailingDisk::Meet() {
  if (++operations_ != fail_at_) return IOStatus::OK();
  return fault_ == DiskFault::kNoSpace ? IOStatus::NoSpace("injected: no space")
                                       : IOStatus::IOError("injected: I/O error");
}

IOStatus FailingDisk::NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      IODebugContext* debug) {
  RETURN_IF_MET(*this);
  const IOStatus status = target()->NewWritableFile(name, options, file, debug);
  if (status.ok()) *file = std::make_unique<FailingFile>(std::move(*file), *this);
  return status;
}

IOStatus FailingDisk::NewSequentialFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        IODebugContext* debug) {
  RETURN_IF_MET(*this);
  const IOStatus status = target()->NewSequentialFile(name, options, file, debug);
  if (status.ok()) *file = std::make_unique<FailingReader>(std::move(*file), *this);
  return status;
}

IOStatus FailingDisk::NewRandomAccessFile(const std::string& name,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                          IODebugContext* debug) {
  RETURN_IF_MET(*this);
  const IOStatus status = target()->NewRandomAccessFile(name, options, file, debug);
  if (status.ok()) *file = std::make_unique<FailingTable>(std::move(*file), *this);
  return status;
}

IOStatus FailingDisk::NewDirectory(const std::string& name, const IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   IODebugContext* debug) {
  RETURN_IF_MET(*this);
  const IOStatus status = target()->NewDirectory(name, options, directory, debug);
  if (status.ok()) *directory = std::make_unique<FailingDirectory>(std::move(*directory), *this);
  return status;
}

IOStatus FailingDisk::DeleteFile(const std::string& name, const IOOptions& options,
                                 IODebugContext* debug) {
  RETURN_IF_MET(*this);
  return target()->DeleteFile(name, options, debug);
}

IOStatus FailingDisk::RenameFile(const std::string& from, const std::string& to,
                                 const IOOptions& options, IODebugContext* debug) {
  RETURN_IF_MET(*this);
  return target()->RenameFile(from, to, options, debug);
}

}  // namespace redress::test
