#include "engine/cel/checker.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cel/type_unifier.h"

namespace redress::cel {
namespace {

// "+" for "_+_"; the empty string for what is no operator.
std::string OperatorSign(absl::string_view function) {
  if (function == operators::kIn) return "in";
  std::string sign;
  for (const char c : function) {
    if (absl::ascii_isalnum(c) || c == '@') return "";
    if (c != '_') sign += c;
  }
  return sign;
}

std::vector<std::string> FieldNames(const google::protobuf::Descriptor* descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    names.push_back(descriptor->field(i)->name());
  }
  return names;
}

class Checker {
 public:
  Checker(Ast ast, const Environment& environment, Strictness strictness)
      : environment_(environment), strictness_(strictness), issues_(text_) {
    text_ = ast.text();
    issues_ = IssueList(text_);
    result_.types.resize(ast.size());
    result_.references.resize(ast.size());
    result_.ast = std::move(ast);
  }

  Outcome<CheckedAst> Run() {
    Visit(result_.ast.root());
    for (Type& type : result_.types) type = unifier_.Finish(type);
    if (unifier_.is_exhausted()) {
      issues_.Add(At(result_.ast.root()).offset, "the types of the expression are too involved");
    }
    if (!issues_.empty()) return std::move(issues_).Take();
    return std::move(result_);
  }

 private:
  struct Local {
    std::string name;
    Type type;
  };

  const Expr& At(ExprId id) const { return result_.ast[id]; }

  // Reports an issue; in a tolerant check the expression is an error when it runs instead.
  Type Reject(ExprId id, uint32_t offset, std::string message) {
    if (strictness_ == Strictness::kTolerant) {
      result_.references[id] = UnknownReference{std::move(message)};
      return Type::Dyn();
    }
    issues_.Add(offset, std::move(message));
    return Type::Error();
  }

  // "; did you mean ...?", from the names that `names` gives; not looked for when nobody would see
  // it.
  template <typename Names>
  std::string Suggest(absl::string_view name, Names&& names) const {
    return issues_.is_full() ? "" : DidYouMean(name, names());
  }

  // Requires the type of `id`, already visited, to fit. In a tolerant check it may be anything.
  void Require(ExprId id, const Type& needed) {
    if (unifier_.Assign(needed, result_.types[id])) return;
    if (strictness_ == Strictness::kTolerant) return;
    issues_.Add(At(id).offset,
                absl::StrCat("a ", needed.ToString(), " is needed here, and this is ",
                             Name(result_.types[id])));
  }

  std::string Name(const Type& type) { return unifier_.Finish(type).ToString(); }

  const Type& Visit(ExprId id) {
    Type type = std::visit([&](const auto& node) { return Infer(id, node); }, At(id).node);
    result_.types[id] = std::move(type);
    return result_.types[id];
  }

  Type Infer(ExprId, const Literal& literal) {
    static const Type kTypes[] = {Type::Null(),   Type::Bool(),   Type::Int(),  Type::Uint(),
                                  Type::Double(), Type::String(), Type::Bytes()};
    return kTypes[literal.index()];
  }

  // Names.

  Type Infer(ExprId id, const Identifier& identifier) {
    if (std::optional<Type> type = Resolve(id, identifier.name)) return *std::move(type);
    return Reject(id, At(id).offset,
                  absl::StrCat("unknown name '", identifier.name, "'",
                               Suggest(identifier.name, [&] { return KnownNames(); })));
  }

  // Finds what a qualified name refers to and notes it at `id`. Variables of comprehensions hide
  // all others.
  std::optional<Type> Resolve(ExprId id, const std::string& name) {
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
      if (local->name != name) continue;
      result_.references[id] = LocalReference{};
      return local->type;
    }
    for (const std::string& candidate : environment_.Candidates(name)) {
      if (const Variable* variable = environment_.FindVariable(candidate)) {
        result_.references[id] = VariableReference{variable->slot};
        std::map<std::string, Type> names;
        return unifier_.Instantiate(variable->type, names);
      }
      if (const NamedConstant* constant = environment_.FindConstant(candidate)) {
        result_.references[id] = ConstantReference{constant->value};
        return constant->type;
      }
    }
    return std::nullopt;
  }

