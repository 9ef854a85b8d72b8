#include "storage/known_gaps.h"

#include <iterator>
#include <utility>

#include "base/check.h"

namespace redress::storage {

void KnownGaps::Add(absl::string_view begin, absl::string_view end) {
  CHECK(begin < end);
  if (ends_.size() >= kGapsMax) ends_.clear();
  std::string merged_begin(begin);
  std::string merged_end(end);
  auto next = ends_.upper_bound(begin);
  if (next != ends_.begin() && std::prev(next)->second >= begin) {
    --next;
    merged_begin = next->first;
  }
  while (next != ends_.end() && next->first <= end) {
    if (next->second > merged_end) merged_end = next->second;
    next = ends_.erase(next);
  }
  ends_.emplace(std::move(merged_begin), std::move(merged_end));
}

void KnownGaps::Fill(absl::string_view key) {
  if (ends_.empty()) return;
  auto gap = ends_.upper_bound(key);
  if (gap == ends_.begin() || (--gap)->second <= key) return;
  std::string after(key);
  after.push_back('\0');
  std::string end = std::move(gap->second);
  if (gap->first == key) {
    ends_.erase(gap);
  } else {
    gap->second = std::string(key);
  }
  if (after < end) ends_.emplace(std::move(after), std::move(end));
}

absl::string_view KnownGaps::FirstAfter(absl::string_view begin) const {
  const auto next = ends_.upper_bound(begin);
  if (next == ends_.begin()) return begin;
  const absl::string_view end = std::prev(next)->second;
  return end > begin ? end : begin;
}

absl::string_view KnownGaps::LastBefore(absl::string_view end) const {
  const auto next = ends_.lower_bound(end);
  if (next == ends_.begin()) return end;
  const auto gap = std::prev(next);
  return gap->second >= end ? absl::string_view(gap->first) : end;
}

}  // namespace redress::storage
