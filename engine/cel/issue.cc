#include "engine/cel/issue.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace redress::cel {
namespace {

constexpr size_t kNameBytesMax = 64;

// Levenshtein distance where a swap of neighbours counts once, case ignored. Names are cut to
// kNameBytesMax.
size_t EditDistance(absl::string_view left, absl::string_view right) {
  left = left.substr(0, kNameBytesMax);
  right = right.substr(0, kNameBytesMax);
  std::vector<size_t> before_last;
  std::vector<size_t> last(right.size() + 1);
  for (size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    std::vector<size_t> row(right.size() + 1);
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const char a = absl::ascii_tolower(left[i - 1]);
      const char b = absl::ascii_tolower(right[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a == b ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a == absl::ascii_tolower(right[j - 2]) &&
                           b == absl::ascii_tolower(left[i - 2]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last[right.size()];
}

}  // namespace

std::string Render(const Issue& issue) {
  return absl::StrCat(issue.position.line, ":", issue.position.column, ": ", issue.message, "\n",
                      issue.excerpt);
}

std::string Render(absl::Span<const Issue> issues) {
  return absl::StrJoin(issues, "\n", [](std::string* out, const Issue& issue) {
    absl::StrAppend(out, Render(issue));
  });
}

void IssueList::Add(uint32_t offset, std::string message) {
  if (is_full()) return;
  for (const Issue& issue : issues_) {
    if (issue.offset == offset && issue.message == message) return;
  }
  Issue issue;
  issue.offset = offset;
  issue.position = PositionAt(text_, offset);
  issue.message = std::move(message);
  issue.excerpt = CaretExcerpt(text_, offset);
  const auto later =
      std::upper_bound(issues_.begin(), issues_.end(), offset,
                       [](uint32_t wanted, const Issue& other) { return wanted < other.offset; });
  issues_.insert(later, std::move(issue));
}

bool IssueList::HasIssueAt(uint32_t offset) const {
  return std::any_of(issues_.begin(), issues_.end(),
                     [&](const Issue& issue) { return issue.offset == offset; });
}

std::optional<std::string> ClosestName(absl::string_view name,
                                       absl::Span<const std::string> candidates) {
  // A third of the letters may be wrong: more would suggest names that only look alike.
  size_t best_distance = 1 + std::min<size_t>(3, (name.size() + 1) / 3);
  std::optional<std::string> best;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(name, candidate);
    if (distance >= best_distance || distance >= name.size()) continue;
    best_distance = distance;
    best = candidate;
  }
  return best;
}

std::string DidYouMean(absl::string_view name, absl::Span<const std::string> candidates) {
  const std::optional<std::string> closest = ClosestName(name, candidates);
  if (!closest.has_value()) return "";
  return absl::StrCat("; did you mean '", *closest, "'?");
}

}  // namespace redress::cel
