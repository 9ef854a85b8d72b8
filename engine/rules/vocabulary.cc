#include "engine/rules/vocabulary.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "engine/rules/enum_names.h"

namespace redress::engine {
namespace {

namespace v1 = redress::v1;

// The phrases among the arguments of mentions(): a string or a list of strings.
absl::Span<const cel::Value> PhrasesOf(const cel::Value& argument) {
  return argument.Is(cel::Kind::kList) ? argument.AsList() : absl::MakeConstSpan(&argument, 1);
}

// Why the phrases can never work, or the empty string.
std::string ProblemOf(absl::Span<const cel::Value> phrases) {
  if (phrases.empty()) return "mentions() needs a phrase";
  if (phrases.size() > kPhrasesPerCallMax) {
    return absl::StrCat("mentions() has ", phrases.size(), " phrases; ", kPhrasesPerCallMax,
                        " are allowed");
  }
  for (const cel::Value& phrase : phrases) {
    if (!phrase.Is(cel::Kind::kString)) return "mentions() looks for strings";
    if (phrase.AsString().size() > kPhraseBytesMax) {
      return absl::StrCat("a phrase has ", phrase.AsString().size(), " bytes; ", kPhraseBytesMax,
                          " are allowed");
    }
    if (NormalizeText(phrase.AsString()).empty()) return "mentions() has an empty phrase";
  }
  return "";
}

// For phrases that are only known when the condition runs.
cel::Value MentionsAny(cel::CallContext& context, absl::Span<const cel::Value> arguments) {
  const absl::string_view text = arguments[0].AsString();
  const absl::Span<const cel::Value> phrases = PhrasesOf(arguments[1]);
  const std::string problem = ProblemOf(phrases);
  if (!problem.empty()) return context.Error(problem);
  if (!context.Charge(text.size() * (1 + phrases.size()))) return context.OutOfSteps();
  const std::string normal = NormalizeText(text);
  return cel::Value::Bool(std::any_of(phrases.begin(), phrases.end(), [&](const auto& phrase) {
    return Phrase(phrase.AsString()).IsIn(normal);
  }));
}

// For phrases that no scan of the whole vocabulary looks for.
cel::Native MentionsAlone(absl::Span<const cel::Value> words) {
  std::vector<Phrase> phrases;
  for (const cel::Value& phrase : words) phrases.emplace_back(phrase.AsString());
  return [phrases = std::move(phrases)](cel::CallContext& context,
                                        absl::Span<const cel::Value> arguments) {
    const absl::string_view text = arguments[0].AsString();
    if (!context.Charge(text.size() * (1 + phrases.size()))) return context.OutOfSteps();
    const std::string normal = NormalizeText(text);
    return cel::Value::Bool(std::any_of(phrases.begin(), phrases.end(),
                                        [&](const auto& phrase) { return phrase.IsIn(normal); }));
  };
}

// For phrases of the vocabulary: the scan is shared with every other condition about the same text.
cel::Native MentionsOfSet(absl::Span<const cel::Value> words, PhraseSet& set) {
  std::vector<int> numbers;
  for (const cel::Value& phrase : words) numbers.push_back(set.Add(phrase.AsString()));
  return [numbers = std::move(numbers), alone = MentionsAlone(words)](
             cel::CallContext& context, absl::Span<const cel::Value> arguments) {
    const auto* facts = static_cast<const DecisionFacts*>(context.host());
    const std::vector<bool>* found =
        facts == nullptr ? nullptr : facts->PhrasesIn(arguments[0].AsString());
    if (found == nullptr) return alone(context, arguments);
    return cel::Value::Bool(
        std::any_of(numbers.begin(), numbers.end(), [&](int number) { return (*found)[number]; }));
  };
}

}  // namespace

Vocabulary::Vocabulary() {
  issue_ = environment_.AddVariable("issue", cel::Type::Message(v1::Issue::descriptor()));
  ticket_ = environment_.AddVariable("ticket", cel::Type::Message(v1::TicketFacts::descriptor()));
  customer_ =
      environment_.AddVariable("customer", cel::Type::Message(v1::CustomerFacts::descriptor()));
  cel::AddStringsExtension(environment_);
  cel::AddMathExtension(environment_);
  AddEnums();
  AddTextFunctions();
}

void Vocabulary::AddEnums() {
  for (const google::protobuf::EnumDescriptor* type :
       {v1::IssueKind_descriptor(), v1::Severity_descriptor(), v1::Level_descriptor(),
        v1::ScoreType_descriptor(), v1::ReopenCause_descriptor()}) {
    for (const std::string& name : ShortNames(*type)) {
      const int number = NumberOfShortName(*type, name).value();
      CHECK(environment_.FindConstant(name) == nullptr);
      environment_.AddConstant(name, cel::Type::Int(), cel::Value::Int(number));
    }
  }
}

void Vocabulary::AddTextFunctions() {
  const cel::Prepare prepare = [this](absl::Span<const cel::Value* const> arguments) {
    cel::Prepared prepared;
    if (arguments[1] == nullptr) return prepared;
    const absl::Span<const cel::Value> phrases = PhrasesOf(*arguments[1]);
    prepared.problem = ProblemOf(phrases);
    prepared.argument = 1;
    if (!prepared.problem.empty()) return prepared;
    prepared.native = is_sealed_ ? MentionsAlone(phrases) : MentionsOfSet(phrases, phrases_);
    return prepared;
  };
  const cel::FunctionRow rows[] = {
      {"string_mentions_string", "string.mentions(string) -> bool", MentionsAny,
       cel::Folding::kAtRunTime, prepare},
      {"string_mentions_list", "string.mentions(list(string)) -> bool", MentionsAny,
       cel::Folding::kAtRunTime, prepare},
  };
  environment_.AddFunctions(rows);
}

void Vocabulary::Seal() {
  CHECK(!is_sealed_);
  phrases_.Build();
  is_sealed_ = true;
}

DecisionFacts::DecisionFacts(const Vocabulary& vocabulary, const v1::Issue& issue,
                             const v1::TicketFacts& ticket, const v1::CustomerFacts& customer)
    : phrases_(vocabulary.phrases_),
      text_{issue.text(), std::nullopt},
      title_{issue.title(), std::nullopt},
      activation_(vocabulary.environment_) {
  CHECK(vocabulary.is_sealed_);
  activation_.Set(vocabulary.issue_, cel::Value::Message(issue));
  activation_.Set(vocabulary.ticket_, cel::Value::Message(ticket));
  activation_.Set(vocabulary.customer_, cel::Value::Message(customer));
  activation_.set_host(this);
}

const std::vector<bool>* DecisionFacts::PhrasesIn(absl::string_view text) const {
  for (const ScannedText* scanned : {&text_, &title_}) {
    if (scanned->text.data() != text.data() || scanned->text.size() != text.size()) continue;
    if (!scanned->found.has_value()) scanned->found = phrases_.Scan(text);
    return &*scanned->found;
  }
  return nullptr;
}

}  // namespace redress::engine
