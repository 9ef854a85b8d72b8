#include "engine/cel/program.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>

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
    case FieldDescriptor::CPPTYPE_INT64:
      return Kind::kInt;
    default:
      return Kind::kAbsent;
  }
}

struct Range {
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
};

// The whole numbers that are less, greater, and so on, than the bound. `is_turned`: the bound
// stands on the left. Nothing: another operator, another kind of bound, or no such number.
std::optional<Range> RangeOf(Op op, const Value& bound, bool is_turned) {
  if (!bound.Is(Kind::kInt)) return std::nullopt;
  const int64_t number = bound.AsInt();
  const bool is_less = op == Op::kLess || op == Op::kLessOrEqual;
  const bool is_strict = op == Op::kLess || op == Op::kGreater;
  if (!is_less && op != Op::kGreater && op != Op::kGreaterOrEqual) return std::nullopt;
  Range range;
  if (is_less != is_turned) {
    if (is_strict && number == INT64_MIN) return std::nullopt;
    range.max = is_strict ? number - 1 : number;
  } else {
    if (is_strict && number == INT64_MAX) return std::nullopt;
    range.min = is_strict ? number + 1 : number;
  }
  return range;
}

}  // namespace

Value Program::Run(const Activation& activation, Arena& arena, uint64_t steps_max) const {
  return Runner(*this, activation, arena, steps_max).Eval(root_);
}

std::vector<Alternative> Program::Alternatives() const {
  const auto terms_of = [this](uint32_t id, Op op) {
    const PlanNode& node = nodes_[id];
    if (node.op != op) return std::vector<uint32_t>{id};
    return std::vector<uint32_t>(&children_[node.first], &children_[node.first] + node.count);
  };
  std::vector<Alternative> alternatives;
  for (const uint32_t id : terms_of(root_, Op::kOr)) {
    Alternative& alternative = alternatives.emplace_back();
    const std::vector<uint32_t> terms = terms_of(id, Op::kAnd);
    for (const uint32_t term : terms) AddDemands(term, alternative.demands);
    alternative.is_whole = alternative.demands.size() == terms.size();
  }
  return alternatives;
}

std::vector<const FieldDescriptor*> Program::PathOf(const PlanNode& node) const {
  if (node.op == Op::kVariableField) return {fields_[node.table].field};
  if (node.op != Op::kField) return {};
  std::vector<const FieldDescriptor*> path = PathOf(nodes_[children_[node.first]]);
  if (!path.empty()) path.push_back(fields_[node.table].field);
  return path;
}

void Program::AddPresence(const PlanNode& node, std::vector<Demand>& demands) const {
  const PlanNode& owner = nodes_[children_[node.first]];
  std::vector<const FieldDescriptor*> path = PathOf(owner);
  if (node.table == kNoTable || (path.empty() && owner.op != Op::kVariable)) return;
  path.push_back(fields_[node.table].field);
  demands.push_back({.path = std::move(path), .kind = Demand::Kind::kHas, .values = {}});
}

void Program::AddDemands(uint32_t term, std::vector<Demand>& demands) const {
  const PlanNode& node = nodes_[term];
  if (node.op == Op::kHas) return AddPresence(node, demands);
  if (node.count != 2) return;
  const PlanNode& left = nodes_[children_[node.first]];
  const PlanNode& right = nodes_[children_[node.first + 1]];
  const bool is_turned = left.op == Op::kConstant;
  const PlanNode& field = is_turned ? right : left;
  const PlanNode& constant = is_turned ? left : right;
  Demand demand{PathOf(field), Demand::Kind::kAnyOf, absl::MakeConstSpan(&constant.value, 1)};
  if (constant.op != Op::kConstant || demand.path.empty()) return;
  const Kind kind = DemandableKind(*demand.path.back());
  if (kind == Kind::kAbsent) return;
  if (node.op == Op::kIn && !is_turned && constant.value.Is(Kind::kList)) {
    demand.values = constant.value.AsList();
  } else if (node.op == Op::kCall && !is_turned && kind == Kind::kString) {
    demand.function = calls_[node.index].function;
    demand.kind =
        demand.function == "startsWith" ? Demand::Kind::kPrefix : Demand::Kind::kCall;
    if (constant.value.Is(Kind::kList)) demand.values = constant.value.AsList();
  } else if (const std::optional<Range> range = RangeOf(node.op, constant.value, is_turned)) {
    demand.kind = Demand::Kind::kRange;
    demand.min = range->min;
    demand.max = range->max;
  } else if (node.op != Op::kEqual) {
    return;
  }
  if (std::all_of(demand.values.begin(), demand.values.end(),
                  [kind](const Value& value) { return value.Is(kind); }))
    demands.push_back(std::move(demand));
}

}  // namespace redress::cel
