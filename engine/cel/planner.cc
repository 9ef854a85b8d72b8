#include "engine/cel/planner.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "engine/cel/parser.h"
#include "engine/cel/runner.h"

namespace redress::cel {
namespace {

// What computing constants may cost; beyond it they are computed when the program runs.
constexpr size_t kConstantBytesMax = 4 << 20;
constexpr uint64_t kFoldingStepsMax = 10'000;

struct OperatorRow {
  absl::string_view function;
  Op op;
};

// Operators with a form of their own. The others, such as +, are plain calls.
constexpr OperatorRow kOperators[] = {
    {operators::kAnd, Op::kAnd},
    {operators::kOr, Op::kOr},
    {operators::kNot, Op::kNot},
    {operators::kConditional, Op::kConditional},
    {operators::kEqual, Op::kEqual},
    {operators::kNotEqual, Op::kNotEqual},
    {operators::kLess, Op::kLess},
    {operators::kLessOrEqual, Op::kLessOrEqual},
    {operators::kGreater, Op::kGreater},
    {operators::kGreaterOrEqual, Op::kGreaterOrEqual},
    {operators::kIn, Op::kIn},
    {operators::kIndex, Op::kIndex},
    {operators::kOptionalIndex, Op::kOptionalIndex},
    {operators::kNotStrictlyFalse, Op::kNotStrictlyFalse},
};

// The kind that the elements of a list must have and that its type does not promise already. Types
// that null fits promise nothing.
Kind ElementKind(const Type& parameter, const Type& argument) {
  if (!parameter.Is(TypeKind::kList)) return Kind::kAbsent;
  const Type& element = parameter.parameter(0);
  const bool is_promised = argument.Is(TypeKind::kList) && !element.Is(TypeKind::kOpaque) &&
                           !element.Is(TypeKind::kTimestamp) && !element.Is(TypeKind::kDuration) &&
                           argument.parameter(0).kind() == element.kind();
  return is_promised ? Kind::kAbsent : ParameterKind(element);
}

bool IsEmptyList(const Expr& expr) {
  const auto* list = expr.As<ListLiteral>();
  return list != nullptr && list->elements.empty();
}

bool IsEmptyMap(const Expr& expr) {
  const auto* map = expr.As<MapLiteral>();
  return map != nullptr && map->entries.empty();
}

bool IsTrue(const Expr& expr) {
  const auto* literal = expr.As<Literal>();
  return literal != nullptr && *literal == Literal(true);
}

bool IsNamed(const Expr& expr, absl::string_view name) {
  const auto* identifier = expr.As<Identifier>();
  return identifier != nullptr && identifier->name == name;
}

}  // namespace

class Planner {
 public:
  Planner(const CheckedAst& checked, const Environment& environment)
      : checked_(checked),
        ast_(checked.ast),
        environment_(environment),
        issues_(checked.ast.text()),
        nothing_(environment) {
    program_.constants_ = std::make_unique<Arena>(kConstantBytesMax);
    program_.type_ = checked.type();
  }

  Outcome<Program> Run() {
    program_.root_ = Plan(ast_.root());
    program_.NoteConjunction();
    if (!issues_.empty()) return std::move(issues_).Take();
    return std::move(program_);
  }

 private:
  uint32_t Plan(ExprId id) {
    return std::visit([&](const auto& node) { return Plan(id, node); }, ast_[id].node);
  }

  uint32_t Push(PlanNode node) {
    program_.nodes_.push_back(std::move(node));
    return static_cast<uint32_t>(program_.nodes_.size() - 1);
  }

  PlanNode NewNode(ExprId id, Op op) const {
    PlanNode node;
    node.op = op;
    node.offset = ast_[id].offset;
    return node;
  }

