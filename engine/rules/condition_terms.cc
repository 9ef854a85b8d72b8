#include "engine/rules/condition_terms.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "engine/cel/arena.h"
#include "engine/cel/checker.h"
#include "engine/cel/parser.h"
#include "engine/cel/planner.h"
#include "engine/rules/normal_text.h"
#include "engine/rules/route.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

using google::protobuf::FieldDescriptor;

constexpr int64_t kMicros = 1'000'000;

// A claim, or its contrary.
struct Literal {
  FactAtom atom;
  bool is_negated;
};
using Term = std::vector<Literal>;

// Alternatives; nothing: there are too many.
using Terms = std::optional<std::vector<Term>>;

Terms EitherOf(Terms left, Terms right) {
  if (!left || !right || left->size() + right->size() > kTermsMax) return std::nullopt;
  left->insert(left->end(), right->begin(), right->end());
  return left;
}

Terms BothOf(const Terms& left, const Terms& right) {
  if (!left || !right || left->size() * right->size() > kTermsMax) return std::nullopt;
  std::vector<Term> both;
  for (const Term& one : *left) {
    for (const Term& other : *right) {
      Term& term = both.emplace_back(one);
      term.insert(term.end(), other.begin(), other.end());
    }
  }
  return both;
}

std::vector<Term> Always() { return {Term()}; }
std::vector<Term> Never() { return {}; }

FactField::Kind KindOf(const FieldDescriptor& field, bool& is_known) {
  is_known = !field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      is_known = is_known && field.type() == FieldDescriptor::TYPE_STRING;
      return FactField::Kind::kText;
    case FieldDescriptor::CPPTYPE_ENUM:
      return FactField::Kind::kEnum;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return FactField::Kind::kNumber;
    case FieldDescriptor::CPPTYPE_BOOL:
      return FactField::Kind::kTruth;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FactField::Kind::kMessage;
    default:
      is_known = false;
      return FactField::Kind::kNumber;
  }
}

const google::protobuf::Descriptor* VariableType(absl::string_view name) {
  if (name == "issue") return v1::Issue::descriptor();
  if (name == "ticket") return v1::TicketFacts::descriptor();
  if (name == "customer") return v1::CustomerFacts::descriptor();
  return nullptr;
}

// The customer's record says of these what the issue says.
std::vector<std::string> OneNameFor(std::vector<std::string> path) {
  const bool is_profile = path.size() == 2 && path[0] == "customer" && path[1] != "open_tickets";
  if (is_profile) path.insert(path.begin(), "issue");
  return path;
}

// Takes one expression apart. Constants are computed by running them.
class Dissector {
 public:
  Dissector(const std::string& condition, const Vocabulary& vocabulary,
            const absl::flat_hash_map<std::string, std::string>& facts,
            std::optional<uint32_t>& passed_over)
      : vocabulary_(vocabulary),
        facts_(facts),
        passed_over_(passed_over),
        ast_(Parsed(condition, vocabulary)) {}

  Terms Read(bool is_negated) { return Read(ast_.root(), is_negated); }

 private:
  static cel::Ast Parsed(const std::string& condition, const Vocabulary& vocabulary) {
    cel::Outcome<cel::Ast> ast = cel::Parse(condition, vocabulary.environment().macros());
    CHECK(ast.ok());
    return std::move(ast).value();
  }

  Terms Read(cel::ExprId id, bool is_negated) {
    if (const auto* call = ast_[id].As<cel::Call>()) {
      if (call->function == cel::operators::kNot) return Read(call->arguments[0], !is_negated);
      const bool is_and = call->function == cel::operators::kAnd;
      if (is_and || call->function == cel::operators::kOr) {
        const Terms left = Read(call->arguments[0], is_negated);
        const Terms right = Read(call->arguments[1], is_negated);
        return is_and != is_negated ? BothOf(left, right) : EitherOf(left, right);
      }
    }
    if (const auto* literal = ast_[id].As<cel::Literal>()) {
      if (const bool* truth = std::get_if<bool>(literal))
        return *truth != is_negated ? Always() : Never();
    }
    if (const auto fact = facts_.find(ast_.QualifiedName(id)); fact != facts_.end())
      return ReadFact(id, fact->second, is_negated);
    if (Terms terms = ReadMentions(id, is_negated)) return terms;
    if (const auto* call = ast_[id].As<cel::Call>();
        call != nullptr && call->function == cel::operators::kNotEqual)
      return ReadUnequal(id, call->arguments[0], call->arguments[1], is_negated);
    std::optional<FactAtom> atom = ReadAtom(id);
    if (!atom.has_value()) return PassOver(id);
    return std::vector<Term>{{Literal{*std::move(atom), is_negated}}};
  }

