#include <string>
#include <utility>

#include "engine/rules/first_false.h"
#include "engine/rules/route.h"
#include "engine/rules/route_walk.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

v1::RowExplanation ExplainRow(const JudgedRow& judged, const Vocabulary& vocabulary) {
  v1::RowExplanation row;
  row.set_table(std::string(RuleTableName(judged.table)));
  row.set_rule(std::string(judged.id));
  row.set_condition(std::string(judged.condition));
  row.set_matched(judged.is_match);
  row.set_error(std::string(judged.error));
  if (judged.is_match || !judged.error.empty()) return row;
  FirstFalse first_false = FindFirstFalse(judged.condition, vocabulary, judged.facts);
  row.set_first_false(std::move(first_false.part));
  for (auto& [name, value] : first_false.operands) {
    v1::OperandValue& operand = *row.add_operands();
    operand.set_name(std::move(name));
    operand.set_value(std::move(value));
  }
  return row;
}

}  // namespace

Explanation Explain(const RuleTables& tables, const RuleInput& input) {
  Explanation explanation;
  explanation.decision = WalkTables(tables, input, Visit::kEveryRow, [&](const JudgedRow& row) {
    explanation.rows.push_back(ExplainRow(row, tables.vocabulary()));
  });
  return explanation;
}

}  // namespace redress::engine