  // Adds a node over children. `is_foldable`: it depends on them only.
  uint32_t PushOver(PlanNode node, const std::vector<uint32_t>& children, bool is_foldable) {
    node.first = static_cast<uint32_t>(program_.children_.size());
    node.count = static_cast<uint32_t>(children.size());
    program_.children_.insert(program_.children_.end(), children.begin(), children.end());
    const bool is_constant =
        is_foldable && std::all_of(children.begin(), children.end(), [&](uint32_t child) {
          return child != kNoChild && program_.nodes_[child].op == Op::kConstant;
        });
    const uint32_t id = Push(std::move(node));
    return is_constant ? Fold(id) : id;
  }

  // Replaces a node over constants by its value. An error stays for the evaluation to find.
  uint32_t Fold(uint32_t id) {
    Runner runner(program_, nothing_, *program_.constants_, kFoldingStepsMax);
    const Value value = runner.Eval(id);
    if (value.IsError()) return id;
    PlanNode& node = program_.nodes_[id];
    node.op = Op::kConstant;
    node.value = value;
    return id;
  }

  uint32_t PushConstant(ExprId id, Value value) {
    PlanNode node = NewNode(id, Op::kConstant);
    node.value = value;
    return Push(std::move(node));
  }

  // A copy of text that lives as long as the program.
  absl::string_view Keep(absl::string_view text) {
    if (text.empty()) return "";
    char* copy = program_.constants_->AllocateArray<char>(text.size());
    if (copy == nullptr) {
      issues_.Add(0, "the constants of the expression take too much memory");
      return "";
    }
    std::memcpy(copy, text.data(), text.size());
    return absl::string_view(copy, text.size());
  }

  uint32_t Plan(ExprId id, const Literal& literal) {
    struct ToValue {
      Planner& planner;
      Value operator()(NullLiteral) { return Value::Null(); }
      Value operator()(bool value) { return Value::Bool(value); }
      Value operator()(int64_t value) { return Value::Int(value); }
      Value operator()(uint64_t value) { return Value::Uint(value); }
      Value operator()(double value) { return Value::Double(value); }
      Value operator()(const std::string& text) { return Value::String(planner.Keep(text)); }
      Value operator()(const BytesLiteral& b) { return Value::Bytes(planner.Keep(b.bytes)); }
    };
    return PushConstant(id, std::visit(ToValue{*this}, literal));
  }

  // Names.

  // The node for what a name refers to; nothing when it refers to nothing as a whole.
  std::optional<uint32_t> PlanReference(ExprId id) {
    const Reference& reference = checked_.references[id];
    if (const auto* variable = std::get_if<VariableReference>(&reference)) {
      PlanNode node = NewNode(id, Op::kVariable);
      node.index = variable->slot;
      return Push(std::move(node));
    }
    if (const auto* constant = std::get_if<ConstantReference>(&reference)) {
      return PushConstant(id, constant->value);
    }
    if (const auto* unknown = std::get_if<UnknownReference>(&reference)) {
      PlanNode node = NewNode(id, Op::kFail);
      node.value = Value::String(Keep(unknown->message));
      return Push(std::move(node));
    }
    return std::nullopt;
  }

  uint32_t Plan(ExprId id, const Identifier& identifier) {
    if (std::optional<uint32_t> planned = PlanReference(id)) return *planned;
    PlanNode node = NewNode(id, Op::kLocal);
    node.index = LocalOf(identifier.name);
    return Push(std::move(node));
  }

  uint32_t LocalOf(absl::string_view name) const {
    for (size_t i = locals_.size(); i > 0; --i) {
      if (locals_[i - 1] == name) return static_cast<uint32_t>(i - 1);
    }
    CHECK(false && "the checker knows every local");
    return 0;
  }

