#include "storage/rocksdb_kv.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/perf_context.h>
#include <rocksdb/slice.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/status.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/status.h"
#include "storage/buffered_transaction.h"
#include "storage/known_gaps.h"
#include "storage/log_check.h"
#include "storage/tables.h"

namespace redress::storage {
namespace {

constexpr int kWriteBuffersMax = 3;
constexpr size_t kBlockBytes = 8 << 10;
// Few and large, since a block that fits no shard is read again for every look-up.
constexpr int kCacheShardBits = 4;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomRatio = 0.05;
constexpr size_t kFileBytes = 64 << 20;
constexpr int kOpenFilesMax = 512;
constexpr int kBackgroundJobsMax = 2;
constexpr uint64_t kBytesPerSync = 1 << 20;
constexpr size_t kLogFileBytesMax = 8 << 20;
constexpr size_t kLogFilesKept = 4;
// Room that commits leave on the disk, in write buffers: more than what is in memory needs to be
// written out. RocksDB itself goes on after a full disk only seconds after there is room, and on
// some of those ways Debian's build aborts.
constexpr uint64_t kRoomInWriteBuffers = kWriteBuffersMax + 1;
// Room that opening needs beside that for what is in the logs.
constexpr uint64_t kRoomToOpenBytes = 8 << 20;
// A file in which 64 of any 128 entries in a row are deletions is compacted soon, so that the scan
// of a queue's head does not wade through what was already taken from it.
constexpr size_t kDeletionWindow = 128;
constexpr size_t kDeletionsInWindow = 64;
// Entries that a scan steps over before its first, from which on the gap is worth remembering.
constexpr uint64_t kStepsWorthKnowing = 8;
// What a batch stores beside the bytes of each key and value.
constexpr size_t kBatchEntryOverheadBytes = 12;
// A checksum over each entry on its way into the log and the write buffer: bad memory is found
// before it is stored. Its cost was not measurable.
constexpr size_t kProtectionBytesPerKey = 8;

// A default string_view points nowhere, which a Slice may not.
rocksdb::Slice ToSlice(absl::string_view bytes) {
  return bytes.empty() ? rocksdb::Slice() : rocksdb::Slice(bytes.data(), bytes.size());
}
absl::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::Status ReadStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.IsCorruption()) return absl::DataLossError(status.ToString());
  return absl::InternalError(absl::StrCat("cannot read: ", status.ToString()));
}

// Remembers where the last key of each table went into the write buffer. Most tables grow at their
// end, so the next key belongs beside it, and is not searched for from the top: the dearest part of
// a commit but for the disk.
class TablePrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "redress.TablePrefix"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return rocksdb::Slice(key.data(), TablePrefixSize(ToView(key)));
  }
  bool InDomain(const rocksdb::Slice&) const override { return true; }
};

rocksdb::BlockBasedTableOptions TableOptions(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  table.block_size = kBlockBytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.whole_key_filtering = true;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.optimize_filters_for_memory = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  return table;
}

void SetMemory(rocksdb::Options& vendor, const RocksDbOptions& options) {
  vendor.write_buffer_size = options.write_buffer_bytes;
  vendor.max_write_buffer_number = kWriteBuffersMax;
  vendor.max_total_wal_size = kWriteBuffersMax * options.write_buffer_bytes;
  vendor.memtable_whole_key_filtering = true;
  vendor.memtable_prefix_bloom_size_ratio = kMemtableBloomRatio;
  vendor.allow_concurrent_memtable_write = false;  // one writer at a time, so the cheaper insert
  vendor.memtable_insert_with_hint_prefix_extractor = std::make_shared<TablePrefix>();
  vendor.table_factory.reset(rocksdb::NewBlockBasedTableFactory(TableOptions(options)));
}

