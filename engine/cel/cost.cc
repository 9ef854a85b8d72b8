#include "engine/cel/cost.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace redress::cel {
namespace {

uint64_t SaturatingAdd(uint64_t left, uint64_t right) {
  uint64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? UINT64_MAX : sum;
}

uint64_t SaturatingMultiply(uint64_t left, uint64_t right) {
  uint64_t product = 0;
  return __builtin_mul_overflow(left, right, &product) ? UINT64_MAX : product;
}

// What is known of an expression: the steps that computing it takes, and how many elements or bytes
// its value has.
struct Bound {
  uint64_t cost = 0;
  uint64_t size = 0;
};

class Estimator {
 public:
  Estimator(const CheckedAst& checked, uint64_t unknown_size)
      : checked_(checked), unknown_size_(unknown_size) {}

  Bound Of(ExprId id) {
    return std::visit([&](const auto& node) { return Of(id, node); }, checked_.ast[id].node);
  }

 private:
  // Of a value that is computed from others in ways that are not followed.
  uint64_t UnknownSize(ExprId id) const {
    switch (checked_.types[id].kind()) {
      case TypeKind::kString:
      case TypeKind::kBytes:
      case TypeKind::kList:
      case TypeKind::kMap:
      case TypeKind::kDyn:
      case TypeKind::kAny:
        return unknown_size_;
      default:
        return 1;
    }
  }

  Bound Of(ExprId, const Literal& literal) {
    if (const auto* text = std::get_if<std::string>(&literal)) return {1, text->size()};
    if (const auto* bytes = std::get_if<BytesLiteral>(&literal)) return {1, bytes->bytes.size()};
    return {1, 1};
  }

  Bound Of(ExprId id, const Identifier& identifier) {
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
      if (local->first == identifier.name) return {1, UnknownSize(id) == 1 ? 1 : local->second};
    }
    return {1, UnknownSize(id)};
  }

  // Reading a repeated field costs as much as it has elements.
  Bound Of(ExprId id, const Select& select) {
    const uint64_t size = UnknownSize(id);
    return {SaturatingAdd(SaturatingAdd(Of(select.operand).cost, 1), size), size};
  }

  Bound Of(ExprId id, const Call& call) {
    uint64_t cost = 1;
    uint64_t sizes = 0;
    const auto add = [&](ExprId operand) {
      const Bound bound = Of(operand);
      cost = SaturatingAdd(cost, bound.cost);
      sizes = SaturatingAdd(sizes, bound.size);
    };
    if (call.target != kNoExpr) add(call.target);
    for (ExprId argument : call.arguments) add(argument);
    cost = SaturatingAdd(cost, sizes);
    const bool is_scalar = UnknownSize(id) == 1;
    return {cost, is_scalar ? 1 : std::max(sizes, UnknownSize(id))};
  }

  Bound Of(ExprId, const ListLiteral& list) {
    uint64_t cost = 1;
    for (const auto& element : list.elements) cost = SaturatingAdd(cost, Of(element.value).cost);
    return {cost, list.elements.size()};
  }

  Bound Of(ExprId, const MapLiteral& map) {
    uint64_t cost = 1;
    for (const auto& entry : map.entries) {
      cost = SaturatingAdd(cost, SaturatingAdd(Of(entry.key).cost, Of(entry.value).cost));
    }
    return {cost, map.entries.size()};
  }

  Bound Of(ExprId, const MessageLiteral& message) {
    uint64_t cost = 1;
    for (const auto& field : message.fields) cost = SaturatingAdd(cost, Of(field.value).cost);
    return {cost, 1};
  }

  Bound Of(ExprId id, const Comprehension& fold) {
    const Bound range = Of(fold.range);
    const Bound initial = Of(fold.initial);
    const size_t scope = locals_.size();
    // What a loop collects has no more elements than its range; a bound name is as large as its
    // value.
    const uint64_t collected = std::max(range.size, initial.size);
    locals_.emplace_back(fold.accumulator, collected);
    locals_.emplace_back(fold.variable, unknown_size_);
    locals_.emplace_back(fold.second_variable, unknown_size_);
    const uint64_t turn = SaturatingAdd(Of(fold.condition).cost, Of(fold.step).cost);
    locals_.resize(scope + 1);
    const Bound result = Of(fold.result);
    locals_.resize(scope);
    uint64_t cost = SaturatingAdd(range.cost, initial.cost);
    cost = SaturatingAdd(cost, SaturatingMultiply(range.size, turn));
    return {SaturatingAdd(cost, result.cost), result.size};
  }

  const CheckedAst& checked_;
  uint64_t unknown_size_;
  std::vector<std::pair<std::string, uint64_t>> locals_;
};

}  // namespace

uint64_t EstimateCost(const CheckedAst& checked, uint64_t unknown_size) {
  return Estimator(checked, unknown_size).Of(checked.ast.root()).cost;
}

}  // namespace redress::cel
