#include "engine/rules/rule_tables.h"

#include <utility>

#include "absl/strings/match.h"
#include "base/check.h"
#include "engine/rules/condition_compiler.h"
#include "engine/rules/derived_facts.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// What a match of this row sets on the ticket.
v1::Effects EffectsOf(const v1::RouteRule& rule, const v1::RouteRule& last) {
  v1::Effects effects;
  effects.set_level(rule.level());
  effects.set_department(rule.department());
  effects.set_record_only(rule.record());
  if (rule.record() && rule.level() == v1::LEVEL_UNSPECIFIED) effects.set_level(v1::LEVEL_RELAY);
  if (rule.record() && rule.department().empty()) effects.set_department(last.department());
  CHECK(!effects.department().empty());
  if (rule.has_first_answer()) *effects.mutable_first_answer() = rule.first_answer();
  if (rule.has_resolution()) *effects.mutable_resolution() = rule.resolution();
  effects.mutable_confirmation()->set_seconds(
      rule.has_confirmation() ? rule.confirmation().seconds() : kConfirmationDefaultSeconds);
  effects.mutable_reopen_window()->set_seconds(
      rule.has_reopen_window() ? rule.reopen_window().seconds() : kReopenWindowDefaultSeconds);
  return effects;
}

// A condition that names the field, or that may reach it through the whole message.
bool Counts(const std::string& condition) {
  return absl::StrContains(condition, "open_tickets") ||
         (absl::StrContains(condition, "customer") && !absl::StrContains(condition, "customer."));
}

template <typename Row>
std::vector<const cel::Program*> ConditionsOf(const std::vector<Row>& rows) {
  std::vector<const cel::Program*> conditions;
  for (const Row& row : rows) conditions.push_back(row.condition ? &*row.condition : nullptr);
  return conditions;
}

}  // namespace

absl::string_view RuleTableName(RuleTable table) {
  switch (table) {
    case RuleTable::kFacts:
      return "facts";
    case RuleTable::kClassify:
      return "classify";
    case RuleTable::kRoute:
      return "route";
  }
  CHECK(false);
  return "";
}

RuleTables::RuleTables(const v1::Playbook& playbook, std::string playbook_hash, ZoneFinder zones)
    : playbook_hash_(std::move(playbook_hash)), vocabulary_(std::move(zones)) {
  for (const v1::Category& category : playbook.taxonomy()) {
    if (!category.touchpoint().empty()) touchpoints_[category.id()] = category.touchpoint();
  }
  for (const v1::DerivedFact& fact : playbook.facts()) counts_open_tickets_ |= Counts(fact.is());
  for (const v1::ClassifyRule& rule : playbook.classify())
    counts_open_tickets_ |= Counts(rule.when());
  for (const v1::RouteRule& rule : playbook.route()) counts_open_tickets_ |= Counts(rule.when());
}

RuleTables::~RuleTables() = default;

RuleTablesCompilation RuleTables::Compile(const v1::Playbook& playbook, std::string playbook_hash,
                                          ZoneFinder zones) {
  CHECK(!playbook.route().empty());
  const v1::RouteRule& last = playbook.route(playbook.route_size() - 1);
  CHECK(last.when().empty());
  std::unique_ptr<RuleTables> tables(
      new RuleTables(playbook, std::move(playbook_hash), std::move(zones)));
  ConditionCompiler compiler(tables->vocabulary_.environment());
  tables->facts_ = CompileFacts(playbook, tables->vocabulary_, compiler);
  for (int i = 0; i < playbook.classify_size(); ++i) {
    const v1::ClassifyRule& rule = playbook.classify(i);
    tables->classify_.push_back({&rule, compiler.Condition(RuleTable::kClassify, i, rule.when())});
  }
  for (int i = 0; i < playbook.route_size(); ++i) {
    const v1::RouteRule& rule = playbook.route(i);
    tables->route_.push_back(
        {&rule, compiler.Condition(RuleTable::kRoute, i, rule.when()), EffectsOf(rule, last)});
  }
  RuleTablesCompilation compilation;
  compilation.faults = std::move(compiler).Take();
  if (!compilation.faults.empty()) return compilation;
  tables->vocabulary_.Seal();
  tables->classify_index_ = RowIndex(ConditionsOf(tables->classify_), RowIndex::Ticket::kChanges,
                                     tables->vocabulary_);
  tables->route_index_ =
      RowIndex(ConditionsOf(tables->route_), RowIndex::Ticket::kStays, tables->vocabulary_);
  compilation.tables = std::move(tables);
  return compilation;
}

absl::string_view RuleTables::DefaultTouchpoint(absl::string_view category) const {
  const auto found = touchpoints_.find(category);
  return found == touchpoints_.end() ? absl::string_view() : found->second;
}

std::vector<ConditionFault> CheckConditions(const v1::Playbook& playbook, ZoneFinder zones) {
  Vocabulary vocabulary(std::move(zones));
  ConditionCompiler compiler(vocabulary.environment());
  CompileFacts(playbook, vocabulary, compiler);
  for (int i = 0; i < playbook.classify_size(); ++i) {
    compiler.Condition(RuleTable::kClassify, i, playbook.classify(i).when());
  }
  for (int i = 0; i < playbook.route_size(); ++i) {
    compiler.Condition(RuleTable::kRoute, i, playbook.route(i).when());
  }
  return std::move(compiler).Take();
}

}  // namespace redress::engine