  Terms ReadUnequal(cel::ExprId id, cel::ExprId left, cel::ExprId right, bool is_negated) {
    const std::string equal(cel::operators::kEqual);
    std::optional<FactAtom> atom = ReadComparison(equal, left, right, false);
    if (!atom.has_value()) atom = ReadComparison(equal, right, left, true);
    if (!atom.has_value()) return PassOver(id);
    return std::vector<Term>{{Literal{*std::move(atom), !is_negated}}};
  }

  // `id` is the fact's name.
  Terms ReadFact(cel::ExprId id, const std::string& expression, bool is_negated) {
    const cel::Outcome<cel::Program> program =
        cel::Compile(expression, vocabulary_.environment());
    if (!program.ok() || !program.value().type().Is(cel::TypeKind::kBool)) return PassOver(id);
    std::optional<uint32_t> passed_over;
    Terms terms = Dissector(expression, vocabulary_, facts_, passed_over).Read(is_negated);
    if (passed_over) PassOver(id);
    return terms;
  }

  // Whatever it says.
  Terms PassOver(cel::ExprId id) {
    if (!passed_over_) passed_over_ = ast_[id].offset;
    return Always();
  }

  // text.mentions(constant) and text.mentions_all(constant); nothing: something else.
  Terms ReadMentions(cel::ExprId id, bool is_negated) {
    const auto* call = ast_[id].As<cel::Call>();
    if (call == nullptr || call->target == cel::kNoExpr || call->arguments.size() != 1)
      return std::nullopt;
    const bool is_all = call->function == "mentions_all";
    if (call->function != "mentions" && !is_all) return std::nullopt;
    const std::optional<FactField> field = FieldOf(call->target);
    if (!field || field->kind != FactField::Kind::kText) return std::nullopt;
    const std::optional<std::vector<std::string>> phrases = Texts(call->arguments[0]);
    if (!phrases) return std::nullopt;
    FactAtom atom{FactAtom::Kind::kMentions, *field, {}, {}};
    for (const std::string& phrase : *phrases) atom.texts.push_back(NormalizeText(phrase));
    if (!is_all) return std::vector<Term>{{Literal{atom, is_negated}}};
    Terms terms = is_negated ? Never() : Always();
    for (const std::string& phrase : atom.texts) {
      FactAtom one{FactAtom::Kind::kMentions, *field, {phrase}, {}};
      const Terms literal = std::vector<Term>{{Literal{std::move(one), is_negated}}};
      terms = is_negated ? EitherOf(std::move(terms), literal) : BothOf(terms, literal);
      if (!terms) return std::nullopt;
    }
    return terms;
  }

  std::optional<FactAtom> ReadAtom(cel::ExprId id) {
    if (const auto* select = ast_[id].As<cel::Select>(); select != nullptr && select->is_test) {
      std::optional<FactField> field = FieldNamed(
          absl::StrCat(ast_.QualifiedName(select->operand), ".", select->field));
      if (!field || field->kind != FactField::Kind::kMessage) return std::nullopt;
      return FactAtom{FactAtom::Kind::kHas, *std::move(field), {}, {}};
    }
    if (std::optional<FactField> field = FieldOf(id)) {
      if (field->kind != FactField::Kind::kTruth) return std::nullopt;
      return FactAtom{FactAtom::Kind::kOneOf, *std::move(field), {}, {1}};
    }
    const auto* call = ast_[id].As<cel::Call>();
    if (call == nullptr) return std::nullopt;
    if (call->function == "startsWith" && call->target != cel::kNoExpr)
      return ReadPrefix(call->target, call->arguments[0]);
    if (call->arguments.size() != 2) return std::nullopt;
    if (std::optional<FactAtom> atom =
            ReadComparison(call->function, call->arguments[0], call->arguments[1], false))
      return atom;
    return ReadComparison(call->function, call->arguments[1], call->arguments[0], true);
  }

