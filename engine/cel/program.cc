#include "engine/cel/program.h"

#include <google/protobuf/descriptor.h>

#include <optional>

#include "engine/cel/runner.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptor;

bool IsText(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated();
}

// `field == text`, in either order; nothing for any other two nodes.
std::optional<DemandedText> DemandOf(const PlanNode& left, const PlanNode& right) {
  if (left.op == Op::kConstant && right.op == Op::kVariableField) return DemandOf(right, left);
  const bool is_text = left.op == Op::kVariableField && left.field != nullptr &&
                       IsText(*left.field) && right.op == Op::kConstant &&
                       right.value.Is(Kind::kString);
  if (!is_text) return std::nullopt;
  return DemandedText{left.field, right.value.AsString()};
}

}  // namespace

Value Program::Run(const Activation& activation, Arena& arena, uint64_t steps_max) const {
  return Runner(*this, activation, arena, steps_max).Eval(root_);
}

std::vector<DemandedText> Program::DemandedTexts() const {
  std::vector<DemandedText> demands;
  const auto take = [&](const PlanNode& term) {
    if (term.op != Op::kEqual) return;
    if (const auto demand = DemandOf(nodes_[children_[term.first]], nodes_[children_[term.first + 1]]))
      demands.push_back(*demand);
  };
  const PlanNode& root = nodes_[root_];
  if (root.op != Op::kAnd) take(root);
  for (uint32_t i = 0; root.op == Op::kAnd && i < root.count; ++i)
    take(nodes_[children_[root.first + i]]);
  return demands;
}

}  // namespace redress::cel