  std::vector<std::string> KnownNames() const {
    std::vector<std::string> names = environment_.VariableNames();
    for (const Local& local : locals_) {
      if (local.name[0] != '@' && local.name[0] != '#') names.push_back(local.name);
    }
    return names;
  }

  bool IsLocal(absl::string_view name) const {
    const absl::string_view first = name.substr(0, name.find('.'));
    for (const Local& local : locals_) {
      if (local.name == first) return true;
    }
    return false;
  }

  Type Infer(ExprId id, const Select& select) {
    // The longest qualified name wins: a.b.c may be a variable, and so may a.b.
    const std::string name = select.is_test ? "" : result_.ast.QualifiedName(id);
    if (!name.empty() && !IsLocal(name)) {
      if (std::optional<Type> type = Resolve(id, name)) return *std::move(type);
    }
    const Type operand = unifier_.Resolve(Visit(select.operand));
    const Type field = FieldOf(id, operand, select.field);
    return select.is_test ? Type::Bool() : field;
  }

  Type FieldOf(ExprId id, const Type& operand, const std::string& field) {
    switch (operand.kind()) {
      case TypeKind::kDyn:
      case TypeKind::kAny:
        return Type::Dyn();
      case TypeKind::kError:
        return Type::Error();
      case TypeKind::kVariable:
        unifier_.Assign(operand, Type::Dyn());
        return Type::Dyn();
      case TypeKind::kMap:
        return operand.parameter(1);
      case TypeKind::kMessage:
        return MessageField(id, At(id).offset, operand, field);
      default:
        break;
    }
    if (operand.IsOptional()) {
      const Type value = FieldOf(id, unifier_.Resolve(operand.parameter(0)), field);
      return value.Is(TypeKind::kError) ? value : Type::Optional(value);
    }
    return Reject(id, At(id).offset,
                  absl::StrCat("a value of type ", Name(operand), " has no fields"));
  }

  Type MessageField(ExprId id, uint32_t offset, const Type& message, const std::string& name) {
    const google::protobuf::Descriptor* descriptor = message.descriptor();
    if (const auto* field = descriptor->FindFieldByName(name)) return Type::Field(field);
    return Reject(id, offset,
                  absl::StrCat(descriptor->full_name(), " has no field '", name, "'",
                               Suggest(name, [&] { return FieldNames(descriptor); })));
  }

  // Calls.

  Type Infer(ExprId id, const Call& call) {
    if (call.function == operators::kAnd || call.function == operators::kOr) {
      return Logical(call);
    }
    if (call.function == operators::kOptionalSelect) return OptionalSelect(id, call);
    std::vector<ExprId> operands = call.arguments;
    bool is_method = false;
    const std::vector<const Overload*>* overloads = nullptr;
    std::string function = call.function;
    if (call.target == kNoExpr) {
      overloads = FindFunction(&function);
    } else {
      const std::string space = result_.ast.QualifiedName(call.target);
      std::string qualified = absl::StrCat(space, ".", call.function);
      if (!space.empty() && !IsLocal(space)) overloads = FindFunction(&qualified);
      if (overloads == nullptr) {
        is_method = true;
        operands.insert(operands.begin(), call.target);
        overloads = environment_.FindFunction(function);
      }
    }
    std::vector<Type> arguments;
    for (ExprId operand : operands) arguments.push_back(Visit(operand));
    if (overloads == nullptr) {
      return Reject(
          id, At(id).offset,
          absl::StrCat("unknown function '", call.function, "'",
                       Suggest(call.function, [&] { return environment_.FunctionNames(); })));
    }
    return Overloaded(id, *overloads, is_method, arguments);
  }

