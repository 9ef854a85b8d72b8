// The abstract syntax tree of an expression, and how to walk it.
//
// Nodes live in one vector and refer to each other by index, so a tree is moved and destroyed
// without recursion. A node has one parent at most. Some nodes may be unreachable from the root:
// what a macro replaced.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace redress::cel {

using ExprId = uint32_t;
inline constexpr ExprId kNoExpr = UINT32_MAX;

// Longest path from the root to a leaf. Every recursion over a tree is bounded by it.
inline constexpr uint32_t kDepthMax = 250;
inline constexpr size_t kNodesMax = 100'000;
inline constexpr size_t kSourceBytesMax = 1 << 20;

struct NullLiteral {
  bool operator==(const NullLiteral&) const { return true; }
};
struct BytesLiteral {
  std::string bytes;
  bool operator==(const BytesLiteral& other) const { return bytes == other.bytes; }
};
using Literal =
    std::variant<NullLiteral, bool, int64_t, uint64_t, double, std::string, BytesLiteral>;

struct Identifier {
  std::string name;  // starts with '.' when written so: looked up outside the container only
};

struct Select {
  ExprId operand;
  std::string field;
  bool is_test = false;  // has(operand.field)
};

// A function, a method (with a target) or an operator (named as below).
struct Call {
  std::string function;
  ExprId target = kNoExpr;
  std::vector<ExprId> arguments;
};

struct ListLiteral {
  struct Element {
    ExprId value;
    bool is_optional = false;
  };
  std::vector<Element> elements;
};

struct MapLiteral {
  struct Entry {
    ExprId key;
    ExprId value;
    bool is_optional = false;
  };
  std::vector<Entry> entries;
};

struct MessageLiteral {
  struct Field {
    uint32_t offset;  // of the colon
    std::string name;
    ExprId value;
    bool is_optional = false;
  };
  std::string type_name;
  std::vector<Field> fields;
};

// What macros expand into. For each element of `range`, while `condition` holds, the accumulator
// becomes `step`; at the end the whole is `result`. With one variable it is the element of a list
// or the key of a map; with two they are index and element, or key and value.
struct Comprehension {
  std::string variable;
  std::string second_variable;  // may be empty
  ExprId range;
  std::string accumulator;
  ExprId initial;
  ExprId condition;
  ExprId step;
  ExprId result;
};

using ExprNode = std::variant<Literal, Identifier, Select, Call, ListLiteral, MapLiteral,
                              MessageLiteral, Comprehension>;

struct Expr {
  uint32_t offset;  // where it is in the text: an operator's sign, a call's parenthesis, a
                    // selection's dot
  uint32_t height;  // 1 for a leaf
  ExprNode node;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

// Operators are calls of functions with these names.
namespace operators {
inline constexpr absl::string_view kAnd = "_&&_";
inline constexpr absl::string_view kOr = "_||_";
inline constexpr absl::string_view kNot = "!_";
inline constexpr absl::string_view kConditional = "_?_:_";
inline constexpr absl::string_view kEqual = "_==_";
inline constexpr absl::string_view kNotEqual = "_!=_";
inline constexpr absl::string_view kLess = "_<_";
inline constexpr absl::string_view kLessOrEqual = "_<=_";
inline constexpr absl::string_view kGreater = "_>_";
inline constexpr absl::string_view kGreaterOrEqual = "_>=_";
inline constexpr absl::string_view kIn = "@in";
inline constexpr absl::string_view kAdd = "_+_";
inline constexpr absl::string_view kSubtract = "_-_";
inline constexpr absl::string_view kMultiply = "_*_";
inline constexpr absl::string_view kDivide = "_/_";
inline constexpr absl::string_view kModulo = "_%_";
inline constexpr absl::string_view kNegate = "-_";
inline constexpr absl::string_view kIndex = "_[_]";
inline constexpr absl::string_view kOptionalIndex = "_[?_]";
inline constexpr absl::string_view kOptionalSelect = "_?._";
inline constexpr absl::string_view kNotStrictlyFalse = "@not_strictly_false";
}  // namespace operators

class Ast {
 public:
  explicit Ast(std::string text) : text_(std::move(text)) {}

  // Adds a node whose children are already there. The height of the result may exceed kDepthMax:
  // the parser looks.
  ExprId Add(uint32_t offset, ExprNode node);

  const Expr& operator[](ExprId id) const { return nodes_[id]; }
  size_t size() const { return nodes_.size(); }
  const std::string& text() const { return text_; }

  ExprId root() const { return root_; }
  void set_root(ExprId root) { root_ = root; }

  // Turns the selection `id` into has(). REQUIRES: it is a Select.
  void MakeTest(ExprId id, uint32_t offset);

  // "a.b.c" when the expression is an identifier followed by selections only, else the empty
  // string.
  std::string QualifiedName(ExprId id) const;

 private:
  std::string text_;
  std::vector<Expr> nodes_;
  ExprId root_ = kNoExpr;
};

// Calls visit(child) for each direct child, in the order of the text.
template <typename Visit>
void ForEachChild(const Expr& expr, Visit&& visit) {
  if (const auto* select = expr.As<Select>()) {
    visit(select->operand);
  } else if (const auto* call = expr.As<Call>()) {
    if (call->target != kNoExpr) visit(call->target);
    for (ExprId argument : call->arguments) visit(argument);
  } else if (const auto* list = expr.As<ListLiteral>()) {
    for (const auto& element : list->elements) visit(element.value);
  } else if (const auto* map = expr.As<MapLiteral>()) {
    for (const auto& entry : map->entries) {
      visit(entry.key);
      visit(entry.value);
    }
  } else if (const auto* message = expr.As<MessageLiteral>()) {
    for (const auto& field : message->fields) visit(field.value);
  } else if (const auto* fold = expr.As<Comprehension>()) {
    for (ExprId child : {fold->range, fold->initial, fold->condition, fold->step, fold->result}) {
      visit(child);
    }
  }
}

}  // namespace redress::cel
