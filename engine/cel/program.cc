#include "engine/cel/program.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "engine/cel/runner.h"

namespace redress::cel {
namespace {

using google::protobuf::FieldDescriptor;

// What kind of values a field has that a demand can be about; kAbsent: no such kind.
Kind DemandableKind(const FieldDescriptor& field) {
  if (field.is_repeated()) return Kind::kAbsent;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_STRING ? Kind::kString : Kind::kAbsent;
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: return Kind::kInt;
    default: return Kind::kAbsent;
  }
}

}  // namespace

Value Program::Run(const Activation& activation, Arena& arena, uint64_t steps_max) const {
  return Runner(*this, activation, arena, steps_max).Eval(root_);
}

std::vector<std::vector<Demand>> Program::Alternatives() const {
  const auto terms_of = [this](uint32_t id, Op op) {
    const PlanNode& node = nodes_[id];
    if (node.op != op) return std::vector<uint32_t>{id};
    return std::vector<uint32_t>(&children_[node.first], &children_[node.first] + node.count);
  };
  std::vector<std::vector<Demand>> alternatives;
  for (const uint32_t alternative : terms_of(root_, Op::kOr)) {
    std::vector<Demand>& demands = alternatives.emplace_back();
    for (const uint32_t term : terms_of(alternative, Op::kAnd)) AddDemands(term, demands);
  }
  return alternatives;
}

void Program::AddDemands(uint32_t term, std::vector<Demand>& demands) const {
  const PlanNode& node = nodes_[term];
  const auto add = [&](const PlanNode& field, absl::Span<const Value> values, bool is_prefix) {
    if (field.op != Op::kVariableField) return;
    const FieldDescriptor* descriptor = fields_[field.table].field;
    const Kind kind = DemandableKind(*descriptor);
    if (kind == Kind::kAbsent || (is_prefix && kind != Kind::kString)) return;
    const auto is_of_kind = [kind](const Value& value) { return value.Is(kind); };
    if (std::all_of(values.begin(), values.end(), is_of_kind))
      demands.push_back({descriptor, values, is_prefix});
  };
  if (node.count != 2) return;
  const PlanNode& left = nodes_[children_[node.first]];
  const PlanNode& right = nodes_[children_[node.first + 1]];
  if (node.op == Op::kEqual && left.op == Op::kConstant)
    return add(right, absl::MakeConstSpan(&left.value, 1), false);
  if (right.op != Op::kConstant) return;
  const absl::Span<const Value> one = absl::MakeConstSpan(&right.value, 1);
  if (node.op == Op::kEqual) add(left, one, false);
  if (node.op == Op::kIn && right.value.Is(Kind::kList)) add(left, right.value.AsList(), false);
  if (node.op == Op::kCall && calls_[node.index].function == "startsWith") add(left, one, true);
}

}  // namespace redress::cel