void SetFiles(rocksdb::Options& vendor) {
  vendor.compression = rocksdb::kLZ4Compression;
  vendor.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression,
                                  rocksdb::kLZ4Compression};
  vendor.bottommost_compression = rocksdb::kLZ4Compression;
  vendor.level_compaction_dynamic_level_bytes = true;
  vendor.target_file_size_base = kFileBytes;
  vendor.max_bytes_for_level_base = 4 * kFileBytes;
  vendor.max_open_files = kOpenFilesMax;
  vendor.max_background_jobs = kBackgroundJobsMax;
  vendor.bytes_per_sync = kBytesPerSync;
  vendor.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(kDeletionWindow, kDeletionsInWindow));
}

rocksdb::Options VendorOptions(const RocksDbOptions& options) {
  rocksdb::Options vendor;
  if (options.env != nullptr) vendor.env = options.env;
  vendor.create_if_missing = true;
  vendor.paranoid_checks = true;
  // After a crash the last record may be cut short; damage anywhere before is a lost promise, and
  // refuses to open. The default would drop every commit behind the damage in silence.
  vendor.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  vendor.max_bgerror_resume_count = 0;  // but for a full disk, which is waited out on its own
  vendor.info_log_level = rocksdb::WARN_LEVEL;
  vendor.max_log_file_size = kLogFileBytesMax;
  vendor.keep_log_file_num = kLogFilesKept;
  vendor.stats_dump_period_sec = 0;
  vendor.stats_persist_period_sec = 0;
  SetMemory(vendor, options);
  SetFiles(vendor);
  return vendor;
}

// Whether a creation that was cut short can have left this file behind.
bool IsOfCreation(const std::string& name) {
  return absl::StartsWith(name, "LOCK") || absl::StartsWith(name, "LOG") ||
         absl::StartsWith(name, "IDENTITY") || absl::StartsWith(name, "MANIFEST-") ||
         absl::EndsWith(name, ".dbtmp") || name == "lost+found";
}

