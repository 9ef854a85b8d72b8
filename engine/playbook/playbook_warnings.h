// What the author of a playbook may not have meant.
//
// Rows that never match, rows behind others that take everything, rows that take from each other,
// categories that only the last row takes, departments that no row leads to. A claim that something
// never happens follows from the conditions (row_coverage.h); one that something can happen comes
// with a sample that was decided by the very tables. What is beyond the check is said to be so.
//
// The check takes the categories of the taxonomy, and a new ticket or a reopened one, for all there
// is. Rows of `classify` are checked for what never matches and for what a later row always
// replaces.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/playbook/playbook.h"
#include "engine/rules/route.h"
#include "redress/v1/rule_review.pb.h"

namespace redress::engine {

// Warnings listed of one playbook.
inline constexpr size_t kPlaybookWarningsMax = 200;

// Rows of both tables that a playbook may have to be analysed.
inline constexpr int kRowsAnalysedMax = 5'000;

struct PlaybookWarnings {
  std::vector<redress::v1::PlaybookWarning> warnings;  // in the order of the text
  uint64_t left_out = 0;
  bool is_cut = false;  // too many rows, or too many steps: not all were compared
};

// REQUIRES: the compilation of `source` made a playbook.
PlaybookWarnings FindWarnings(absl::string_view source, const PlaybookCompilation& compilation);

// Whether a decided case shows what a warning says.
bool Shows(const redress::v1::PlaybookWarning& warning, const Matches& matches);

}  // namespace redress::engine
