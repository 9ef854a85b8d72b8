#include "engine/rules/pattern_set.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "base/check.h"

namespace redress::engine {
namespace {

// Memory that the matcher may use: in proportion to its patterns, so that small playbooks stay
// small.
constexpr int64_t kMemoryMin = int64_t{8} << 20;
constexpr int64_t kMemoryMax = int64_t{96} << 20;
constexpr int64_t kMemoryPerPattern = int64_t{256} << 10;

}  // namespace

struct PatternSet::Matcher {
  RE2::Set set;
  bool is_usable = false;
};

PatternSet::PatternSet() = default;
PatternSet::~PatternSet() = default;

int PatternSet::Add(absl::string_view pattern) {
  CHECK(matcher_ == nullptr);
  const auto [known, is_new] =
      numbers_.try_emplace(std::string(pattern), static_cast<int>(numbers_.size()));
  if (is_new) patterns_.emplace_back(pattern);
  return known->second;
}

std::optional<int> PatternSet::NumberOf(absl::string_view pattern) const {
  const auto found = numbers_.find(pattern);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void PatternSet::Build() {
  CHECK(matcher_ == nullptr);
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(std::clamp(static_cast<int64_t>(patterns_.size()) * kMemoryPerPattern,
                                 kMemoryMin, kMemoryMax));
  matcher_ = std::make_unique<Matcher>(Matcher{RE2::Set(options, RE2::UNANCHORED)});
  for (const std::string& pattern : patterns_) CHECK(matcher_->set.Add(pattern, nullptr) >= 0);
  matcher_->is_usable = matcher_->set.Compile();
}

std::optional<std::vector<bool>> PatternSet::Scan(absl::string_view text) const {
  CHECK(matcher_ != nullptr);
  std::vector<bool> matches(patterns_.size());
  if (patterns_.empty()) return matches;
  if (!matcher_->is_usable) return std::nullopt;
  std::vector<int> numbers;
  RE2::Set::ErrorInfo error{RE2::Set::kNoError};
  if (!matcher_->set.Match(re2::StringPiece(text.data(), text.size()), &numbers, &error) &&
      error.kind != RE2::Set::kNoError) {
    return std::nullopt;
  }
  for (const int number : numbers) matches[number] = true;
  return matches;
}

}  // namespace redress::engine
