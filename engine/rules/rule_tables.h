// The two tables of a playbook, ready to run.
//
// Immutable after compiling: any number of threads may route with one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/cel/issue.h"
#include "engine/cel/program.h"
#include "engine/rules/row_index.h"
#include "engine/rules/vocabulary.h"
#include "redress/v1/playbook.pb.h"

namespace redress::engine {

// When a route row names none.
inline constexpr int64_t kConfirmationDefaultSeconds = 7 * 24 * 3600;
inline constexpr int64_t kReopenWindowDefaultSeconds = 30 * 24 * 3600;

enum class RuleTable : uint8_t { kFacts, kClassify, kRoute };

// "facts", "classify" or "route".
absl::string_view RuleTableName(RuleTable table);

// What is wrong with the condition of a row, or with a fact.
struct ConditionFault {
  RuleTable table;
  int row;           // from 0
  cel::Issue issue;  // with its place inside the condition
};

struct DerivedFact;
struct RuleTablesCompilation;

class RuleTables {
 public:
  struct ClassifyRow {
    const redress::v1::ClassifyRule* rule;
    std::optional<cel::Program> condition;  // nothing: always
  };
  struct RouteRow {
    const redress::v1::RouteRule* rule;
    std::optional<cel::Program> condition;
    // What a match sets; category, severity, touchpoint and segment come from the ticket.
    redress::v1::Effects effects;
  };

  ~RuleTables();

  // Compiles every condition. `playbook_hash` is what decisions will carry. The playbook must
  // outlive the tables. REQUIRES: the route table ends in a row without condition that names a
  // department.
  // `zones` finds the rules of the zones that conditions name; without it they are the system's.
  static RuleTablesCompilation Compile(const redress::v1::Playbook& playbook,
                                       std::string playbook_hash, ZoneFinder zones = nullptr);

  const std::string& playbook_hash() const { return playbook_hash_; }
  const std::vector<ClassifyRow>& classify() const { return classify_; }
  const std::vector<RouteRow>& route() const { return route_; }
  // Which of their rows may match an issue.
  const RowIndex& classify_index() const { return classify_index_; }
  const RowIndex& route_index() const { return route_index_; }
  // Each comes after those that it uses.
  const std::vector<DerivedFact>& facts() const { return facts_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }

  // Whether some condition may look at how many open tickets the customer has, which costs a count.
  bool counts_open_tickets() const { return counts_open_tickets_; }

  // Whether some condition or fact may look at what the reporter wrote or how to reach them, which
  // is stored apart from the issue and may be erased.
  bool reads_words() const { return reads_words_; }

  // The touchpoint that the taxonomy gives to a category; empty: none.
  absl::string_view DefaultTouchpoint(absl::string_view category) const;

 private:
  RuleTables(const redress::v1::Playbook& playbook, std::string playbook_hash, ZoneFinder zones);

  std::string playbook_hash_;
  // Notes what the expression of a row or fact may look at.
  void NoteReads(const cel::Program& program);

  bool counts_open_tickets_ = false;
  bool reads_words_ = false;
  Vocabulary vocabulary_;
  std::vector<DerivedFact> facts_;
  std::vector<ClassifyRow> classify_;
  std::vector<RouteRow> route_;
  RowIndex classify_index_;
  RowIndex route_index_;
  absl::flat_hash_map<absl::string_view, absl::string_view> touchpoints_;
};

// The tables, or what keeps them from being made.
struct RuleTablesCompilation {
  std::unique_ptr<const RuleTables> tables;  // nullptr exactly when there are faults
  std::vector<ConditionFault> faults;
};

// What is wrong with the conditions of a playbook that may have other faults; empty: nothing.
std::vector<ConditionFault> CheckConditions(const redress::v1::Playbook& playbook,
                                            ZoneFinder zones = nullptr);

}  // namespace redress::engine
