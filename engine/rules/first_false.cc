#include "engine/rules/first_false.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "engine/cel/arena.h"
#include "engine/cel/checker.h"
#include "engine/cel/parser.h"
#include "engine/cel/planner.h"
#include "engine/rules/enum_names.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

constexpr size_t kAndBytes = 2;  // of the sign

// The parts of a condition, and the places of the && between them, in the order of the text.
struct Parts {
  std::vector<cel::ExprId> ids;
  std::vector<uint32_t> and_offsets;
};

void CollectParts(const cel::Ast& ast, cel::ExprId id, Parts& parts) {
  const auto* call = ast[id].As<cel::Call>();
  if (call == nullptr || call->function != cel::operators::kAnd) {
    parts.ids.push_back(id);
    return;
  }
  CollectParts(ast, call->arguments[0], parts);
  parts.and_offsets.push_back(ast[id].offset);
  CollectParts(ast, call->arguments[1], parts);
}

// The text of a part, without what encloses it together with others.
std::string PartText(const cel::Ast& ast, const Parts& parts, size_t i,
                     const cel::MacroTable& macros) {
  const size_t start = i == 0 ? 0 : parts.and_offsets[i - 1] + kAndBytes;
  const size_t end = i < parts.and_offsets.size() ? parts.and_offsets[i] : ast.text().size();
  absl::string_view text =
      absl::StripAsciiWhitespace(absl::string_view(ast.text()).substr(start, end - start));
  const auto parses = [&macros](absl::string_view expression) {
    return cel::Parse(std::string(expression), macros).ok();
  };
  // There are brackets too many at one end only.
  absl::string_view rest = text;
  while (!parses(rest) && absl::ConsumePrefix(&rest, "(")) rest = absl::StripAsciiWhitespace(rest);
  if (parses(rest)) return std::string(rest);
  while (!parses(text) && absl::ConsumeSuffix(&text, ")")) text = absl::StripAsciiWhitespace(text);
  return std::string(text);
}

// The enum of a field such as "ticket.severity", or nullptr when it is none.
const google::protobuf::EnumDescriptor* EnumOf(absl::string_view name,
                                               const cel::Environment& environment) {
  const std::vector<std::string> path = absl::StrSplit(name, '.');
  const cel::Variable* variable = environment.FindVariable(path[0]);
  if (variable == nullptr) return nullptr;
  const google::protobuf::Descriptor* message = variable->type.descriptor();
  const google::protobuf::FieldDescriptor* field = nullptr;
  for (size_t i = 1; i < path.size(); ++i) {
    if (message == nullptr) return nullptr;
    field = message->FindFieldByName(path[i]);
    if (field == nullptr) return nullptr;
    message = field->message_type();
  }
  return field == nullptr ? nullptr : field->enum_type();
}

std::string Shortened(std::string text) {
  if (text.size() <= kShownValueBytesMax) return text;
  size_t end = kShownValueBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

std::string ValueText(const cel::Value& value, absl::string_view name,
                      const cel::Environment& environment) {
  const google::protobuf::EnumDescriptor* type = EnumOf(name, environment);
  if (type == nullptr || !value.Is(cel::Kind::kInt)) return Shortened(cel::ToString(value));
  const auto* number = type->FindValueByNumber(static_cast<int>(value.AsInt()));
  return number == nullptr ? absl::StrCat(value.AsInt()) : ShortName(*number);
}

// Evaluates parts of one parsed condition.
class PartEvaluator {
 public:
  PartEvaluator(const cel::Ast& ast, const cel::Environment& environment,
                const DecisionFacts& facts)
      : ast_(ast), environment_(environment), facts_(facts) {}

  bool IsFalse(cel::ExprId id) {
    return WithValue(
        id, [](const cel::Value& value) { return value.IsFalse(); }, false);
  }

  // The facts that the expression mentions, each once.
  void CollectOperands(cel::ExprId id, FirstFalse& result) {
    const auto* select = ast_[id].As<cel::Select>();
    if (select != nullptr && select->is_test) {
      const std::string operand = ast_.QualifiedName(select->operand);
      AddOperand(id, absl::StrCat("has(", operand, ".", select->field, ")"), "", result);
      return;
    }
    const std::string name = ast_.QualifiedName(id);
    if (!name.empty()) {
      if (NamesVariable(name)) AddOperand(id, name, name, result);
      return;
    }
    cel::ForEachChild(ast_[id], [&](cel::ExprId child) { CollectOperands(child, result); });
  }

 private:
  // Whether the name is a variable or goes into one; names of variables may have dots themselves.
  bool NamesVariable(absl::string_view name) const {
    for (size_t end = name.find('.');; end = name.find('.', end + 1)) {
      if (environment_.FindVariable(name.substr(0, end)) != nullptr) return true;
      if (end == absl::string_view::npos) return false;
    }
  }

  template <typename Use, typename Result>
  Result WithValue(cel::ExprId id, Use&& use, Result otherwise) {
    cel::Ast part = ast_;
    part.set_root(id);
    const cel::Outcome<cel::CheckedAst> checked = cel::Check(std::move(part), environment_);
    if (!checked.ok()) return otherwise;
    const cel::Outcome<cel::Program> program = cel::Plan(checked.value(), environment_);
    if (!program.ok()) return otherwise;
    cel::Arena arena;
    return use(program.value().Run(facts_.activation(), arena, kConditionStepsMax));
  }

  void AddOperand(cel::ExprId id, std::string shown, absl::string_view name, FirstFalse& result) {
    const bool is_known = std::any_of(result.operands.begin(), result.operands.end(),
                                      [&](const auto& operand) { return operand.first == shown; });
    if (is_known) return;
    std::string value = WithValue(
        id, [&](const cel::Value& v) { return ValueText(v, name, environment_); }, std::string());
    result.operands.emplace_back(std::move(shown), std::move(value));
  }

  const cel::Ast& ast_;
  const cel::Environment& environment_;
  const DecisionFacts& facts_;
};

}  // namespace

FirstFalse FindFirstFalse(absl::string_view condition, const Vocabulary& vocabulary,
                          const DecisionFacts& facts) {
  const cel::Environment& environment = vocabulary.environment();
  const cel::Outcome<cel::Ast> parsed = cel::Parse(std::string(condition), environment.macros());
  CHECK(parsed.ok());
  const cel::Ast& ast = parsed.value();
  Parts parts;
  CollectParts(ast, ast.root(), parts);
  PartEvaluator evaluator(ast, environment, facts);
  FirstFalse result;
  for (size_t i = 0; i < parts.ids.size(); ++i) {
    if (!evaluator.IsFalse(parts.ids[i])) continue;
    result.part = PartText(ast, parts, i, environment.macros());
    evaluator.CollectOperands(parts.ids[i], result);
    break;
  }
  return result;
}

}  // namespace redress::engine
