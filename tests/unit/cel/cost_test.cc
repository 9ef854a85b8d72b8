#include "engine/cel/cost.h"

#include <gtest/gtest.h>

#include "engine/cel/parser.h"

namespace redress::cel {
namespace {

uint64_t CostOf(const std::string& text) {
  Environment environment;
  environment.AddVariable("list", Type::List(Type::Int()));
  environment.AddVariable("number", Type::Int());
  Outcome<Ast> ast = Parse(text, environment.macros());
  const Outcome<CheckedAst> checked = Check(std::move(ast).value(), environment);
  return EstimateCost(checked.value());
}

TEST(EstimateCost, IsSmallForScalars) { EXPECT_GT(20u, CostOf("number == 1 || number > 5")); }

TEST(EstimateCost, GrowsWithTheElementsOfALiteral) {
  EXPECT_LT(CostOf("[1].all(x, x > number)"), CostOf("[1, 2, 3].all(x, x > number)"));
  EXPECT_GT(100u, CostOf("[1, 2, 3].all(x, x > number)"));
}

TEST(EstimateCost, TakesVariablesForLargeAndMultipliesNestedLoops) {
  EXPECT_LT(1'000u, CostOf("list.all(x, x > 0)"));
  EXPECT_LT(1'000'000u, CostOf("list.all(x, list.all(y, x > y))"));
  EXPECT_LT(1'000'000'000u, CostOf("list.all(x, list.all(y, list.all(z, x + y > z)))"));
}

TEST(EstimateCost, StopsAtItsLargestNumber) {
  std::string nested = "true";
  for (int i = 0; i < 40; ++i) nested = "list.all(x, " + nested + ")";
  EXPECT_EQ(UINT64_MAX, CostOf(nested));
}

}  // namespace
}  // namespace redress::cel
