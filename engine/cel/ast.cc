#include "engine/cel/ast.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace redress::cel {

ExprId Ast::Add(uint32_t offset, ExprNode node) {
  Expr expr{offset, 1, std::move(node)};
  ForEachChild(expr, [&](ExprId child) {
    CHECK(child < nodes_.size());
    expr.height = std::max(expr.height, nodes_[child].height + 1);
  });
  nodes_.push_back(std::move(expr));
  return static_cast<ExprId>(nodes_.size() - 1);
}

void Ast::MakeTest(ExprId id, uint32_t offset) {
  auto* select = std::get_if<Select>(&nodes_[id].node);
  CHECK(select != nullptr);
  select->is_test = true;
  nodes_[id].offset = offset;
}

std::string Ast::QualifiedName(ExprId id) const {
  std::vector<absl::string_view> parts;
  while (const auto* select = nodes_[id].As<Select>()) {
    if (select->is_test) return "";
    parts.push_back(select->field);
    id = select->operand;
  }
  const auto* identifier = nodes_[id].As<Identifier>();
  if (identifier == nullptr) return "";
  std::string name = identifier->name;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) absl::StrAppend(&name, ".", *part);
  return name;
}

}  // namespace redress::cel
