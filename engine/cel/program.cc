#include "engine/cel/program.h"

#include <google/protobuf/descriptor.h>

#include "engine/cel/runner.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptor;

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated();
}

}  // namespace

Value Program::Run(const Activation& activation, Arena& arena, uint64_t steps_max) const {
  return Runner(*this, activation, arena, steps_max).Eval(root_);
}

std::vector<DemandedText> Program::DemandedTexts() const {
  std::vector<DemandedText> demands;
  const auto take = [&](const PlanNode& left, const PlanNode& right) {
    if (left.op != Op::kVariableField || right.op != Op::kConstant) return;
    const FieldDescriptor* field = fields_[left.table].field;
    if (IsText(*field) && right.value.Is(Kind::kString))
      demands.push_back({field, right.value.AsString()});
  };
  const auto take_either_way = [&](const PlanNode& term) {
    if (term.op != Op::kEqual) return;
    const PlanNode& left = nodes_[children_[term.first]];
    const PlanNode& right = nodes_[children_[term.first + 1]];
    take(left, right);
    take(right, left);
  };
  const PlanNode& root = nodes_[root_];
  if (root.op != Op::kAnd) take_either_way(root);
  for (uint32_t i = 0; root.op == Op::kAnd && i < root.count; ++i)
    take_either_way(nodes_[children_[root.first + i]]);
  return demands;
}

}  // namespace redress::cel