  std::optional<FactAtom> ReadPrefix(cel::ExprId target, cel::ExprId argument) {
    std::optional<FactField> field = FieldOf(target);
    const std::optional<std::vector<std::string>> texts = Texts(argument);
    if (!field || field->kind != FactField::Kind::kText || !texts || texts->size() != 1)
      return std::nullopt;
    return FactAtom{FactAtom::Kind::kPrefix, *std::move(field), *texts, {}};
  }

  // `is_turned`: the field stands on the right.
  std::optional<FactAtom> ReadComparison(const std::string& function, cel::ExprId field_id,
                                         cel::ExprId constant, bool is_turned) {
    std::optional<FactField> field = FieldOf(field_id);
    if (!field || field->kind == FactField::Kind::kMessage) return std::nullopt;
    const bool is_in = function == cel::operators::kIn && !is_turned;
    if (is_in || function == cel::operators::kEqual) {
      if (field->kind == FactField::Kind::kText) {
        std::optional<std::vector<std::string>> texts = Texts(constant);
        if (!texts) return std::nullopt;
        return FactAtom{FactAtom::Kind::kOneOf, *std::move(field), *std::move(texts), {}};
      }
      std::optional<std::vector<int64_t>> numbers = Numbers(constant);
      if (!numbers) return std::nullopt;
      return FactAtom{FactAtom::Kind::kOneOf, *std::move(field), {}, *std::move(numbers)};
    }
    if (field->kind == FactField::Kind::kText || field->kind == FactField::Kind::kTruth)
      return std::nullopt;
    const std::optional<std::vector<int64_t>> bound = Numbers(constant);
    if (!bound || bound->size() != 1) return std::nullopt;
    return ReadBound(function, *std::move(field), bound->front(), is_turned);
  }

  static std::optional<FactAtom> ReadBound(const std::string& function, FactField field,
                                           int64_t bound, bool is_turned) {
    const bool is_less =
        function == cel::operators::kLess || function == cel::operators::kLessOrEqual;
    const bool is_greater =
        function == cel::operators::kGreater || function == cel::operators::kGreaterOrEqual;
    const bool is_strict =
        function == cel::operators::kLess || function == cel::operators::kGreater;
    const bool is_extreme = bound == INT64_MAX || bound == INT64_MIN;
    if ((!is_less && !is_greater) || is_extreme) return std::nullopt;
    FactAtom atom{FactAtom::Kind::kRange, std::move(field), {}, {}};
    if (is_less != is_turned)
      atom.max = is_strict ? bound - 1 : bound;
    else
      atom.min = is_strict ? bound + 1 : bound;
    return atom;
  }

  std::optional<FactField> FieldOf(cel::ExprId id) const {
    const std::string name = ast_.QualifiedName(id);
    if (name.empty()) return std::nullopt;
    return FieldNamed(name);
  }

  static std::optional<FactField> FieldNamed(const std::string& name) {
    const std::vector<std::string> path = OneNameFor(absl::StrSplit(name, '.'));
    const google::protobuf::Descriptor* message = VariableType(path[0]);
    FactField field;
    field.name = path[0];
    for (size_t i = 1; i < path.size(); ++i) {
      const FieldDescriptor* next =
          message == nullptr ? nullptr : message->FindFieldByName(path[i]);
      if (next == nullptr) return std::nullopt;
      bool is_known = true;
      field.kind = KindOf(*next, is_known);
      if (!is_known) return std::nullopt;
      field.path.push_back(next);
      absl::StrAppend(&field.name, ".", path[i]);
      message = next->message_type();
    }
    if (field.path.empty()) return std::nullopt;
    if (field.name == "ticket.decide_time") field.kind = FactField::Kind::kInstant;
    return field;
  }

