// Nothing that a person can write hangs, exhausts the stack or takes memory without a limit.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/cel/parser.h"
#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

std::string Repeat(absl::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) absl::StrAppend(&out, text);
  return out;
}

// The first issue's words, or the value.
std::string FirstLine(const std::string& text) {
  Environment environment;
  AddBindingsExtension(environment);
  AddStringsExtension(environment);
  const std::string result = Evaluate(text, environment);
  const size_t start = result.rfind("issues:\n", 0) == 0 ? 8 : 0;
  return result.substr(start, result.find('\n', start) - start);
}

TEST(Bounds, RefuseNestingAThousandDeep) {
  const std::string too_deep = "the expression is nested more than 250 deep";
  EXPECT_EQ("1:251: " + too_deep, FirstLine(Repeat("(", 1000) + "1" + Repeat(")", 1000)));
  EXPECT_EQ("1:251: " + too_deep, FirstLine(Repeat("[", 100'000)));
  EXPECT_EQ("1:500: " + too_deep, FirstLine(Repeat("1+", 1000) + "1"));
  EXPECT_EQ(too_deep, FirstLine("a" + Repeat(".b", 1000)).substr(7));
  EXPECT_EQ(too_deep, FirstLine("a" + Repeat("[0]", 1000)).substr(7));
  EXPECT_EQ(too_deep, FirstLine(Repeat("!(", 1000)).substr(7));
  EXPECT_EQ(too_deep, FirstLine(Repeat("true?1:", 1000) + "1").substr(8));
}

TEST(Bounds, AcceptLongChainsThatAreNotDeep) {
  EXPECT_EQ("false", FirstLine(Repeat("false || ", 5000) + "false"));
  EXPECT_EQ("true", FirstLine(Repeat("!", 10'000) + "true"));
}

TEST(Bounds, RefuseExpressionsThatAreTooLarge) {
  EXPECT_EQ("1:1: the expression is longer than 1048576 bytes",
            FirstLine(std::string((1 << 20) + 1, ' ')));
  EXPECT_EQ("the expression has more than 100000 parts",
            FirstLine("[" + Repeat("1,", 100'001) + "]").substr(10));
}

TEST(Bounds, StopAnExplodingComprehension) {
  const std::string list = "[" + Repeat("1,", 100) + "]";
  std::string nested = "true";
  for (char name = 'a'; name < 'k'; ++name) {
    nested = absl::StrCat(list, ".all(", absl::string_view(&name, 1), ", ", nested, ")");
  }
  EXPECT_EQ("error(the evaluation needs more steps than it may take)", FirstLine(nested));
}

TEST(Bounds, StopTextThatDoubles) {
  std::string doubling = "x";
  for (int i = 0; i < 60; ++i) {
    doubling = absl::StrCat("cel.bind(x, x + x, ", doubling, ")");
  }
  EXPECT_EQ("error(the evaluation needs more memory than it may use)",
            FirstLine("cel.bind(x, 'xxxxxxxx', " + doubling + ")"));
}

TEST(Bounds, StopAComparisonOfValuesThatShareTheirParts) {
  std::string doubling = "x == y";
  for (int i = 0; i < 60; ++i) {
    doubling = absl::StrCat("cel.bind(x, [x, x], cel.bind(y, [y, y], ", doubling, "))");
  }
  EXPECT_EQ("error(the evaluation needs more steps than it may take)",
            FirstLine("cel.bind(x, [1], cel.bind(y, [1], " + doubling + "))"));
}

TEST(Bounds, StopTextOfValuesThatShareTheirParts) {
  std::string doubling = "'%s'.format([x])";
  for (int i = 0; i < 60; ++i) doubling = absl::StrCat("cel.bind(x, [x, x], ", doubling, ")");
  EXPECT_EQ("error(the evaluation needs more memory than it may use)",
            FirstLine("cel.bind(x, [1], " + doubling + ")"));
}

TEST(Bounds, CheckTypesThatDouble) {
  std::string doubling = "x == x";
  for (int i = 0; i < 80; ++i)
    doubling = absl::StrCat("cel.bind(x, {'a': {1: x}.map(k, x)[0], 'b': x}, ", doubling, ")");
  EXPECT_EQ("error(the evaluation needs more steps than it may take)",
            FirstLine("cel.bind(x, [], " + doubling + ")"));
}

TEST(Bounds, SuggestNamesForTheFirstIssuesOnly) {
  EXPECT_EQ("1:2: unknown name 'strong'; did you mean 'string'?",
            FirstLine("[" + Repeat("strong,", 50'000) + "]"));
}

TEST(Bounds, RefuseAnEnormousPattern) {
  EXPECT_EQ("1:13: the pattern is longer than 4096 bytes",
            FirstLine("'a'.matches('" + std::string(5000, 'a') + "')"));
  EXPECT_EQ("1:13: the pattern is not valid: invalid repetition size: {100}",
            FirstLine("'a'.matches('((a{100}){100}){100}')"));
}

// Found by a random test: a tolerant check lets any number of arguments through.
TEST(Bounds, SurviveCallsWithTooFewArgumentsInATolerantCheck) {
  Environment environment;
  AddOptionalsExtension(environment);
  for (const char* text : {"optional.of(1).orValue()", "optional.of(1).or()", "size()",
                           "'a'.startsWith()", "optional.of(1).orValue(1, 2)"}) {
    Outcome<Ast> ast = Parse(text, environment.macros());
    const Outcome<CheckedAst> checked =
        Check(std::move(ast).value(), environment, Strictness::kTolerant);
    const Outcome<Program> program = Plan(checked.value(), environment);
    Arena arena;
    const Value value = program.value().Run(Activation(environment), arena);
    EXPECT_EQ("error(no such overload)", ToString(value)) << text;
  }
}

TEST(Bounds, ChargeForWorkThatGrowsWithTheText) {
  Environment environment;
  const Slot text = environment.AddVariable("text", Type::String());
  const std::string large(1 << 20, 'a');
  Activation activation(environment);
  activation.Set(text, Value::String(large));
  EXPECT_EQ("error(the evaluation needs more steps than it may take)",
            Evaluate("text.contains('b')", environment, activation, 1000));
}

}  // namespace
}  // namespace redress::cel
