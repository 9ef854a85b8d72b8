#include "engine/rules/condition_compiler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/cel/issue.h"
#include "engine/cel/planner.h"

namespace redress::engine {

std::optional<cel::Program> ConditionCompiler::Condition(RuleTable table, int row,
                                                         const std::string& condition) {
  if (condition.empty()) return std::nullopt;
  std::optional<cel::Program> program = Expression(table, row, condition);
  if (!program.has_value()) return std::nullopt;
  const cel::Type& type = program->type();
  if (type.Is(cel::TypeKind::kBool) || type.IsDyn()) return program;
  Fail(table, row, condition, 0,
       absl::StrCat("a condition is true or false, but this is ", type.ToString()));
  return std::nullopt;
}

std::optional<cel::Program> ConditionCompiler::Expression(RuleTable table, int row,
                                                          const std::string& expression) {
  cel::Outcome<cel::Program> program = cel::Compile(expression, environment_);
  for (const cel::Issue& issue : program.issues()) faults_.push_back({table, row, issue});
  if (!program.ok()) return std::nullopt;
  return std::move(program).value();
}

void ConditionCompiler::Fail(RuleTable table, int row, const std::string& expression,
                             uint32_t offset, std::string message) {
  cel::IssueList issues(expression);
  issues.Add(offset, std::move(message));
  faults_.push_back({table, row, std::move(issues).Take().front()});
}

}  // namespace redress::engine