  // The value of an expression that looks at nothing; an error where there is none.
  cel::Value Constant(cel::ExprId id) {
    constexpr uint64_t kStepsMax = 10'000;
    cel::Ast part = ast_;
    part.set_root(id);
    const cel::Outcome<cel::CheckedAst> checked =
        cel::Check(std::move(part), vocabulary_.environment());
    if (!checked.ok()) return cel::Value();
    cel::Outcome<cel::Program> program = cel::Plan(checked.value(), vocabulary_.environment());
    if (!program.ok()) return cel::Value();
    programs_.push_back(std::make_unique<cel::Program>(std::move(program).value()));
    const cel::Activation nothing(vocabulary_.environment());
    return programs_.back()->Run(nothing, arena_, kStepsMax);
  }

  // A text that is written out; nullptr: something else.
  const std::string* Written(cel::ExprId id) const {
    const auto* literal = ast_[id].As<cel::Literal>();
    return literal == nullptr ? nullptr : std::get_if<std::string>(literal);
  }

  std::optional<std::vector<std::string>> Texts(cel::ExprId id) {
    if (const std::string* text = Written(id)) return std::vector<std::string>{*text};
    const cel::Value value = Constant(id);
    std::vector<std::string> texts;
    if (value.Is(cel::Kind::kString))
      return std::vector<std::string>{std::string(value.AsString())};
    if (!value.Is(cel::Kind::kList)) return std::nullopt;
    for (const cel::Value& element : value.AsList()) {
      if (!element.Is(cel::Kind::kString)) return std::nullopt;
      texts.emplace_back(element.AsString());
    }
    return texts;
  }

  static std::optional<int64_t> NumberOf(const cel::Value& value) {
    if (value.Is(cel::Kind::kInt)) return value.AsInt();
    if (value.Is(cel::Kind::kBool)) return value.AsBool() ? 1 : 0;
    if (!value.Is(cel::Kind::kTimestamp)) return std::nullopt;
    const cel::Instant instant = value.AsTimestamp();
    if (instant.nanos % 1000 != 0) return std::nullopt;
    return instant.seconds * kMicros + instant.nanos / 1000;
  }

  std::optional<std::vector<int64_t>> Numbers(cel::ExprId id) {
    const cel::Value value = Constant(id);
    std::vector<int64_t> numbers;
    const bool is_list = value.Is(cel::Kind::kList);
    for (const cel::Value& element :
         is_list ? value.AsList() : absl::MakeConstSpan(&value, 1)) {
      const std::optional<int64_t> number = NumberOf(element);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
    }
    return numbers;
  }

  const Vocabulary& vocabulary_;
  const absl::flat_hash_map<std::string, std::string>& facts_;
  std::optional<uint32_t>& passed_over_;
  const cel::Ast ast_;
  cel::Arena arena_;
  std::vector<std::unique_ptr<cel::Program>> programs_;
};

std::vector<FactRegion> RegionsOf(const std::vector<Term>& terms, const FactDomains& domains) {
  std::vector<FactRegion> regions;
  for (const Term& term : terms) {
    FactRegion region(domains);
    for (const Literal& literal : term) region.Add(literal.atom, literal.is_negated);
    if (region.HasCase()) regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace

TermReader::TermReader(const std::vector<v1::DerivedFact>& facts, const Vocabulary& vocabulary,
                       const FactDomains& domains)
    : vocabulary_(vocabulary), domains_(domains) {
  for (const v1::DerivedFact& fact : facts)
    facts_[absl::StrCat(kFactRoot, ".", fact.name())] = fact.is();
}

ConditionTerms TermReader::Read(const std::string& condition) const {
  ConditionTerms read;
  if (condition.empty()) {
    read.when_true.emplace_back(domains_);
    return read;
  }
  Dissector dissector(condition, vocabulary_, facts_, read.passed_over);
  const Terms when_true = dissector.Read(/*is_negated=*/false);
  const Terms when_false = dissector.Read(/*is_negated=*/true);
  read.is_too_large = !when_true || !when_false;
  if (read.is_too_large) return read;
  read.when_true = RegionsOf(*when_true, domains_);
  read.when_false = RegionsOf(*when_false, domains_);
  return read;
}

}  // namespace redress::engine
