// What is wrong with an expression, for the person who wrote it.
//
// Issues are values. Every phase reports all it finds, not only the first, up to kIssuesMax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cel/source.h"

namespace redress::cel {

inline constexpr size_t kIssuesMax = 100;

struct Issue {
  uint32_t offset = 0;  // in bytes of the expression's text
  Position position;
  std::string message;
  std::string excerpt;  // the line and a caret, see CaretExcerpt
};

// "3:14: no variable is named 'segmnt'", then the excerpt on two lines.
std::string Render(const Issue& issue);

// Every issue, each as above, separated by newlines.
std::string Render(absl::Span<const Issue> issues);

// Collects the issues of one text, in the order of their offsets, without repeats.
class IssueList {
 public:
  // `text` must outlive this object.
  explicit IssueList(absl::string_view text) : text_(text) {}

  // Ignored when the list is full or has the same message at the same offset.
  void Add(uint32_t offset, std::string message);

  bool empty() const { return issues_.empty(); }
  bool is_full() const { return issues_.size() >= kIssuesMax; }
  bool HasIssueAt(uint32_t offset) const;
  std::vector<Issue> Take() && { return std::move(issues_); }

 private:
  absl::string_view text_;
  std::vector<Issue> issues_;
};

// What a phase hands back: a value, or the issues that prevented one.
template <typename T>
class Outcome {
 public:
  Outcome(T value) : value_(std::move(value)) {}                      // NOLINT
  Outcome(std::vector<Issue> issues) : issues_(std::move(issues)) {}  // NOLINT

  bool ok() const { return value_.has_value(); }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }
  const std::vector<Issue>& issues() const { return issues_; }

 private:
  std::optional<T> value_;
  std::vector<Issue> issues_;
};

// The candidate that `name` is most likely a misspelling of, or nothing when none is close.
std::optional<std::string> ClosestName(absl::string_view name,
                                       absl::Span<const std::string> candidates);

// "; did you mean 'segment'?", or the empty string.
std::string DidYouMean(absl::string_view name, absl::Span<const std::string> candidates);

}  // namespace redress::cel