// RocksDB would make a new database around whatever is there, and over one that lost its CURRENT.
absl::Status PrepareDirectory(const std::string& path) {
  const auto refuse = [&](absl::string_view reason) {
    return absl::FailedPreconditionError(absl::StrCat("cannot use directory ", path, ": ", reason));
  };
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return refuse(error.message());
  std::filesystem::directory_iterator file(path, error);
  if (error) return refuse(error.message());
  if (std::filesystem::exists(std::filesystem::path(path) / "CURRENT", error)) {
    return absl::OkStatus();
  }
  for (const std::filesystem::directory_entry& entry : file) {
    const std::string name = entry.path().filename().string();
    if (!IsOfCreation(name)) {
      return refuse(absl::StrCat("it holds ", name, " and no database (no file CURRENT)"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRoom(rocksdb::Env& env, const std::string& path, uint64_t room_bytes) {
  uint64_t free_bytes = 0;
  if (!env.GetFreeSpace(path, &free_bytes).ok() || free_bytes >= room_bytes)
    return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("the disk of ", path, " is full: ",
                                                   free_bytes >> 20, " MiB are left of the ",
                                                   room_bytes >> 20, " MiB that must be"));
}

uint64_t LogBytes(const std::string& path) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (entry.path().extension() == ".log") bytes += entry.file_size(error);
  return bytes;
}

absl::Status OpenStatus(const std::string& path, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() &&
      (absl::StrContains(text, "While lock file") || absl::StrContains(text, "lock hold by"))) {
    return absl::FailedPreconditionError(
        absl::StrCat("directory ", path, ": another server has it open"));
  }
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError(absl::StrCat("directory ", path, ": the disk is full"));
  }
  const std::string message = absl::StrCat("cannot open directory ", path, ": ", text);
  return status.IsCorruption() ? absl::DataLossError(message)
                               : absl::FailedPreconditionError(message);
}

// How many deleted or replaced entries iterators have stepped over in this thread.
uint64_t SteppedOver() {
  const rocksdb::PerfContext& context = *rocksdb::get_perf_context();
  return context.internal_delete_skipped_count + context.internal_key_skipped_count;
}

// Reads at a snapshot, or for the writer, the newest state with what it knows to be empty.
class RocksDbView final : public View {
 public:
  RocksDbView(rocksdb::DB& db, const rocksdb::Snapshot* snapshot, KnownGaps* gaps)
      : db_(db), snapshot_(snapshot), gaps_(gaps) {
    read_.snapshot = snapshot;
    read_.verify_checksums = true;
  }
  ~RocksDbView() override {
    if (snapshot_ != nullptr) db_.ReleaseSnapshot(snapshot_);
  }
  RocksDbView(const RocksDbView&) = delete;
  RocksDbView& operator=(const RocksDbView&) = delete;

  absl::StatusOr<std::optional<std::string>> Find(absl::string_view key) const override {
    std::optional<std::string> value(std::in_place);
    const rocksdb::Status status = db_.Get(read_, ToSlice(key), &*value);
    if (status.IsNotFound()) return std::nullopt;
    RETURN_IF_ERROR(ReadStatus(status));
    return value;
  }

  absl::Status Walk(const KeyRange& range, Direction direction, Visitor visit) const override {
    // Copies, since what the gaps answer dies when they learn.
    std::string begin(range.begin);
    std::string end(range.end);
    if (gaps_ != nullptr && direction == Direction::kForward)
      begin = std::string(gaps_->FirstAfter(begin));
    if (gaps_ != nullptr && direction == Direction::kBackward)
      end = std::string(gaps_->LastBefore(end));
    if (!range.end.empty() && begin >= end) return absl::OkStatus();

    const rocksdb::Slice lower = begin;
    const rocksdb::Slice upper = end;
    rocksdb::ReadOptions read = read_;
    read.iterate_lower_bound = &lower;
    if (!end.empty()) read.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> entry(db_.NewIterator(read));
    const auto visit_entry = [&] {
      return entry->Valid() && visit(ToView(entry->key()), ToView(entry->value()));
    };
    const uint64_t stepped_over = SteppedOver();
    if (direction == Direction::kForward) {
      entry->Seek(lower);
      if (SteppedOver() - stepped_over >= kStepsWorthKnowing) LearnHead(range, *entry);
      while (visit_entry()) entry->Next();
    } else {
      entry->SeekToLast();
      if (SteppedOver() - stepped_over >= kStepsWorthKnowing) LearnTail(range, *entry);
      while (visit_entry()) entry->Prev();
    }
    return ReadStatus(entry->status());
  }

 private:
  // Nothing stands between the beginning of `range` and its first entry.
  void LearnHead(const KeyRange& range, const rocksdb::Iterator& first) const {
    if (gaps_ == nullptr || !first.status().ok()) return;
    const absl::string_view end = first.Valid() ? ToView(first.key()) : range.end;
    if (range.begin < end) gaps_->Add(range.begin, end);
  }

  // Nothing stands between the last entry of `range` and its end.
  void LearnTail(const KeyRange& range, const rocksdb::Iterator& last) const {
    if (gaps_ == nullptr || !last.status().ok()) return;
    std::string begin(range.begin);
    if (last.Valid()) begin = absl::StrCat(ToView(last.key()), absl::string_view("\0", 1));
    if (begin < range.end) gaps_->Add(begin, range.end);
  }

  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
  KnownGaps* gaps_;  // of the newest state; null for a snapshot
  rocksdb::ReadOptions read_;
};

}  // namespace

struct RocksDbKv::Database {
  // REQUIRES: the gate is held.
  absl::Status Write(const WriteBatch& batch) ABSL_LOCKS_EXCLUDED(mutex);
  uint64_t Property(const std::string& name) const;

  std::string path;
  uint64_t room_bytes = 0;  // that each commit must find on the disk
  std::unique_ptr<rocksdb::DB> db;
  WriterGate gate;
  KnownGaps gaps;  // used only by whoever holds the gate
  std::unique_ptr<View> latest;
  mutable absl::Mutex mutex;
  absl::Status stopped ABSL_GUARDED_BY(mutex);  // why no more is written; OK while writes go on
};

