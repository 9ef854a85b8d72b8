#include "storage/memory_kv.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace redress::storage {
namespace {

// A snapshot's scan copies entries out by the chunk, so that no lock is held while a visitor runs.
// Many scans look for the first entry only.
constexpr size_t kFirstChunkEntries = 2;
constexpr size_t kChunkEntriesMax = 256;

}  // namespace

// The newest state, as the transaction that holds the gate reads it. Only that transaction's own
// commit changes the map, so its reads need no lock, and a visitor may see the stored bytes.
class MemoryKv::LatestView final : public View {
 public:
  explicit LatestView(const MemoryKv& kv) : kv_(kv) {}

  absl::StatusOr<std::optional<std::string>> Find(absl::string_view key) const override {
    const auto found = entries().find(key);
    if (found == entries().end()) return std::nullopt;
    return found->second->value;
  }

  absl::Status Walk(const KeyRange& range, Direction direction, Visitor visit) const override {
    const auto first = ordered().lower_bound(range.begin);
    const auto last = range.end.empty() ? ordered().end() : ordered().lower_bound(range.end);
    const auto visit_entry = [&](const Ordered::value_type& entry) {
      const Version& newest = **entry.second;
      return !newest.value.has_value() || visit(entry.first, *newest.value);
    };
    if (direction == Direction::kForward) {
      for (auto entry = first; entry != last && visit_entry(*entry);) ++entry;
    } else {
      for (auto entry = last; entry != first && visit_entry(*--entry);) continue;
    }
    return absl::OkStatus();
  }

 private:
  const Entries& entries() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return kv_.entries_; }
  const Ordered& ordered() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return kv_.ordered_; }

  const MemoryKv& kv_;
};

class MemoryKv::SnapshotView final : public View {
 public:
  explicit SnapshotView(const MemoryKv& kv) : kv_(kv) {
    absl::MutexLock lock(&kv_.mutex_);
    commit_ = kv_.commit_;
    ++kv_.snapshots_[commit_];
  }

  ~SnapshotView() override {
    absl::MutexLock lock(&kv_.mutex_);
    const auto own = kv_.snapshots_.find(commit_);
    if (--own->second == 0) kv_.snapshots_.erase(own);
  }

  absl::StatusOr<std::optional<std::string>> Find(absl::string_view key) const override {
    absl::ReaderMutexLock lock(&kv_.mutex_);
    const auto found = kv_.entries_.find(key);
    if (found == kv_.entries_.end()) return std::nullopt;
    const Version* version = Visible(*found->second);
    return version == nullptr ? std::nullopt : version->value;
  }

  absl::Status Walk(const KeyRange& range, Direction direction, Visitor visit) const override {
    Chunk chunk;
    std::string edge(direction == Direction::kForward ? range.begin : range.end);
    bool is_after_edge = false;
    for (size_t wanted = kFirstChunkEntries;; wanted = std::min(2 * wanted, kChunkEntriesMax)) {
      chunk.clear();
      if (direction == Direction::kForward) {
        FillForward(edge, is_after_edge, range.end, wanted, chunk);
      } else {
        FillBackward(edge, range.begin, wanted, chunk);
      }
      for (const auto& [key, value] : chunk) {
        if (!visit(key, value)) return absl::OkStatus();
      }
      if (chunk.size() < wanted) return absl::OkStatus();
      edge = std::move(chunk.back().first);
      is_after_edge = true;
    }
  }

 private:
  using Chunk = std::vector<std::pair<std::string, std::string>>;

  const Version* Visible(const Version& newest) const {
    const Version* version = &newest;
    while (version != nullptr && version->commit > commit_) version = version->older.get();
    return version != nullptr && version->value.has_value() ? version : nullptr;
  }