  uint32_t Plan(ExprId id, const Select& select) {
    const bool is_tolerated = std::holds_alternative<UnknownReference>(checked_.references[id]);
    if (!is_tolerated) {
      if (std::optional<uint32_t> planned = PlanReference(id)) return *planned;
    }
    PlanNode node = NewNode(id, select.is_test ? Op::kHas : Op::kSelect);
    node.value = Value::String(Keep(select.field));
    const Type& operand_type = checked_.types[select.operand];
    if (operand_type.Is(TypeKind::kMessage)) {
      node.table = NoteField(operand_type.descriptor(), select.field);
    }
    const uint32_t operand = Plan(select.operand);
    if (node.table != kNoTable && !select.is_test) {
      PlanNode& operand_node = program_.nodes_[operand];
      if (operand_node.op == Op::kVariable) {
        node.op = Op::kVariableField;
        node.index = operand_node.index;
        operand_node = std::move(node);
        return operand;
      }
      node.op = Op::kField;
    }
    return PushOver(std::move(node), {operand}, true);
  }

  uint32_t NoteField(const google::protobuf::Descriptor* descriptor, const std::string& name) {
    const google::protobuf::FieldDescriptor* field = descriptor->FindFieldByName(name);
    const google::protobuf::Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
    if (field == nullptr || prototype == nullptr) return kNoTable;
    program_.fields_.push_back({field, prototype->GetReflection(), &typeid(*prototype),
                                environment_.FindFieldReader(field)});
    return static_cast<uint32_t>(program_.fields_.size() - 1);
  }

  // Calls.

  uint32_t Plan(ExprId id, const Call& call) {
    if (std::optional<uint32_t> planned = PlanReference(id)) return *planned;
    if (call.function == operators::kAnd || call.function == operators::kOr) {
      return PlanLogical(id, call);
    }
    if (call.function == operators::kOptionalSelect) return PlanOptionalSelect(id, call);
    const auto* reference = std::get_if<CallReference>(&checked_.references[id]);
    CHECK(reference != nullptr);
    std::vector<ExprId> operands = call.arguments;
    if (reference->is_method) operands.insert(operands.begin(), call.target);
    std::vector<uint32_t> children;
    for (ExprId operand : operands) children.push_back(Plan(operand));
    for (const OperatorRow& row : kOperators) {
      if (row.function == call.function) {
        const uint32_t node = PushOver(NewNode(id, row.op), children, true);
        program_.NoteComparison(node);
        return node;
      }
    }
    if (std::optional<Op> lazy = LazyMethod(*reference, operands.size())) {
      return PushOver(NewNode(id, *lazy), children, true);
    }
    return PlanCallOf(id, *reference, operands, children);
  }

  // Methods of optionals whose argument counts only when there is no value.
  static std::optional<Op> LazyMethod(const CallReference& reference, size_t operands) {
    // A tolerant check lets a call with too few arguments through.
    if (reference.overloads.size() != 1 || operands != 2) return std::nullopt;
    const std::string& id = reference.overloads[0]->id;
    if (id == "optional_or_optional") return Op::kOptionalOr;
    if (id == "optional_or_value") return Op::kOptionalOrValue;
    return std::nullopt;
  }

  uint32_t PlanLogical(ExprId id, const Call& call) {
    std::vector<uint32_t> children;
    Flatten(id, call.function, children);
    const Op op = call.function == operators::kAnd ? Op::kAnd : Op::kOr;
    return PushOver(NewNode(id, op), children, true);
  }

  // The terms of a && b && c as siblings.
  void Flatten(ExprId id, const std::string& function, std::vector<uint32_t>& children) {
    const auto* call = ast_[id].As<Call>();
    if (call == nullptr || call->function != function) {
      children.push_back(Plan(id));
      return;
    }
    for (ExprId argument : call->arguments) Flatten(argument, function, children);
  }

  uint32_t PlanOptionalSelect(ExprId id, const Call& call) {
    const uint32_t operand = Plan(call.arguments[0]);
    PlanNode node = NewNode(id, Op::kOptionalSelect);
    const auto* field = std::get_if<std::string>(ast_[call.arguments[1]].As<Literal>());
    node.value = Value::String(Keep(field == nullptr ? "" : *field));
    return PushOver(std::move(node), {operand}, true);
  }

