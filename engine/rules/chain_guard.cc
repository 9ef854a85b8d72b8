#include "engine/rules/chain_guard.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "engine/cel/arena.h"
#include "engine/cel/environment.h"
#include "engine/cel/parser.h"
#include "engine/cel/planner.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

constexpr absl::string_view kTicket = "ticket";

struct GuardWords {
  cel::Environment environment;
  cel::Slot ticket;

  GuardWords() {
    ticket = environment.AddVariable(std::string(kTicket),
                                     cel::Type::Message(v1::ChainFacts::descriptor()));
    cel::AddStringsExtension(environment);
    cel::AddMathExtension(environment);
    for (const google::protobuf::EnumDescriptor* type :
         {v1::IssueKind_descriptor(), v1::Severity_descriptor(), v1::Level_descriptor()}) {
      for (const std::string& name : ShortNames(*type))
        environment.AddConstant(name, cel::Type::Int(),
                                cel::Value::Int(NumberOfShortName(*type, name).value()));
    }
  }
};

const GuardWords& Words() {
  static const auto& words = *new GuardWords();
  return words;
}

cel::Issue IssueAt(const std::string& guard, std::string message) {
  cel::IssueList issues(guard);
  issues.Add(0, std::move(message));
  return std::move(issues).Take().front();
}

// The fields of the ticket that the expression names, each once.
void CollectFields(const cel::Ast& ast, cel::ExprId id,
                   std::vector<const google::protobuf::FieldDescriptor*>& fields) {
  const std::string name = ast.QualifiedName(id);
  absl::string_view field_name = name;
  if (absl::ConsumePrefix(&field_name, "ticket.")) {
    const auto* field = v1::ChainFacts::descriptor()->FindFieldByName(
        std::string(field_name.substr(0, field_name.find('.'))));
    const bool is_new =
        field != nullptr && std::find(fields.begin(), fields.end(), field) == fields.end();
    if (is_new) fields.push_back(field);
    return;
  }
  cel::ForEachChild(ast[id], [&](cel::ExprId child) { CollectFields(ast, child, fields); });
}

// Whether it mentions the ticket at all.
bool MentionsTicket(const cel::Ast& ast, cel::ExprId id) {
  const auto* name = ast[id].As<cel::Identifier>();
  if (name != nullptr) return name->name == kTicket || name->name == ".ticket";
  bool mentions = false;
  cel::ForEachChild(ast[id],
                    [&](cel::ExprId child) { mentions |= MentionsTicket(ast, child); });
  return mentions;
}

std::string ValueText(const v1::ChainFacts& facts,
                      const google::protobuf::FieldDescriptor& field) {
  using Field = google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *facts.GetReflection();
  switch (field.cpp_type()) {
    case Field::CPPTYPE_STRING:
      return absl::StrCat("\"", reflection.GetString(facts, &field), "\"");
    case Field::CPPTYPE_BOOL: return reflection.GetBool(facts, &field) ? "true" : "false";
    case Field::CPPTYPE_INT32: return absl::StrCat(reflection.GetInt32(facts, &field));
    case Field::CPPTYPE_ENUM: return ShortName(*reflection.GetEnum(facts, &field));
    default: return absl::StrCat(facts.age().seconds(), "s");
  }
}

}  // namespace

std::vector<cel::Issue> CheckGuard(const std::string& guard) {
  const cel::Environment& environment = Words().environment;
  const cel::Outcome<cel::Program> program = cel::Compile(guard, environment);
  if (!program.ok()) return program.issues();
  const cel::Type& type = program.value().type();
  if (!type.Is(cel::TypeKind::kBool) && !type.IsDyn())
    return {IssueAt(guard, absl::StrCat("a guard is true or false, but this is ",
                                        type.ToString()))};
  const cel::Outcome<cel::Ast> ast = cel::Parse(guard, environment.macros());
  CHECK(ast.ok());
  if (MentionsTicket(ast.value(), ast.value().root())) return {};
  if (JudgeGuard(guard, {}).holds) return {};
  return {IssueAt(guard, "this guard is never true, so the step can never fire")};
}

GuardJudgement JudgeGuard(const std::string& guard, const v1::ChainFacts& facts) {
  GuardJudgement judgement;
  judgement.holds = guard.empty();
  if (guard.empty()) return judgement;
  const GuardWords& words = Words();
  const cel::Outcome<cel::Program> program = cel::Compile(guard, words.environment);
  if (!program.ok()) {
    judgement.error = program.issues().front().message;
    return judgement;
  }
  cel::Activation activation(words.environment);
  activation.Set(words.ticket, cel::Value::Message(facts));
  cel::Arena arena;
  const cel::Value value = program.value().Run(activation, arena, kConditionStepsMax);
  judgement.holds = value.IsTrue();
  if (value.IsError()) judgement.error = std::string(value.AsError().message);
  const cel::Outcome<cel::Ast> ast = cel::Parse(guard, words.environment.macros());
  CHECK(ast.ok());
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  CollectFields(ast.value(), ast.value().root(), fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    v1::OperandValue& operand = judgement.values.emplace_back();
    operand.set_name(absl::StrCat(kTicket, ".", field->name()));
    operand.set_value(ValueText(facts, *field));
  }
  return judgement;
}

}  // namespace redress::engine
