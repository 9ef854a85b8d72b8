// The walk over both tables that deciding and explaining share, so that they cannot disagree.
// Internal to this folder.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "engine/rules/route.h"
#include "engine/rules/vocabulary.h"

namespace redress::engine {

// How one row was judged.
struct JudgedRow {
  RuleTable table;
  absl::string_view id;
  absl::string_view condition;  // empty: none
  bool is_match;
  absl::string_view error;     // why it could not be judged; empty: it could
  const DecisionFacts& facts;  // as the condition saw them
};

// Which rows a walk goes to. A row that the index rules out does not match, whoever looks at it.
enum class Visit {
  kCandidates,
  kEveryRow,        // also those that the index rules out
  kAllCandidates,  // of the route table also those behind the one that decides
};

// Decides, and shows the rows that it goes to to `look`, each before its effects apply.
redress::v1::Decision WalkTables(const RuleTables& tables, const RuleInput& input, Visit visit,
                                 absl::FunctionRef<void(const JudgedRow&)> look);

}  // namespace redress::engine