  uint32_t PlanCallOf(ExprId id, const CallReference& reference,
                      const std::vector<ExprId>& operands, const std::vector<uint32_t>& children) {
    PlanCall plan;
    plan.function = ast_[id].As<Call>()->function;
    bool is_foldable = true;
    for (const Overload* overload : reference.overloads) {
      if (overload->parameters.size() != children.size()) continue;
      if (overload->is_method != reference.is_method) continue;
      PlanOverload& planned = plan.overloads.emplace_back();
      planned.kinds.fill(Kind::kAbsent);
      planned.elements.fill(Kind::kAbsent);
      for (size_t i = 0; i < children.size(); ++i) {
        planned.kinds[i] = ParameterKind(overload->parameters[i]);
        planned.elements[i] = ElementKind(overload->parameters[i], checked_.types[operands[i]]);
      }
      planned.native = NativeFor(*overload, operands, children);
      is_foldable = is_foldable && overload->folding == Folding::kWhenConstant;
    }
    if (children.size() > kParametersMax || plan.overloads.empty()) {
      PlanNode node = NewNode(id, Op::kFail);
      node.value = Value::String("no such overload");
      return Push(std::move(node));
    }
    PlanNode node = NewNode(id, Op::kCall);
    node.index = static_cast<uint32_t>(program_.calls_.size());
    program_.calls_.push_back(std::move(plan));
    return PushOver(std::move(node), children, is_foldable);
  }

  // The function itself, or one made for the constants among the arguments.
  Native NativeFor(const Overload& overload, const std::vector<ExprId>& operands,
                   const std::vector<uint32_t>& children) {
    if (overload.prepare == nullptr) return overload.native;
    std::vector<const Value*> constants;
    for (size_t i = 0; i < children.size(); ++i) {
      const PlanNode& node = program_.nodes_[children[i]];
      const Kind needed = ParameterKind(overload.parameters[i]);
      const bool fits =
          node.op == Op::kConstant && (needed == Kind::kAbsent || needed == node.value.kind());
      constants.push_back(fits ? &node.value : nullptr);
    }
    Prepared prepared = overload.prepare(constants);
    if (!prepared.problem.empty()) {
      CHECK(prepared.argument < operands.size());
      issues_.Add(ast_[operands[prepared.argument]].offset, std::move(prepared.problem));
    }
    return prepared.native == nullptr ? overload.native : std::move(prepared.native);
  }

  // Literals.

  uint32_t NoteOptional(const std::vector<bool>& flags) {
    if (std::find(flags.begin(), flags.end(), true) == flags.end()) return kNoTable;
    program_.optional_entries_.push_back(flags);
    return static_cast<uint32_t>(program_.optional_entries_.size() - 1);
  }

  uint32_t Plan(ExprId id, const ListLiteral& list) {
    std::vector<uint32_t> children;
    std::vector<bool> flags;
    for (const auto& element : list.elements) {
      children.push_back(Plan(element.value));
      flags.push_back(element.is_optional);
    }
    PlanNode node = NewNode(id, Op::kList);
    node.table = NoteOptional(flags);
    return PushOver(std::move(node), children, true);
  }

  uint32_t Plan(ExprId id, const MapLiteral& map) {
    std::vector<uint32_t> children;
    std::vector<bool> flags;
    for (const auto& entry : map.entries) {
      children.push_back(Plan(entry.key));
      children.push_back(Plan(entry.value));
      flags.push_back(entry.is_optional);
    }
    PlanNode node = NewNode(id, Op::kMap);
    node.table = NoteOptional(flags);
    return PushOver(std::move(node), children, true);
  }

  uint32_t Plan(ExprId id, const MessageLiteral& literal) {
    const auto* reference = std::get_if<MessageReference>(&checked_.references[id]);
    if (reference == nullptr) return *PlanReference(id);
    PlanMessage plan;
    plan.prototype = environment_.message_factory()->GetPrototype(reference->descriptor);
    std::vector<uint32_t> children;
    std::vector<bool> flags;
    for (const auto& field : literal.fields) {
      children.push_back(Plan(field.value));
      flags.push_back(field.is_optional);
      plan.fields.push_back(reference->descriptor->FindFieldByName(field.name));
    }
    PlanNode node = NewNode(id, Op::kMessage);
    node.table = NoteOptional(flags);
    if (plan.prototype == nullptr) {
      node.op = Op::kFail;
      node.value = Value::String("messages of this type cannot be built");
      return Push(std::move(node));
    }
    node.index = static_cast<uint32_t>(program_.messages_.size());
    program_.messages_.push_back(std::move(plan));
    return PushOver(std::move(node), children, true);
  }

