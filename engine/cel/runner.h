// The evaluation of one program, once. Internal to the planner and to run.cc.
#pragma once

#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "engine/cel/function.h"
#include "engine/cel/map_builder.h"
#include "engine/cel/program.h"

namespace redress::cel {

class Runner {
 public:
  Runner(const Program& program, const Activation& activation, Arena& arena, uint64_t steps_max)
      : program_(program),
        activation_(activation),
        arena_(arena),
        steps_left_(steps_max),
        locals_(program.locals_) {}

  // The value of a node. Recursion is as deep as the tree, which the parser bounds.
  Value Eval(uint32_t id);

  uint64_t steps_left() const { return steps_left_; }

 private:
  uint32_t Child(const PlanNode& node, uint32_t i) const {
    return program_.children_[node.first + i];
  }
  CallContext Context(const PlanNode& node) {
    return CallContext(arena_, steps_left_, node.offset, activation_.host());
  }

  Value Fail(const PlanNode& node, absl::string_view message);
  Value NoOverload(const PlanNode& node);

  Value Variable(const PlanNode& node);
  Value FieldOf(const PlanNode& node, Value operand);
  Value Select(const PlanNode& node, Value operand);
  std::optional<bool> IsThere(const PlanNode& node, const Value& operand);
  Value Has(const PlanNode& node, Value operand);
  Value OptionalSelect(const PlanNode& node, Value operand);
  Value Some(const PlanNode& node, Value value);
  const Value* Find(const PlanNode& node, const Value& operand, const Value& index, Value& error);
  Value Index(const PlanNode& node);
  Value OptionalIndex(const PlanNode& node);
  Value OptionalIndex(const PlanNode& node, Value operand);
  Value OptionalOr(const PlanNode& node);
  Value Logical(const PlanNode& node, bool decisive);
  Value Not(const PlanNode& node);
  Value Conditional(const PlanNode& node);
  Value Equality(const PlanNode& node, bool expected);
  Value Order(const PlanNode& node);
  Value In(const PlanNode& node);
  Value Call(const PlanNode& node);
  std::optional<Value> Element(const PlanNode& node, uint32_t child, uint32_t entry);
  Value List(const PlanNode& node);
  Value Map(const PlanNode& node);
  Value Message(const PlanNode& node);
  template <typename Turn>
  Value ForEach(const PlanNode& node, const Value& range, Turn&& turn);
  Value Fold(const PlanNode& node);
  Value Passes(const PlanNode& node);
  Value Collect(const PlanNode& node);
  Value CollectMap(const PlanNode& node);
  Value AddEntry(const PlanNode& node, MapBuilder& builder);

  const Program& program_;
  const Activation& activation_;
  Arena& arena_;
  uint64_t steps_left_;
  absl::InlinedVector<Value, 8> locals_;
};

}  // namespace redress::cel
