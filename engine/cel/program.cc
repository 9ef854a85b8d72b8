#include "engine/cel/program.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>


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

bool IsOrder(Op op) {
  return op == Op::kLess || op == Op::kLessOrEqual || op == Op::kGreater ||
         op == Op::kGreaterOrEqual;
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

bool Program::MayRead(Slot variable, absl::Span<const FieldDescriptor* const> fields) const {
  const auto is_asked_for = [&](const PlanNode& node) {
    return std::find(fields.begin(), fields.end(), fields_[node.table].field) != fields.end();
  };
  // Where the variable itself stands, all of it may be read, but for a test of one known field.
  std::vector<bool> is_tested(nodes_.size());
  for (const PlanNode& node : nodes_) {
    if (node.op != Op::kHas || node.table == kNoTable) continue;
    if (!is_asked_for(node)) is_tested[children_[node.first]] = true;
  }
  for (size_t id = 0; id < nodes_.size(); ++id) {
    const PlanNode& node = nodes_[id];
    if (node.index != variable) continue;
    if (node.op == Op::kVariable && !is_tested[id]) return true;
    if (node.op == Op::kVariableField && is_asked_for(node)) return true;
  }
  return false;
}

void Program::NoteComparison(uint32_t id) {
  PlanNode& node = nodes_[id];
  if (node.op != Op::kEqual && node.op != Op::kNotEqual && !IsOrder(node.op)) return;
  const PlanNode& constant = nodes_[children_[node.first + 1]];
  const Kind kind = constant.value.kind();
  if (constant.op != Op::kConstant) return;
  const bool is_whole_number = kind == Kind::kInt || kind == Kind::kUint;
  if (!is_whole_number && (kind != Kind::kString || IsOrder(node.op))) return;
  PlanComparison comparison{.op = node.op, .constant = constant.value};
  if (!FindPath(nodes_[children_[node.first]], comparison)) return;
  node.table = static_cast<uint32_t>(comparisons_.size());
  comparisons_.push_back(comparison);
}

// Fills in the path to a field of a variable; false: it is none, or has no readers.
bool Program::FindPath(const PlanNode& node, PlanComparison& comparison) const {
  if (node.op != Op::kVariableField && node.op != Op::kField) return false;
  const PlanField& field = fields_[node.table];
  if (node.op == Op::kVariableField) {
    comparison.slot = node.index;
    comparison.message_class = field.message_class;
  } else if (!FindPath(nodes_[children_[node.first]], comparison)) {
    return false;
  }
  if (field.reader == nullptr || comparison.depth == kComparedPathMax) return false;
  comparison.path[comparison.depth++] = field.reader;
  return true;
}

void Program::NoteConjunction() {
  const PlanNode& root = nodes_[root_];
  const auto is_compared = [](const PlanNode& node) {
    return node.table != kNoTable &&
           (node.op == Op::kEqual || node.op == Op::kNotEqual || IsOrder(node.op));
  };
  if (root.op != Op::kAnd) {
    is_conjunction_ = is_compared(root);
    return;
  }
  const auto terms = absl::MakeConstSpan(children_).subspan(root.first, root.count);
  is_conjunction_ = std::all_of(terms.begin(), terms.end(),
                                [&](uint32_t term) { return is_compared(nodes_[term]); });
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
