#include "tests/crash/mortal_disk.h"

#include <signal.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace redress::test {

void Death::Visit(const std::string& point) {
  if (point == point_ && --left_ == 0) raise(SIGKILL);
}

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class MortalFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  // `kind`: "log", "table" or "manifest".
  MortalFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string kind, Death& death)
      : FSWritableFileOwnerWrapper(std::move(file)), kind_(std::move(kind)), death_(death) {}

  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  IODebugContext* debug) override {
    const size_t half = bytes.size() / 2;
    const IOStatus status = target()->Append({bytes.data(), half}, options, debug);
    if (!status.ok()) return status;
    target()->Flush(options, debug).PermitUncheckedError();
    death_.Visit(absl::StrCat(kind_, "-half"));
    const IOStatus rest =
        target()->Append({bytes.data() + half, bytes.size() - half}, options, debug);
    target()->Flush(options, debug).PermitUncheckedError();
    death_.Visit(absl::StrCat(kind_, "-whole"));
    return rest;
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = target()->Sync(options, debug);
    death_.Visit(absl::StrCat(kind_, "-synced"));
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = target()->Fsync(options, debug);
    death_.Visit(absl::StrCat(kind_, "-synced"));
    return status;
  }

 private:
  const std::string kind_;
  Death& death_;
};

class MortalDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  MortalDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, Death& death)
      : FSDirectoryWrapper(std::move(directory)), death_(death) {}
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& how) override {
    const IOStatus status = FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how);
    death_.Visit("directory-synced");
    return status;
  }

 private:
  Death& death_;
};

class MortalDisk final : public rocksdb::FileSystemWrapper {
 public:
  explicit MortalDisk(Death& death)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), death_(death) {}
  const char* Name() const override { return "MortalDisk"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* debug) override {
    const IOStatus status = target()->NewWritableFile(name, options, file, debug);
    const std::string kind = absl::EndsWith(name, ".log")            ? "log"
                             : absl::EndsWith(name, ".sst")          ? "table"
                             : absl::StrContains(name, "/MANIFEST-") ? "manifest"
                                                                     : "";
    if (status.ok() && !kind.empty())
      *file = std::make_unique<MortalFile>(std::move(*file), kind, death_);
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* debug) override {
    const IOStatus status = target()->NewDirectory(name, options, directory, debug);
    if (status.ok())
      *directory = std::make_unique<MortalDirectory>(std::move(*directory), death_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* debug) override {
    death_.Visit("rename");
    const IOStatus status = target()->RenameFile(from, to, options, debug);
    death_.Visit("renamed");
    return status;
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* debug) override {
    death_.Visit("delete");
    const IOStatus status = target()->DeleteFile(name, options, debug);
    death_.Visit("deleted");
    return status;
  }

 private:
  Death& death_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> NewMortalDisk(Death& death) {
  return rocksdb::NewCompositeEnv(std::make_shared<MortalDisk>(death));
}

}  // namespace redress::test
