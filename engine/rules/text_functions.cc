#include "engine/rules/text_functions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/rules/vocabulary.h"

namespace redress::engine {
namespace {

using Arguments = absl::Span<const cel::Value>;

enum class Question : uint8_t { kAny, kAll, kCount, kNear };

struct MentionsFunction {
  absl::string_view name;
  Question question;
};

constexpr MentionsFunction kAny{"mentions", Question::kAny};
constexpr MentionsFunction kAll{"mentions_all", Question::kAll};
constexpr MentionsFunction kCount{"mentions_count", Question::kCount};
constexpr MentionsFunction kNear{"mentions_near", Question::kNear};

// The phrases among the arguments: a string or a list of strings.
Arguments PhrasesOf(const cel::Value& argument) {
  return argument.Is(cel::Kind::kList) ? argument.AsList() : absl::MakeConstSpan(&argument, 1);
}

// Why the phrases can never work, or the empty string.
std::string ProblemOfPhrases(const MentionsFunction& function, Arguments phrases) {
  const size_t count_max =
      function.question == Question::kNear ? kNearPhrasesMax : kPhrasesPerCallMax;
  if (phrases.empty()) return absl::StrCat(function.name, "() needs a phrase");
  if (phrases.size() > count_max) {
    return absl::StrCat(function.name, "() has ", phrases.size(), " phrases; ", count_max,
                        " are allowed");
  }
  for (const cel::Value& phrase : phrases) {
    if (!phrase.Is(cel::Kind::kString)) {
      return absl::StrCat(function.name, "() looks for strings");
    }
    if (phrase.AsString().size() > kPhraseBytesMax) {
      return absl::StrCat("a phrase has ", phrase.AsString().size(), " bytes; ", kPhraseBytesMax,
                          " are allowed");
    }
    if (NormalizeText(phrase.AsString()).empty()) {
      return absl::StrCat(function.name, "() has an empty phrase");
    }
  }
  return "";
}

std::string ProblemOfWords(int64_t words) {
  if (words >= 1 && words <= kNearWordsMax) return "";
  return absl::StrCat("mentions_near() looks within 1 to ", kNearWordsMax, " words, not ", words);
}

// What is asked about which phrases of a set.
struct Wanted {
  Question question;
  std::vector<int> phrases;  // no two the same
};

Wanted AddTo(PhraseSet& set, const MentionsFunction& function, Arguments words) {
  Wanted wanted{function.question, {}};
  for (const cel::Value& phrase : words) {
    const int number = set.Add(phrase.AsString());
    if (function.question == Question::kNear) set.KeepPlaces(number);
    wanted.phrases.push_back(number);
  }
  std::sort(wanted.phrases.begin(), wanted.phrases.end());
  const auto end = std::unique(wanted.phrases.begin(), wanted.phrases.end());
  wanted.phrases.erase(end, wanted.phrases.end());
  return wanted;
}

cel::Value Answer(cel::CallContext& context, const Wanted& wanted, const PhrasesFound& found,
                  Arguments arguments) {
  const auto has = [&](int phrase) { return found.has[phrase]; };
  const auto begin = wanted.phrases.begin();
  const auto end = wanted.phrases.end();
  switch (wanted.question) {
    case Question::kAny:
      return cel::Value::Bool(std::any_of(begin, end, has));
    case Question::kAll:
      return cel::Value::Bool(std::all_of(begin, end, has));
    case Question::kCount:
      return cel::Value::Int(std::count_if(begin, end, has));
    case Question::kNear:
      break;
  }
  const std::string problem = ProblemOfWords(arguments[2].AsInt());
  if (!problem.empty()) return context.Error(problem);
  if (!std::all_of(begin, end, has)) return cel::Value::Bool(false);
  if (!context.Charge(found.places.size())) return context.OutOfSteps();
  return cel::Value::Bool(StandNear(found, wanted.phrases, arguments[2].AsInt()));
}

// For phrases that are only known when the condition runs.
cel::Native MentionsAtRunTime(MentionsFunction function) {
  return [function](cel::CallContext& context, Arguments arguments) {
    const absl::string_view text = arguments[0].AsString();
    const Arguments phrases = PhrasesOf(arguments[1]);
    const std::string problem = ProblemOfPhrases(function, phrases);
    if (!problem.empty()) return context.Error(problem);
    if (!context.Charge(text.size() + kPhraseBytesMax * phrases.size())) {
      return context.OutOfSteps();
    }
    PhraseSet set;
    const Wanted wanted = AddTo(set, function, phrases);
    set.Build();
    return Answer(context, wanted, set.Scan(text), arguments);
  };
}

// For phrases that no scan of the whole vocabulary looks for. Shared: a prepared function is copied
// with its program.
cel::Native MentionsAlone(const MentionsFunction& function, Arguments words) {
  PhraseSet set;
  Wanted wanted = AddTo(set, function, words);
  set.Build();
  return [wanted = std::move(wanted), set = std::make_shared<const PhraseSet>(std::move(set))](
             cel::CallContext& context, Arguments arguments) {
    const absl::string_view text = arguments[0].AsString();
    if (!context.Charge(text.size())) return context.OutOfSteps();
    return Answer(context, wanted, set->Scan(text), arguments);
  };
}

// For phrases of the vocabulary: the scan is shared with every other condition about the same text.
cel::Native MentionsOfSet(const MentionsFunction& function, Arguments words, PhraseSet& set) {
  return [wanted = AddTo(set, function, words), alone = MentionsAlone(function, words)](
             cel::CallContext& context, Arguments arguments) {
    const auto* facts = static_cast<const DecisionFacts*>(context.host());
    const PhrasesFound* found =
        facts == nullptr ? nullptr : facts->PhrasesIn(arguments[0].AsString());
    if (found == nullptr) return alone(context, arguments);
    return Answer(context, wanted, *found, arguments);
  };
}

cel::Prepare PrepareMentions(MentionsFunction function, SoughtTexts& sought) {
  return [function, &sought](absl::Span<const cel::Value* const> arguments) {
    cel::Prepared prepared;
    if (function.question == Question::kNear && arguments[2] != nullptr) {
      prepared.problem = ProblemOfWords(arguments[2]->AsInt());
      prepared.argument = 2;
      if (!prepared.problem.empty()) return prepared;
    }
    if (arguments[1] == nullptr) return prepared;
    const Arguments phrases = PhrasesOf(*arguments[1]);
    prepared.problem = ProblemOfPhrases(function, phrases);
    prepared.argument = 1;
    if (!prepared.problem.empty()) return prepared;
    prepared.native = sought.is_sealed ? MentionsAlone(function, phrases)
                                       : MentionsOfSet(function, phrases, sought.phrases);
    return prepared;
  };
}

// CEL's own matches(), with patterns that are constants joined into the set.
cel::Prepare PrepareMatches(cel::Prepare alone, SoughtTexts& sought) {
  return [alone = std::move(alone), &sought](absl::Span<const cel::Value* const> arguments) {
    cel::Prepared prepared = alone(arguments);
    if (prepared.native == nullptr || sought.is_sealed) return prepared;
    const int number = sought.patterns.Add(arguments[1]->AsString());
    prepared.native = [number, native = std::move(prepared.native)](cel::CallContext& context,
                                                                    Arguments values) {
      const auto* facts = static_cast<const DecisionFacts*>(context.host());
      const std::vector<bool>* matches =
          facts == nullptr ? nullptr : facts->PatternsIn(values[0].AsString());
      if (matches == nullptr) return native(context, values);
      return cel::Value::Bool((*matches)[number]);
    };
    return prepared;
  };
}

}  // namespace

void AddTextFunctions(cel::Environment& environment, SoughtTexts& sought) {
  const auto row = [&](absl::string_view id, absl::string_view signature,
                       const MentionsFunction& function) {
    return cel::FunctionRow{id, signature, MentionsAtRunTime(function), cel::Folding::kAtRunTime,
                            PrepareMentions(function, sought)};
  };
  const cel::FunctionRow rows[] = {
      row("string_mentions_string", "string.mentions(string) -> bool", kAny),
      row("string_mentions_list", "string.mentions(list(string)) -> bool", kAny),
      row("string_mentions_all", "string.mentions_all(list(string)) -> bool", kAll),
      row("string_mentions_count", "string.mentions_count(list(string)) -> int", kCount),
      row("string_mentions_near", "string.mentions_near(list(string), int) -> bool", kNear),
  };
  environment.AddFunctions(rows);
  for (const absl::string_view id : {"matches", "matches_string"}) {
    environment.WrapPrepare("matches", id, [&](cel::Prepare alone) {
      return PrepareMatches(std::move(alone), sought);
    });
  }
}

}  // namespace redress::engine
