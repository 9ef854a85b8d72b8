#include <gtest/gtest.h>

#include "tests/unit/cel/evaluate.h"

namespace redress::cel {
namespace {

TEST(Run, ComputesWithEveryKindOfNumber) {
  EXPECT_EQ("7", Evaluate("1 + 2 * 3"));
  EXPECT_EQ("-3", Evaluate("-7 / 2"));
  EXPECT_EQ("-1", Evaluate("-7 % 2"));
  EXPECT_EQ("5u", Evaluate("2u + 3u"));
  EXPECT_EQ("0.75", Evaluate("1.5 / 2.0"));
  EXPECT_EQ("Infinity", Evaluate("1.0 / 0.0"));
}

TEST(Run, RefusesOverflow) {
  for (const char* text : {"9223372036854775807 + 1", "-9223372036854775808 - 1",
                           "-(-9223372036854775808)", "4611686018427387904 * 2",
                           "-9223372036854775808 / -1", "0u - 1u", "18446744073709551615u + 1u"}) {
    EXPECT_EQ("error(the result overflows its type)", Evaluate(text)) << text;
  }
  EXPECT_EQ("error(division by zero)", Evaluate("1 / 0"));
  EXPECT_EQ("0", Evaluate("-9223372036854775808 % -1"));
}

TEST(Run, LetsOneDecisiveTermSettleALogicalChain) {
  EXPECT_EQ("false", Evaluate("1 / 0 == 1 && false"));
  EXPECT_EQ("false", Evaluate("false && 1 / 0 == 1"));
  EXPECT_EQ("true", Evaluate("1 / 0 == 1 || true"));
  EXPECT_EQ("error(division by zero)", Evaluate("1 / 0 == 1 && true"));
  EXPECT_EQ("true", Evaluate("[1, 0].exists(x, 4 / x == 4)"));
}

TEST(Run, ComparesNumbersOfDifferentTypesByValue) {
  EXPECT_EQ("true", Evaluate("dyn(1) == 1u && dyn(1u) == 1.0"));
  EXPECT_EQ("true", Evaluate("dyn(-1) < 18446744073709551615u"));
  EXPECT_EQ("false", Evaluate("dyn('1') == 1"));
}

TEST(Run, CountsTextByCodePoints) { EXPECT_EQ("3", Evaluate("'a度😀'.size()")); }

TEST(Run, FindsMapEntriesUnderEqualKeys) {
  EXPECT_EQ("'b'", Evaluate("{1: 'a', 2: 'b'}[dyn(2.0)]"));
  EXPECT_EQ("error(no such key: 3)", Evaluate("{1: 'a'}[3]"));
  EXPECT_EQ("error(the key 1 comes twice)", Evaluate("{1: 'a', 1: 'b'}"));
  EXPECT_EQ("{1: 'a', 'k': 2}", Evaluate("{'k': 2, 1: 'a'}"));
}

TEST(Run, RunsComprehensionsInsideRangesAndElements) {
  EXPECT_EQ("[3, 4]", Evaluate("[1, 2].map(x, x + 1).map(x, x + 1)"));
  EXPECT_EQ("[[1, 2], [1, 2]]", Evaluate("[1, 2].map(x, [1, 2].map(y, y))"));
  EXPECT_EQ("true", Evaluate("[[1], [2]].all(x, x.exists(x, x > 0))"));
  EXPECT_EQ("[2]", Evaluate("[1, 2, 3].filter(x, [2].exists(y, x == y))"));
  EXPECT_EQ("error(division by zero)", Evaluate("[1, 0].map(x, 1 / x)"));
}

TEST(Run, TellsTheTimeInAZone) {
  EXPECT_EQ("17", Evaluate("timestamp('2026-03-01T09:30:00Z').getHours('Asia/Shanghai')"));
  EXPECT_EQ("7", Evaluate("timestamp('2026-03-01T09:30:00Z').getHours('-02:30')"));
  EXPECT_EQ("0", Evaluate("timestamp('2026-03-01T09:30:00Z').getDayOfWeek()"));
  EXPECT_EQ("59", Evaluate("timestamp('2026-03-01T09:30:00Z').getDayOfYear()"));
  EXPECT_EQ("timestamp('2026-03-01T01:30:00.5Z')",
            Evaluate("timestamp('2026-03-01T09:30:00.5+08:00')"));
  EXPECT_EQ("duration('5400.25s')", Evaluate("duration('1h30m250ms')"));
}

TEST(Run, RefusesTimesThatDoNotExist) {
  EXPECT_EQ("error('2026-02-30T00:00:00Z' cannot be read as a timestamp)",
            Evaluate("timestamp('2026-02-30T00:00:00Z')"));
  EXPECT_EQ(
      "issues:\n"
      "1:23: no time zone is named '/etc/passwd'\n"
      " | timestamp(0).getHours('/etc/passwd')\n"
      " | ......................^",
      Evaluate("timestamp(0).getHours('/etc/passwd')"));
}

TEST(Run, ReportsAMalformedPatternBeforeItRuns) {
  EXPECT_EQ(
      "issues:\n"
      "1:13: the pattern is not valid: missing ): (\n"
      " | 'a'.matches('(')\n"
      " | ............^",
      Evaluate("'a'.matches('(')"));
  EXPECT_EQ("true", Evaluate("'order 66'.matches('[0-9]+$')"));
}

TEST(Run, FailsForAVariableWithoutAValue) {
  Environment environment;
  const Slot x = environment.AddVariable("x", Type::Int());
  EXPECT_EQ("error(the variable has no value)", Evaluate("x + 1", environment));
  Activation activation(environment);
  activation.Set(x, Value::Int(41));
  EXPECT_EQ("42", Evaluate("x + 1", environment, activation));
}

TEST(Run, SaysWhereAnErrorAroseInTheText) {
  Environment environment;
  const Slot x = environment.AddVariable("x", Type::Int());
  const Outcome<Program> program = Compile("x == 1 || 1 / x > 0", environment);
  Activation activation(environment);
  activation.Set(x, Value::Int(0));
  Arena arena;
  const Value value = program.value().Run(activation, arena);
  ASSERT_TRUE(value.IsError());
  EXPECT_EQ(12u, value.AsError().offset);
}

// A value of another kind than declared is an error like any other, never a crash.
TEST(Run, SurvivesAVariableOfAnotherKindThanDeclared) {
  Environment environment;
  const Slot x = environment.AddVariable("x", Type::String());
  Activation activation(environment);
  activation.Set(x, Value::Int(1));
  EXPECT_EQ("error(no such overload)", Evaluate("x.startsWith('a')", environment, activation));
  EXPECT_EQ("false", Evaluate("x == 'a'", environment, activation));
}

}  // namespace
}  // namespace redress::cel