  void FillForward(absl::string_view edge, bool is_after_edge, absl::string_view end, size_t wanted,
                   Chunk& chunk) const {
    absl::ReaderMutexLock lock(&kv_.mutex_);
    const Ordered& ordered = kv_.ordered_;
    auto entry = is_after_edge ? ordered.upper_bound(edge) : ordered.lower_bound(edge);
    for (; entry != ordered.end() && chunk.size() < wanted; ++entry) {
      if (!end.empty() && entry->first >= end) return;
      const Version* version = Visible(**entry->second);
      if (version != nullptr) chunk.emplace_back(entry->first, *version->value);
    }
  }

  void FillBackward(absl::string_view edge, absl::string_view begin, size_t wanted,
                    Chunk& chunk) const {
    absl::ReaderMutexLock lock(&kv_.mutex_);
    const Ordered& ordered = kv_.ordered_;
    auto entry = edge.empty() ? ordered.end() : ordered.lower_bound(edge);
    while (entry != ordered.begin() && chunk.size() < wanted) {
      --entry;
      if (entry->first < begin) return;
      const Version* version = Visible(**entry->second);
      if (version != nullptr) chunk.emplace_back(entry->first, *version->value);
    }
  }

  const MemoryKv& kv_;
  uint64_t commit_;
};

MemoryKv::MemoryKv() : latest_(std::make_unique<LatestView>(*this)) {}

MemoryKv::~MemoryKv() {
  absl::MutexLock lock(&mutex_);
  CHECK(snapshots_.empty());
}

std::unique_ptr<Snapshot> MemoryKv::TakeSnapshot() const {
  return std::make_unique<ViewSnapshot>(std::make_unique<SnapshotView>(*this));
}

std::unique_ptr<Transaction> MemoryKv::Begin() {
  return std::make_unique<BufferedTransaction>(
      gate_, *latest_, [this](WriteBatch batch) { return Write(std::move(batch)); });
}

absl::Status MemoryKv::Write(WriteBatch batch) {
  absl::MutexLock lock(&mutex_);
  ClearLeftovers();
  ++commit_;
  for (auto& [key, value] : batch.entries) Apply(key, std::move(value));
  return absl::OkStatus();
}

void MemoryKv::Apply(const std::string& key, std::optional<std::string> value) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) {
    if (!value.has_value()) return;
    auto version = std::make_unique<Version>(Version{commit_, std::move(value), nullptr});
    const auto made = entries_.emplace(key, std::move(version)).first;
    ordered_.emplace(made->first, &made->second);
    return;
  }
  std::unique_ptr<Version>& newest = entry->second;
  const bool is_seen = !snapshots_.empty() && snapshots_.rbegin()->first >= newest->commit;
  if (is_seen) {
    auto version = std::make_unique<Version>(Version{commit_, std::move(value), nullptr});
    version->older = std::move(newest);
    newest = std::move(version);
    leftovers_.push_back({commit_, key});
    return;
  }
  if (!value.has_value() && newest->older == nullptr) return Erase(entry);
  newest->commit = commit_;
  newest->value = std::move(value);
  if (newest->older != nullptr) leftovers_.push_back({commit_, key});
}

void MemoryKv::Erase(Entries::iterator entry) {
  ordered_.erase(entry->first);  // which points into the entry
  entries_.erase(entry);
}

void MemoryKv::ClearLeftovers() {
  while (!leftovers_.empty() &&
         (snapshots_.empty() || leftovers_.front().commit <= snapshots_.begin()->first)) {
    ClearKey(leftovers_.front().key);
    leftovers_.pop_front();
  }
}

// Drops the versions of `key` that are older than what the oldest snapshot sees.
void MemoryKv::ClearKey(const std::string& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  const uint64_t oldest = snapshots_.empty() ? commit_ : snapshots_.begin()->first;
  Version* version = entry->second.get();
  while (version != nullptr && version->commit > oldest) version = version->older.get();
  if (version == nullptr) return;
  version->older = nullptr;
  if (version == entry->second.get() && !version->value.has_value()) Erase(entry);
}

std::vector<Gauge> MemoryKv::Stats() const {
  absl::ReaderMutexLock lock(&mutex_);
  return {{"keys", entries_.size()}, {"old_versions", leftovers_.size()}};
}

}  // namespace redress::storage