absl::Status RocksDbKv::Database::Write(const WriteBatch& batch) {
  absl::MutexLock lock(&mutex);
  RETURN_IF_ERROR(stopped);
  if (!batch.entries.empty()) RETURN_IF_ERROR(CheckRoom(*db->GetEnv(), path, room_bytes));
  rocksdb::WriteBatch vendor(batch.bytes + batch.entries.size() * kBatchEntryOverheadBytes, 0,
                             kProtectionBytesPerKey, 0);
  rocksdb::Status status;
  for (const auto& [key, value] : batch.entries) {
    if (value.has_value()) gaps.Fill(key);
    status = value.has_value() ? vendor.Put(key, *value) : vendor.Delete(key);
    if (!status.ok()) return absl::InternalError(status.ToString());
  }
  rocksdb::WriteOptions write;
  write.sync = true;
  status = db->Write(write, &vendor);
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the disk of ", path, " is full: ", status.ToString()));
  }
  const std::string message = absl::StrCat("writing to ", path, " failed, and writes stop until ",
                                           "the server starts again: ", status.ToString());
  stopped = status.IsCorruption() ? absl::DataLossError(message) : absl::InternalError(message);
  return stopped;
}

uint64_t RocksDbKv::Database::Property(const std::string& name) const {
  uint64_t value = 0;
  return db->GetIntProperty(name, &value) ? value : 0;
}

absl::StatusOr<std::unique_ptr<RocksDbKv>> RocksDbKv::Open(const std::string& path,
                                                           const RocksDbOptions& options) {
  if (options.env == nullptr) {
    RETURN_IF_ERROR(PrepareDirectory(path));
    RETURN_IF_ERROR(CheckLogs(path));
    RETURN_IF_ERROR(
        CheckRoom(*rocksdb::Env::Default(), path, LogBytes(path) + kRoomToOpenBytes));
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(VendorOptions(options), path, &db);
  if (!status.ok()) return OpenStatus(path, status);
  auto database = std::make_unique<Database>();
  database->path = path;
  database->room_bytes = kRoomInWriteBuffers * options.write_buffer_bytes;
  database->db.reset(db);
  database->latest = std::make_unique<RocksDbView>(*db, nullptr, &database->gaps);
  return std::unique_ptr<RocksDbKv>(new RocksDbKv(std::move(database)));
}

RocksDbKv::RocksDbKv(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksDbKv::~RocksDbKv() = default;

std::unique_ptr<Snapshot> RocksDbKv::TakeSnapshot() const {
  rocksdb::DB& db = *database_->db;
  return std::make_unique<ViewSnapshot>(
      std::make_unique<RocksDbView>(db, db.GetSnapshot(), nullptr));
}

std::unique_ptr<Transaction> RocksDbKv::Begin() {
  Database& database = *database_;
  return std::make_unique<BufferedTransaction>(
      database.gate, *database.latest,
      [&database](WriteBatch batch) { return database.Write(batch); });
}

std::vector<Gauge> RocksDbKv::Stats() const {
  const Database& database = *database_;
  bool is_stopped = false;
  {
    absl::MutexLock lock(&database.mutex);
    is_stopped = !database.stopped.ok();
  }
  return {
      {"is_stopped", is_stopped},
      {"is_write_stalled", database.Property("rocksdb.is-write-stopped")},
      {"delayed_write_bytes_per_second", database.Property("rocksdb.actual-delayed-write-rate")},
      {"background_errors", database.Property("rocksdb.background-errors")},
      {"keys_estimated", database.Property("rocksdb.estimate-num-keys")},
      {"disk_bytes", database.Property("rocksdb.total-sst-files-size")},
      {"compaction_pending_bytes", database.Property("rocksdb.estimate-pending-compaction-bytes")},
      {"memtable_bytes", database.Property("rocksdb.size-all-mem-tables")},
      {"block_cache_bytes", database.Property("rocksdb.block-cache-usage")},
      {"table_reader_bytes", database.Property("rocksdb.estimate-table-readers-mem")},
      {"snapshots", database.Property("rocksdb.num-snapshots")},
  };
}

rocksdb::DB& RocksDbKv::database() const { return *database_->db; }

}  // namespace redress::storage