  // Comprehensions.

  uint32_t Plan(ExprId id, const Comprehension& fold) {
    std::vector<uint32_t> children = {Plan(fold.range)};
    const bool makes_list = IsEmptyList(ast_[fold.initial]);
    const bool collects = (makes_list || IsEmptyMap(ast_[fold.initial])) &&
                          IsTrue(ast_[fold.condition]) &&
                          IsNamed(ast_[fold.result], fold.accumulator);
    if (!collects) children.push_back(Plan(fold.initial));
    PlanFold plan;
    const size_t scope = locals_.size();
    plan.accumulator = AddLocal(fold.accumulator);
    plan.variable = AddLocal(fold.variable);
    plan.has_pairs = !fold.second_variable.empty();
    plan.second_variable = plan.has_pairs ? AddLocal(fold.second_variable) : 0;
    const size_t nodes_before = program_.nodes_.size();
    if (collects) {
      PlanCollected(fold, makes_list, children);
    } else {
      children.push_back(Plan(fold.condition));
      children.push_back(Plan(fold.step));
    }
    plan.steps_per_turn = static_cast<uint32_t>(program_.nodes_.size() - nodes_before) + 1;
    locals_.resize(scope + 1);
    if (!collects) children.push_back(Plan(fold.result));
    locals_.resize(scope);
    const Op op = !collects ? Op::kFold : makes_list ? Op::kCollect : Op::kCollectMap;
    PlanNode node = NewNode(id, op);
    node.index = static_cast<uint32_t>(program_.folds_.size());
    program_.folds_.push_back(plan);
    return PushOver(std::move(node), children, false);
  }

  uint32_t AddLocal(const std::string& name) {
    locals_.push_back(name);
    program_.locals_ = std::max(program_.locals_, static_cast<uint32_t>(locals_.size()));
    return static_cast<uint32_t>(locals_.size() - 1);
  }

  // The step of map(), filter() and the like: accumulator + [element], or an insertion, under a
  // condition or not.
  void PlanCollected(const Comprehension& fold, bool makes_list, std::vector<uint32_t>& children) {
    const auto* step = ast_[fold.step].As<Call>();
    CHECK(step != nullptr);
    uint32_t filter = kNoChild;
    if (step->function == operators::kConditional) {
      filter = Plan(step->arguments[0]);
      step = ast_[step->arguments[1]].As<Call>();
      CHECK(step != nullptr);
    }
    children.push_back(filter);
    if (makes_list) {
      children.push_back(Plan(ast_[step->arguments[1]].As<ListLiteral>()->elements[0].value));
      return;
    }
    const bool has_key = step->arguments.size() == 3;
    children.push_back(has_key ? Plan(step->arguments[1]) : kNoChild);
    children.push_back(Plan(step->arguments.back()));
  }

  const CheckedAst& checked_;
  const Ast& ast_;
  const Environment& environment_;
  IssueList issues_;
  Activation nothing_;
  Program program_;
  std::vector<std::string> locals_;
};

Outcome<Program> Plan(const CheckedAst& checked, const Environment& environment) {
  return Planner(checked, environment).Run();
}

Outcome<Program> Compile(std::string text, const Environment& environment) {
  Outcome<Ast> ast = Parse(std::move(text), environment.macros());
  if (!ast.ok()) return ast.issues();
  Outcome<CheckedAst> checked = Check(std::move(ast).value(), environment);
  if (!checked.ok()) return checked.issues();
  return Plan(checked.value(), environment);
}

}  // namespace redress::cel