  const std::vector<const Overload*>* FindFunction(std::string* name) {
    for (const std::string& candidate : environment_.Candidates(*name)) {
      if (const auto* overloads = environment_.FindFunction(candidate)) return overloads;
    }
    return nullptr;
  }

  Type Logical(const Call& call) {
    for (ExprId argument : call.arguments) {
      Visit(argument);
      Require(argument, Type::Bool());
    }
    return Type::Bool();
  }

  Type OptionalSelect(ExprId id, const Call& call) {
    const Type operand = unifier_.Resolve(Visit(call.arguments[0]));
    Visit(call.arguments[1]);
    const auto* field = std::get_if<std::string>(At(call.arguments[1]).As<Literal>());
    const Type value = FieldOf(id, operand, field == nullptr ? "" : *field);
    if (value.Is(TypeKind::kError) || operand.IsOptional()) return value;
    return Type::Optional(value);
  }

  Type Overloaded(ExprId id, const std::vector<const Overload*>& overloads, bool is_method,
                  const std::vector<Type>& arguments) {
    CallReference reference;
    reference.is_method = is_method;
    std::optional<Type> result;
    for (const Overload* overload : overloads) {
      if (overload->is_method != is_method) continue;
      std::map<std::string, Type> names;
      std::vector<Type> parameters = overload->parameters;
      if (overload->is_generic) {
        for (Type& type : parameters) type = unifier_.Instantiate(type, names);
      }
      if (!unifier_.AssignAll(parameters, arguments)) continue;
      reference.overloads.push_back(overload);
      Type type = overload->is_generic
                      ? unifier_.Resolve(unifier_.Instantiate(overload->result, names))
                      : overload->result;
      if (!result.has_value()) {
        result = std::move(type);
      } else if (!(*result == type)) {
        result = Type::Dyn();
      }
    }
    if (!result.has_value()) return NoOverload(id, overloads, is_method, arguments);
    result_.references[id] = std::move(reference);
    return *std::move(result);
  }

  Type NoOverload(ExprId id, const std::vector<const Overload*>& overloads, bool is_method,
                  const std::vector<Type>& arguments) {
    if (strictness_ == Strictness::kTolerant) {
      result_.references[id] = CallReference{overloads, is_method};
      return Type::Dyn();
    }
    std::vector<std::string> names;
    for (const Type& argument : arguments) names.push_back(Name(argument));
    const std::string& function = overloads[0]->function;
    const std::string sign = OperatorSign(function);
    std::string message;
    if (!sign.empty()) {
      message = absl::StrCat("'", sign, "' does not work on ", absl::StrJoin(names, " and "));
    } else if (is_method) {
      const std::string target = names[0];
      names.erase(names.begin());
      message = absl::StrCat("no method ", function, "(", absl::StrJoin(names, ", "),
                             ") exists for ", target);
    } else {
      message = absl::StrCat("no function ", function, "(", absl::StrJoin(names, ", "), ") exists");
    }
    return Reject(id, At(id).offset, std::move(message));
  }

  // Literals.

  Type ElementType(ExprId value, bool is_optional) {
    const Type type = unifier_.Resolve(Visit(value));
    if (!is_optional || type.IsDyn()) return type;
    if (type.IsOptional()) return type.parameter(0);
    Require(value, Type::Optional(Type::Dyn()));
    return Type::Dyn();
  }

  void JoinInto(std::optional<Type>& joined, const Type& type) {
    joined = joined.has_value() ? unifier_.Join(*joined, type) : type;
  }

  Type Infer(ExprId, const ListLiteral& list) {
    std::optional<Type> joined;
    for (const auto& element : list.elements) {
      JoinInto(joined, ElementType(element.value, element.is_optional));
    }
    return Type::List(joined.has_value() ? *joined : unifier_.Fresh());
  }

