#include "tests/power/recorded_disk.h"

#include <utility>

namespace redress::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using What = RecordedDisk::What;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class RecordedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  RecordedFile(std::unique_ptr<rocksdb::FSWritableFile> file, uint64_t number, RecordedDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), number_(number), disk_(disk) {}

  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  IODebugContext* debug) override {
    disk_.Record({What::kAppend, number_, "", bytes.ToString()});
    return target()->Append(bytes, options, debug);
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    disk_.Record({What::kTruncate, number_, "", "", size});
    return target()->Truncate(size, options, debug);
  }
  // Recorded when it is done: a cut during it may lose what it was to keep.
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = target()->Sync(options, debug);
    if (status.ok()) disk_.Record({What::kSync, number_});
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = target()->Fsync(options, debug);
    if (status.ok()) disk_.Record({What::kSync, number_});
    return status;
  }

 private:
  const uint64_t number_;
  RecordedDisk& disk_;
};

class RecordedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  RecordedDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, RecordedDisk& disk)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = FSDirectoryWrapper::Fsync(options, debug);
    if (status.ok()) disk_.Record({What::kSyncDirectory});
    return status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& how) override {
    const IOStatus status = FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how);
    if (status.ok()) disk_.Record({What::kSyncDirectory});
    return status;
  }

 private:
  RecordedDisk& disk_;
};

// A disk that takes the recorded events one by one, and remembers what is safe.
class Platter {
 public:
  void Take(const RecordedDisk::Event& event) {
    switch (event.what) {
      case What::kAppend: files_[event.file].bytes += event.content; return;
      case What::kTruncate:
        files_[event.file].bytes.resize(event.length);
        files_[event.file].synced = std::min(files_[event.file].synced, event.length);
        return;
      case What::kSync: files_[event.file].synced = files_[event.file].bytes.size(); return;
      case What::kSyncDirectory:
        for (const auto& change : unsynced_) Apply(change, names_);
        unsynced_.clear();
        return;
      case What::kCreate:
      case What::kRename:
      case What::kDelete: unsynced_.push_back(event); return;
    }
  }

  DiskImage Cut(std::mt19937_64& random) const {
    Names names = names_;
    size_t changes = random() % (unsynced_.size() + 1);
    for (const auto& change : unsynced_)
      if (changes-- > 0) Apply(change, names);
      else break;
    DiskImage image;
    for (const auto& [name, number] : names) {
      const auto file = files_.find(number);
      if (file == files_.end()) {
        image[name] = "";
        continue;
      }
      const uint64_t unsynced = file->second.bytes.size() - file->second.synced;
      const uint64_t kept[] = {0, unsynced, random() % (unsynced + 1)};
      image[name] = file->second.bytes.substr(0, file->second.synced + kept[random() % 3]);
    }
    return image;
  }

 private:
  using Names = std::map<std::string, uint64_t>;
  struct File {
    std::string bytes;
    uint64_t synced = 0;
  };

  static void Apply(const RecordedDisk::Event& change, Names& names) {
    if (change.what == What::kCreate) names[change.name] = change.file;
    if (change.what == What::kDelete) names.erase(change.name);
    if (change.what != What::kRename) return;
    names[change.content] = names[change.name];
    names.erase(change.name);
  }

  std::map<uint64_t, File> files_;
  Names names_;
  std::vector<RecordedDisk::Event> unsynced_;
};

}  // namespace

size_t RecordedDisk::size() const {
  absl::MutexLock lock(&mutex_);
  return events_.size();
}

void RecordedDisk::Record(Event event) {
  absl::MutexLock lock(&mutex_);
  events_.push_back(std::move(event));
}

DiskImage RecordedDisk::CutAt(size_t size, std::mt19937_64& random) const {
  absl::MutexLock lock(&mutex_);
  Platter platter;
  for (size_t i = 0; i < size; ++i) platter.Take(events_[i]);
  return platter.Cut(random);
}

IOStatus RecordedDisk::NewWritableFile(const std::string& name,
                                       const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       IODebugContext* debug) {
  const IOStatus status = target()->NewWritableFile(name, options, file, debug);
  if (!status.ok()) return status;
  uint64_t number = 0;
  {
    absl::MutexLock lock(&mutex_);
    number = ++files_;
    events_.push_back({What::kCreate, number, BaseName(name)});
  }
  *file = std::make_unique<RecordedFile>(std::move(*file), number, *this);
  return status;
}

IOStatus RecordedDisk::NewDirectory(const std::string& name, const IOOptions& options,
                                    std::unique_ptr<rocksdb::FSDirectory>* directory,
                                    IODebugContext* debug) {
  const IOStatus status = target()->NewDirectory(name, options, directory, debug);
  if (status.ok())
    *directory = std::make_unique<RecordedDirectory>(std::move(*directory), *this);
  return status;
}

IOStatus RecordedDisk::DeleteFile(const std::string& name, const IOOptions& options,
                                  IODebugContext* debug) {
  const IOStatus status = target()->DeleteFile(name, options, debug);
  if (status.ok()) Record({What::kDelete, 0, BaseName(name)});
  return status;
}

IOStatus RecordedDisk::RenameFile(const std::string& from, const std::string& to,
                                  const IOOptions& options, IODebugContext* debug) {
  const IOStatus status = target()->RenameFile(from, to, options, debug);
  if (status.ok()) Record({What::kRename, 0, BaseName(from), BaseName(to)});
  return status;
}

}  // namespace redress::test
