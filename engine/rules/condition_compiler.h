// Compiles the expressions of a playbook and gathers what is wrong with them. Internal to this
// folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cel/environment.h"
#include "engine/cel/program.h"
#include "engine/rules/rule_tables.h"

namespace redress::engine {

class ConditionCompiler {
 public:
  // The environment must outlive the compiler.
  explicit ConditionCompiler(const cel::Environment& environment) : environment_(environment) {}

  // The condition of a row. Nothing for a row without condition, or after noting faults.
  std::optional<cel::Program> Condition(RuleTable table, int row, const std::string& condition);

  // An expression of any type. Nothing after noting faults.
  std::optional<cel::Program> Expression(RuleTable table, int row, const std::string& expression);

  // Notes a fault at a byte of an expression.
  void Fail(RuleTable table, int row, const std::string& expression, uint32_t offset,
            std::string message);

  std::vector<ConditionFault> Take() && { return std::move(faults_); }

 private:
  const cel::Environment& environment_;
  std::vector<ConditionFault> faults_;
};

}  // namespace redress::engine
