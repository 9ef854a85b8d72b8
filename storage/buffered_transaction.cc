#include "storage/buffered_transaction.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"

namespace redress::storage {
namespace {

constexpr size_t kKeyBytesShown = 32;

absl::Status CheckKey(absl::string_view key) {
  if (!key.empty() && key.size() <= kKeyBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a key has 1 to kKeyBytesMax=", kKeyBytesMax, " bytes, this one ", key.size()));
}

absl::Status CheckValue(absl::string_view key, absl::string_view value) {
  if (value.size() <= kValueBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "a value has at most kValueBytesMax=", kValueBytesMax, " bytes, the one under key ",
      absl::BytesToHexString(key.substr(0, kKeyBytesShown)), " has ", value.size()));
}

absl::Status CheckLimit(size_t limit) {
  if (limit >= 1 && limit <= kScanLimitMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a scan's limit is 1 to kScanLimitMax=", kScanLimitMax, ", not ", limit));
}

bool IsEmpty(const KeyRange& range) { return !range.end.empty() && range.begin >= range.end; }

// The checks of a scan, and its counting, over any way to walk.
template <typename Walk>
absl::StatusOr<size_t> CountedScan(const KeyRange& range, size_t limit, Visitor visit, Walk walk) {
  RETURN_IF_ERROR(CheckLimit(limit));
  if (IsEmpty(range)) return 0;
  size_t visited = 0;
  RETURN_IF_ERROR(walk([&](absl::string_view key, absl::string_view value) {
    ++visited;
    return visit(key, value) && visited < limit;
  }));
  return visited;
}

// One pass over a view and the writes on top of it. `First` to `Last` are the writes of the range
// in the order of the walk; `precedes` is that order.
template <typename Iterator, typename Order>
absl::Status Merge(const View& view, const KeyRange& range, Direction direction, Iterator next,
                   Iterator last, Order precedes, Visitor visit) {
  bool goes_on = true;
  const auto visit_write = [&](Iterator write) {
    return !write->second.has_value() || visit(write->first, *write->second);
  };
  RETURN_IF_ERROR(view.Walk(range, direction, [&](absl::string_view key, absl::string_view value) {
    while (goes_on && next != last && precedes(next->first, key)) goes_on = visit_write(next++);
    if (!goes_on) return false;
    const bool is_overwritten = next != last && next->first == key;
    goes_on = is_overwritten ? visit_write(next++) : visit(key, value);
    return goes_on;
  }));
  while (goes_on && next != last) goes_on = visit_write(next++);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ViewSnapshot::Get(absl::string_view key) const {
  RETURN_IF_ERROR(CheckKey(key));
  return view_->Find(key);
}

absl::StatusOr<size_t> ViewSnapshot::Scan(const KeyRange& range, size_t limit, Direction direction,
                                          Visitor visit) const {
  return CountedScan(range, limit, visit,
                     [&](Visitor counted) { return view_->Walk(range, direction, counted); });
}

void WriterGate::Enter() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](bool* taken) { return !*taken; }, &taken_));
  taken_ = true;
}

void WriterGate::Leave() {
  absl::MutexLock lock(&mutex_);
  CHECK(taken_);
  taken_ = false;
}

BufferedTransaction::BufferedTransaction(WriterGate& gate, const View& latest, Write write)
    : gate_(gate), latest_(latest), write_(std::move(write)) {
  gate_.Enter();
}

BufferedTransaction::~BufferedTransaction() {
  if (!is_over_) gate_.Leave();
}

absl::StatusOr<std::optional<std::string>> BufferedTransaction::Get(absl::string_view key) const {
  CHECK(!is_over_);
  RETURN_IF_ERROR(CheckKey(key));
  const auto own = batch_.entries.find(key);
  if (own != batch_.entries.end()) return own->second;
  return latest_.Find(key);
}

absl::StatusOr<size_t> BufferedTransaction::Scan(const KeyRange& range, size_t limit,
                                                 Direction direction, Visitor visit) const {
  CHECK(!is_over_);
  ++scans_under_way_;
  auto visited = CountedScan(
      range, limit, visit, [&](Visitor counted) { return WalkMerged(range, direction, counted); });
  --scans_under_way_;
  return visited;
}

absl::Status BufferedTransaction::WalkMerged(const KeyRange& range, Direction direction,
                                             Visitor visit) const {
  const auto first = batch_.entries.lower_bound(range.begin);
  const auto last =
      range.end.empty() ? batch_.entries.end() : batch_.entries.lower_bound(range.end);
  if (first == last) return latest_.Walk(range, direction, visit);
  if (direction == Direction::kForward) return WalkForward(range, last, visit);
  return Merge(
      latest_, range, direction, std::make_reverse_iterator(last),
      std::make_reverse_iterator(first),
      [](absl::string_view left, absl::string_view right) { return left > right; }, visit);
}

// `last` is the first own write after the range.
absl::Status BufferedTransaction::WalkForward(const KeyRange& range,
                                              WriteBatch::Entries::const_iterator last,
                                              Visitor visit) const {
  // A copy, since what the gaps answer dies when they learn.
  const std::string begin(gaps_.FirstAfter(range.begin));
  if (!range.end.empty() && begin >= range.end) return absl::OkStatus();
  bool is_empty = true;
  RETURN_IF_ERROR(Merge(
      latest_, {begin, range.end}, Direction::kForward, batch_.entries.lower_bound(begin), last,
      [](absl::string_view left, absl::string_view right) { return left < right; },
      [&](absl::string_view key, absl::string_view value) {
        if (is_empty && range.begin < key) gaps_.Add(range.begin, key);
        is_empty = false;
        return visit(key, value);
      }));
  if (is_empty && !range.end.empty()) gaps_.Add(range.begin, range.end);
  return absl::OkStatus();
}

void BufferedTransaction::Put(std::string key, std::string value) {
  gaps_.Fill(key);
  if (breach_.ok()) breach_ = CheckValue(key, value);
  Record(std::move(key), std::move(value));
}

void BufferedTransaction::Delete(std::string key) { Record(std::move(key), std::nullopt); }

void BufferedTransaction::Record(std::string key, std::optional<std::string> value) {
  CHECK(!is_over_);
  CHECK_EQ(scans_under_way_, 0);
  if (breach_.ok()) breach_ = CheckKey(key);
  if (!breach_.ok()) return;
  const size_t key_bytes = key.size();
  const size_t value_bytes = value.has_value() ? value->size() : 0;
  const auto [own, is_new] = batch_.entries.try_emplace(std::move(key));
  if (is_new) batch_.bytes += key_bytes;
  if (own->second.has_value()) batch_.bytes -= own->second->size();
  batch_.bytes += value_bytes;
  own->second = std::move(value);
  breach_ = CheckWritten();
}

absl::Status BufferedTransaction::CheckWritten() const {
  if (batch_.entries.size() > kTransactionEntriesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a transaction writes at most kTransactionEntriesMax=", kTransactionEntriesMax, " keys"));
  }
  if (batch_.bytes > kTransactionBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a transaction writes at most kTransactionBytesMax=", kTransactionBytesMax, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status BufferedTransaction::Commit() {
  CHECK(!is_over_);
  CHECK_EQ(scans_under_way_, 0);
  absl::Status status = breach_;
  if (status.ok() && !batch_.entries.empty()) status = write_(std::move(batch_));
  is_over_ = true;
  gate_.Leave();
  return status;
}

}  // namespace redress::storage