  Type Infer(ExprId, const MapLiteral& map) {
    std::optional<Type> keys;
    std::optional<Type> values;
    for (const auto& entry : map.entries) {
      JoinInto(keys, Visit(entry.key));
      JoinInto(values, ElementType(entry.value, entry.is_optional));
    }
    return Type::Map(keys.has_value() ? *keys : unifier_.Fresh(),
                     values.has_value() ? *values : unifier_.Fresh());
  }

  Type Infer(ExprId id, const MessageLiteral& literal) {
    const google::protobuf::Descriptor* descriptor = nullptr;
    for (const std::string& candidate : environment_.Candidates(literal.type_name)) {
      descriptor = environment_.FindMessage(candidate);
      if (descriptor != nullptr) break;
    }
    if (descriptor == nullptr) {
      return Reject(
          id, At(id).offset,
          absl::StrCat("unknown message type '", literal.type_name, "'",
                       Suggest(literal.type_name, [&] { return environment_.MessageNames(); })));
    }
    result_.references[id] = MessageReference{descriptor};
    for (const auto& field : literal.fields) FieldValue(id, descriptor, field);
    return Type::Message(descriptor);
  }

  void FieldValue(ExprId id, const google::protobuf::Descriptor* descriptor,
                  const MessageLiteral::Field& field) {
    const Type given = ElementType(field.value, field.is_optional);
    const auto* declared = descriptor->FindFieldByName(field.name);
    if (declared == nullptr) {
      Reject(id, field.offset,
             absl::StrCat(descriptor->full_name(), " has no field '", field.name, "'",
                          Suggest(field.name, [&] { return FieldNames(descriptor); })));
      return;
    }
    const Type needed = Type::Field(declared);
    if (unifier_.Assign(needed, given) || strictness_ == Strictness::kTolerant) return;
    issues_.Add(field.offset, absl::StrCat("the field '", field.name, "' is ", needed.ToString(),
                                           ", and the value is ", Name(given)));
  }

  // Comprehensions.

  Type Infer(ExprId, const Comprehension& fold) {
    const Type range = unifier_.Resolve(Visit(fold.range));
    Type first = Type::Dyn();
    Type second = Type::Dyn();
    const bool pairs = !fold.second_variable.empty();
    switch (range.kind()) {
      case TypeKind::kList:
        first = pairs ? Type::Int() : range.parameter(0);
        second = range.parameter(0);
        break;
      case TypeKind::kMap:
        first = range.parameter(0);
        second = range.parameter(1);
        break;
      case TypeKind::kVariable:
        unifier_.Assign(range, Type::Dyn());
        break;
      case TypeKind::kDyn:
      case TypeKind::kAny:
      case TypeKind::kError:
        break;
      default:
        if (strictness_ == Strictness::kStrict) {
          issues_.Add(At(fold.range).offset,
                      absl::StrCat("a list or a map is needed here, and this is ", Name(range)));
          first = second = Type::Error();
        }
    }
    const Type accumulator = Visit(fold.initial);
    const size_t scope = locals_.size();
    locals_.push_back({fold.accumulator, accumulator});
    locals_.push_back({fold.variable, first});
    if (pairs) locals_.push_back({fold.second_variable, second});
    Visit(fold.condition);
    Require(fold.condition, Type::Bool());
    Visit(fold.step);
    Require(fold.step, accumulator);
    locals_.resize(scope + 1);
    const Type result = Visit(fold.result);
    locals_.resize(scope);
    return unifier_.Resolve(result);
  }

  std::string text_;
  const Environment& environment_;
  Strictness strictness_;
  IssueList issues_;
  CheckedAst result_{Ast(""), {}, {}};
  TypeUnifier unifier_;
  std::vector<Local> locals_;
};

}  // namespace

Outcome<CheckedAst> Check(Ast ast, const Environment& environment, Strictness strictness) {
  return Checker(std::move(ast), environment, strictness).Run();
}

}  // namespace redress::cel
